"""`visavis mcp`."""

import os
from importlib.util import find_spec
from typing import Annotated, Final

import typer

from visavis.cli.console import clear_errors, complain
from visavis.errors import ExtraMissingError, SettingsError

_DEFAULT_URL: Final = "http://127.0.0.1:8000"


@clear_errors
def mcp(
    http: Annotated[
        bool, typer.Option("--http", help="Serve over HTTP, instead of standard input and output.")
    ] = False,
    host: Annotated[str, typer.Option(help="With --http: address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="With --http: port to listen on.", min=1, max=65_535)] = 8765,
) -> None:
    """Let agents make videos and open live sessions, by the Model Context Protocol.

    It works with the server at VISAVIS_API_URL (http://127.0.0.1:8000 if not set) and the key in
    VISAVIS_API_KEY.
    """
    if any(find_spec(part) is None for part in ("mcp", "httpx", "livekit")):
        raise ExtraMissingError("The MCP server is not installed. Run `pip install 'visavis[mcp]'`.")
    from visavis.mcp import server

    url, key = os.environ.get("VISAVIS_API_URL") or _DEFAULT_URL, os.environ.get("VISAVIS_API_KEY")
    if http:
        complain.print(f"The MCP server is running at http://{host}:{port}/mcp, for {url}", markup=False)
        server.serve_http(url, key, host, port)
    elif key:
        server.serve_stdio(url, key)
    else:
        raise SettingsError("Set VISAVIS_API_KEY to a key of the server (`visavis keys create NAME`).")
