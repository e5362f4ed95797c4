"""`visavis serve` and `visavis work`."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final

import typer

from visavis import bootstrap
from visavis.cli.console import clear_errors, doing, say
from visavis.errors import ExtraMissingError

DATA_HELP: Final = "Folder for everything that is kept."
_PARTS: Final = (
    "fastapi",
    "procrastinate",
    "sqlalchemy",
    "alembic",
    "obstore",
    "c2pa",
    "uvicorn",
    "fastapi_offline",
    "livekit",
    "aiortc",
)


@clear_errors
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for every one.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 for any that is free.", min=0, max=65_535)] = 8000,
    data: Annotated[Path | None, typer.Option(help=DATA_HELP)] = None,
) -> None:
    """Serve the API: gateway, worker, queue, store and database in one command."""
    refuse_without_extra()
    from visavis.bootstrap import serving
    from visavis.bootstrap.installation import Installation

    settings = bootstrap.read_settings()
    with doing("Looking for the models") as now:
        bootstrap.face_models(settings.models, progress=now)

    def announce(started: serving.Started) -> None:
        say.print(f"visavis serves {started.url} (documentation: {started.url}/docs)", markup=False)
        if started.key:
            say.print(f"API key, shown this once: {started.key}", markup=False)
            say.print(f"Its notifications are signed with: {started.webhook_secret}", markup=False)
        if started.sign_in_link:
            # On one line whatever the width: it is to be clicked.
            say.print(
                f"Sign in to the console (once, for a day): {started.sign_in_link}",
                markup=False,
                soft_wrap=True,
            )
        say.file.flush()

    serving.serve(Installation.of(settings, data), host, port, announce)


@clear_errors
def work(data: Annotated[Path | None, typer.Option(help=DATA_HELP)] = None) -> None:
    """Run one more worker, beside a `visavis serve` or on another machine (DATABASE_URL, object store)."""
    refuse_without_extra()
    from visavis.bootstrap import serving

    settings = bootstrap.read_settings()
    bootstrap.face_models(settings.models)
    serving.work_alone(settings, data)


def refuse_without_extra() -> None:
    """Say what to install, if it is not.

    Raises:
        ExtraMissingError: Something is missing.
    """
    if any(find_spec(part) is None for part in _PARTS):
        raise ExtraMissingError("The API is not installed: `pip install 'visavis[serve]'`.")
