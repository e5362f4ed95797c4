"""The `visavis` command."""

from collections import UserDict
from importlib import import_module
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from typer.core import TyperGroup
from typer.main import get_command, get_group

from visavis import __version__
from visavis.cli.console import stop_on_signals

_HELP: Final = "One face photo and speech in, lip-synced video out, on your own machine."
# Where each command is: a function, or a Typer app with commands of its own.
_COMMANDS: Final = {
    "render": "render:render",
    "inspect": "inspect:inspect",
    "demo": "demo:demo",
    "doctor": "doctor:doctor",
    "serve": "serve:serve",
    "work": "serve:work",
    "openapi": "openapi:openapi",
    "verify": "verify:verify",
    "rooms": "rooms:rooms",
    "keys": "keys:app",
    "credits": "credits:app",
    "avatars": "avatars:app",
    "users": "keys:users",
    "orgs": "organizations:app",
    "payments": "payments:app",
    "rig": "rig:app",
    "models": "models:app",
    "mcp": "mcp:mcp",
    "voices": "voices:app",
    "agents": "agents:app",
}


class _LazyCommands(UserDict[str, Any]):
    """Commands by name. Each is imported when it is first used: no process waits for what others import."""

    def __init__(self) -> None:
        super().__init__(dict.fromkeys(_COMMANDS))

    def __getitem__(self, name: str) -> Any:
        if self.data[name] is None:
            module, _, attribute = _COMMANDS[name].partition(":")
            found = getattr(import_module(f"visavis.cli.{module}"), attribute)
            if isinstance(found, typer.Typer):
                command: Any = get_group(found)
                command.name = name
            else:
                alone = typer.Typer(add_completion=False)
                alone.command(name)(found)
                command = get_command(alone)
            self.data[name] = command
        return self.data[name]


class _Group(TyperGroup):
    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = _LazyCommands()


app = typer.Typer(
    name="visavis",
    cls=_Group,
    help=_HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        Console().print(f"visavis {__version__}", highlight=False)
        raise typer.Exit


@app.callback(help=_HELP)
def _options(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


def run() -> None:
    """Run the command line."""
    stop_on_signals()
    app()


if __name__ == "__main__":
    run()
