"""`visavis agents`: list, show and delete the agents of an account, and talk to them in the terminal."""

import asyncio
from typing import Annotated, Any, Final
from urllib.parse import quote

import typer
from rich import box
from rich.table import Table

from visavis.cli.api_client import Server
from visavis.cli.console import clear_errors, say
from visavis.cli.serve import refuse_without_extra

app = typer.Typer(help="List and delete agents, and talk to them.", no_args_is_help=True)

DEFAULT_URL: Final = "http://127.0.0.1:8000"
_PAGE: Final = 100
_SHOWN: Final = (
    *("code", "name", "status", "current_step", "error_message", "voice_id", "created_at"),
    *("image_url", "video_url", "model_url", "system_prompt"),
)

Url = Annotated[str, typer.Option(envvar="VISAVIS_API_URL", help="Address of the server.")]
Key = Annotated[
    str, typer.Option(envvar="VISAVIS_API_KEY", help="API key of the account.", show_default=False)
]
Code = Annotated[str, typer.Argument(help="Code of the agent.", show_default=False)]


@app.command("list")
@clear_errors
def show_all(url: Url = DEFAULT_URL, key: Key = "") -> None:
    """List the agents of an account, newest first."""
    refuse_without_extra()
    agents = asyncio.run(_all(Server(url, key)))
    if not agents:
        say.print("There are no agents. `POST /v1/agent/generate` makes one (docs/agents.md).", markup=False)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for title in ("code", "name", "status", "voice", "created"):
        table.add_column(title, no_wrap=True)
    for each in agents:
        cells = (each["code"], each["name"], each["status"], each["voice_id"], each["created_at"])
        table.add_row(*(str(cell or "") for cell in cells))
    say.print(table)


@app.command("show")
@clear_errors
def show(code: Code, url: Url = DEFAULT_URL, key: Key = "") -> None:
    """Show an agent: its state, its files, and its prompt."""
    refuse_without_extra()
    data = asyncio.run(Server(url, key).ask("GET", f"/v1/agent/{quote(code, safe='')}"))["data"]
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name in _SHOWN:
        if data.get(name):
            table.add_row(name, str(data[name]))
    say.print(table, markup=False)


@app.command("delete")
@clear_errors
def delete(
    code: Code,
    url: Url = DEFAULT_URL,
    key: Key = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete an agent, with its files and its embed tokens."""
    refuse_without_extra()
    if not yes:
        typer.confirm(f"Delete the agent {code}?", abort=True)
    asyncio.run(Server(url, key).ask("DELETE", f"/v1/agent/{quote(code, safe='')}"))
    say.print(f"{code} is deleted", markup=False)


@app.command("talk")
@clear_errors
def talk(
    code: Code,
    url: Url = DEFAULT_URL,
    key: Key = "",
    sound: Annotated[bool, typer.Option(help="Play what the agent says, if there is a sound device.")] = True,
) -> None:
    """Talk to an agent: type what you say, and read and hear its answers. An empty line ends it.

    It is a live session like any other: what the API tells the agent reaches it too.
    """
    refuse_without_extra()
    from visavis.cli.talking import talk_in_terminal

    try:
        asyncio.run(talk_in_terminal(Server(url, key), code, plays_sound=sound))
    except KeyboardInterrupt:
        say.print()  # how conversations end


async def _all(server: Server) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        page = await server.ask("GET", f"/v1/agents?limit={_PAGE}&offset={len(found)}")
        found += page["data"]
        if not page["data"] or not page["pagination"]["has_more"]:
            return found
