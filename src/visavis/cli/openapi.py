"""`visavis openapi`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from visavis.cli.console import clear_errors
from visavis.cli.serve import refuse_without_extra


@clear_errors
def openapi(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write; else print.")] = None,
) -> None:
    """Write the API's OpenAPI document, which clients are generated from."""
    refuse_without_extra()
    from visavis.surfaces.atlas.app import openapi_document

    text = json.dumps(openapi_document(), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
