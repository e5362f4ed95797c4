"""`visavis openapi`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from visavis.cli.console import clear_errors
from visavis.cli.serve import refuse_without_extra
from visavis.errors import InputError


@clear_errors
def openapi(
    surface: Annotated[
        str, typer.Argument(help="Name of the surface: atlas, organizations or console.")
    ] = "atlas",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; printed if not given.")
    ] = None,
) -> None:
    """Write the OpenAPI document of a surface, for generating clients."""
    refuse_without_extra()
    from visavis.bootstrap.surfaces import openapi_documents

    documents = openapi_documents()
    if surface not in documents:
        raise InputError(
            f"The surface {surface} has no OpenAPI document. Choose one of: {', '.join(documents)}."
        )
    text = json.dumps(documents[surface], indent=2, ensure_ascii=False) + "\n"
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
