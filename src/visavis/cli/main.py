"""The `visavis` command."""

from typing import Annotated

import typer
from rich.console import Console

from visavis import __version__
from visavis.cli import credits as credits_command
from visavis.cli import (
    demo,
    inspect,
    keys,
    models,
    openapi,
    organizations,
    payments,
    render,
    rig,
    rooms,
    serve,
    verify,
    voices,
)
from visavis.cli.console import stop_on_signals

app = typer.Typer(
    name="visavis",
    help="One face photo and speech in, lip-synced video out, on your own machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("render")(render.render)
app.command("inspect")(inspect.inspect)
app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("work")(serve.work)
app.command("openapi")(openapi.openapi)
app.command("verify")(verify.verify)
app.add_typer(keys.app, name="keys")
app.add_typer(credits_command.app, name="credits")
app.add_typer(keys.users, name="users")
app.add_typer(organizations.app, name="orgs")
app.add_typer(payments.app, name="payments")
app.command("rooms")(rooms.rooms)
app.add_typer(rig.app, name="rig")
app.add_typer(models.app, name="models")
app.add_typer(voices.app, name="voices")


def _version(wanted: bool) -> None:
    if wanted:
        Console().print(f"visavis {__version__}", highlight=False)
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """One face photo and speech in, lip-synced video out, on your own machine."""


def run() -> None:
    """Run the command line."""
    stop_on_signals()
    app()


if __name__ == "__main__":
    run()
