"""`visavis serve` and `visavis work`."""

import threading
import webbrowser
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final

import typer

from visavis import bootstrap
from visavis.cli.console import MB, clear_errors, doing, say
from visavis.errors import ExtraMissingError

DATA_HELP: Final = "Folder for the database, files and certificates."
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
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all addresses.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port to listen on; 0 for any free port.", min=0, max=65_535)
    ] = 8000,
    data: Annotated[Path | None, typer.Option(help=DATA_HELP)] = None,
    opens_console: Annotated[
        bool, typer.Option("--open", help="Open the console in a browser, signed in.")
    ] = False,
) -> None:
    """Start the server: API, console, worker, database and room server in one command."""
    refuse_without_extra()
    from visavis.bootstrap import serving
    from visavis.bootstrap.installation import Installation

    settings = bootstrap.read_settings()
    with doing("Loading the face models") as now:
        bootstrap.face_models(settings.models, progress=now)

    def announce(started: serving.Started) -> None:
        say.print(f"visavis is running at {started.url} (documentation: {started.url}/docs)", markup=False)
        if started.key:
            say.print(f"API key (shown only once): {started.key}", markup=False)
            say.print(f"Webhook signing secret: {started.webhook_secret}", markup=False)
        if started.sign_in_link:
            # On one line at any width, so that it can be clicked.
            say.print(
                f"Sign-in link for the console (works once, for one day): {started.sign_in_link}",
                markup=False,
                soft_wrap=True,
            )
        if started.fetched_models:
            names = ", ".join(
                f"{model.name} ({model.download_bytes / MB:.0f} MB)" for model in started.fetched_models
            )
            say.print(f"Fetching models in the background: {names}", markup=False)
        say.file.flush()
        if started.console_url is not None:
            # Some browsers are waited for until they end.
            threading.Thread(target=_open_browser, args=(started.console_url,), daemon=True).start()

    serving.serve(Installation.of(settings, data), host, port, announce, opens_console=opens_console)


def _open_browser(url: str) -> None:
    if not webbrowser.open(url):
        say.print("No browser could be opened here.", markup=False)


@clear_errors
def work(
    data: Annotated[Path | None, typer.Option(help=DATA_HELP)] = None,
    fetch_models: Annotated[
        bool, typer.Option(help="Fetch the default models in the background if they are missing.")
    ] = True,
) -> None:
    """Start one more worker, beside `visavis serve` or on another machine.

    On another machine it needs DATABASE_URL and an object store.
    """
    refuse_without_extra()
    from visavis.bootstrap.working import work_alone

    settings = bootstrap.read_settings()
    bootstrap.face_models(settings.models)
    work_alone(settings, data, fetches_models=fetch_models)


def refuse_without_extra() -> None:
    """Refuse to run without the extra `serve`, and say how to install it.

    Raises:
        ExtraMissingError: Something is missing.
    """
    if any(find_spec(part) is None for part in _PARTS):
        raise ExtraMissingError("The server is not installed. Run `pip install 'visavis[serve]'`.")
