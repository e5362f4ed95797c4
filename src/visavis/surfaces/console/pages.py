"""The HTML pages: the console for those who run and use the server, the players for everybody with a link.

And the page of an agent, which pages of others embed.
"""

from mimetypes import guess_type
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from visavis.surfaces.console import embeds, previews
from visavis.surfaces.console.embeds import EMBEDS
from visavis.surfaces.console.error_responses import TABLE
from visavis.surfaces.console.previews import OEMBED, PLAYERS
from visavis.surfaces.shared.dispatcher import Surface
from visavis.surfaces.shared.incoming import fault_of

STATIC: Final = Path(__file__).parent / "static"
"""Folder of the built pages: where `make console` puts them."""

CONSOLE, PLAYER, EMBED = "index.html", "player.html", "embed.html"
ASSETS: Final = "/assets/"
_YEAR_S: Final = 31_536_000
_SEE_OTHER: Final = 303
_VARIES: Final = {"Vary": "Accept-Encoding"}
_ROUTES: Final = (
    *("/", "/sign-in", "/create", "/studio", "/live", "/jobs", "/sessions", "/usage", "/keys", "/workers"),
    *("/settings", "/organizations", "/invitation", "/sign-in/failed", "/agents", "/users", "/payments"),
)
# All of them, for the metrics: one route for each kind of page.
_PATHS: Final = (
    *("/watch/{session:path}", "/view/{session:path}", "/embed/{code:path}", "/assets/{name:path}"),
    "/{page:path}",
)
_NOBODY, _ANYBODY = "'none'", "*"
_HTML: Final = "text/html; charset=utf-8"
_HEAD_END: Final = "</head>"

# Scripts and styles are ours alone. Videos may lie in another store, rooms on another machine.
_POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob: data: https:; "
    "media-src 'self' blob: https:; connect-src 'self' blob: ws: wss: http: https:; worker-src 'self' blob:; "
    "font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
)
_NO_PAGES: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>visavis</title>
<main>
<h1>visavis serves its API here</h1>
<p>The web console is not built into this installation. With Node 20.19 or newer at hand,
<code>make console</code> in the source folder builds it; the packages on the index bring it along.</p>
<p>The API works without it: <a href="/docs">its documentation</a>.</p>
</main></html>
"""


def create_app() -> Starlette:
    """Make the application."""
    pages = [Route(path, _answer) for path in _PATHS]
    return Starlette(routes=[Route(OEMBED, previews.embed), *pages])


def wants_page(scope: Scope) -> bool:
    """Whether a request is for a page: a browser's for the console, anybody's for a player."""
    if scope["method"] not in {"GET", "HEAD"} or fault_of(scope):
        return False
    path = scope["path"]
    if path == OEMBED or path.startswith((*PLAYERS, EMBEDS, ASSETS)):
        return True
    return (path.rstrip("/") or "/") in _ROUTES and is_browser(Headers(scope=scope))


def is_browser(headers: Headers) -> bool:
    """Whether whoever asks shows pages; programs do not ask for any."""
    return "text/html" in headers.get("accept", "")


def missing_page(scope: Scope) -> Response | None:
    """The page for an address that leads nowhere; `None` where there are no pages, or nobody to read one."""
    file = STATIC / CONSOLE
    if scope["type"] != "http" or scope["method"] != "GET" or not is_browser(Headers(scope=scope)):
        return None
    if not file.is_file():
        return None
    return FileResponse(file, 404, media_type=_HTML, headers=_headers(_NOBODY, has_microphone=True))


async def _answer(request: Request) -> Response:
    path = request.url.path
    file = STATIC / PLAYER
    if path.startswith(PLAYERS) and file.is_file():
        shown = previews.tags(request.app.state.context, request)
        html = file.read_text("utf-8").replace(_HEAD_END, f"{shown}\n{_HEAD_END}", 1)
        return HTMLResponse(html, headers=_headers(_ANYBODY))
    if path.startswith(EMBEDS):
        domains = await embeds.domains(request.app.state.context, request)
        if domains and embeds.is_window(request):
            # There is no page around it that a browser could compare with the domains: without its token.
            return RedirectResponse(path, _SEE_OTHER, headers={"Cache-Control": "no-store"})
        return _file(STATIC / EMBED, _headers(" ".join(domains) or _ANYBODY, has_microphone=True))
    return page(path, request.headers, STATIC)


def page(path: str, headers: Headers, folder: Path) -> Response:
    """The page, or the part of one, at a path that `wants_page`."""
    if path.startswith(ASSETS):
        return _asset(path, headers, folder)
    if path.startswith(PLAYERS):
        return _file(folder / PLAYER, _headers(_ANYBODY))
    return _file(folder / CONSOLE, _headers(_NOBODY, has_microphone=True))


def _file(file: Path, headers: dict[str, str]) -> Response:
    if not file.is_file():
        return HTMLResponse(_NO_PAGES, headers=headers)
    return FileResponse(file, media_type=_HTML, headers=headers)


def _asset(path: str, headers: Headers, folder: Path) -> Response:
    # Looked up among the names that are there: no path is made of what a stranger wrote.
    assets = {each.name: each for each in (folder / ASSETS.strip("/")).glob("*")}
    file = assets.get(path.removeprefix(ASSETS))
    if file is None:
        return Response("There is no such file.", 404, media_type="text/plain")
    # Their names carry a digest of their content.
    said = {"Cache-Control": f"public, max-age={_YEAR_S}, immutable", "X-Content-Type-Options": "nosniff"}
    kind = guess_type(file.name)[0]
    small = file.with_name(f"{file.name}.gz")  # laid beside it when the pages are built
    if small.is_file() and "gzip" in headers.get("accept-encoding", ""):
        return FileResponse(small, media_type=kind, headers=said | {"Content-Encoding": "gzip", **_VARIES})
    return FileResponse(file, media_type=kind, headers=said | _VARIES)


def _headers(ancestors: str, *, has_microphone: bool = False) -> dict[str, str]:
    """Headers of a page.

    Args:
        ancestors: Pages that may embed it, as `frame-ancestors` writes them.
        has_microphone: Whether it may use the microphone.
    """
    said = {
        "Content-Security-Policy": _POLICY.format(ancestors=ancestors),
        "Cache-Control": "no-cache",
        "Referrer-Policy": "no-referrer",  # the address of a player or an agent holds its token
        "Permissions-Policy": f"camera=(), geolocation=(), microphone={'(self)' if has_microphone else '()'}",
        "X-Content-Type-Options": "nosniff",
    }
    if ancestors == _NOBODY:
        said["X-Frame-Options"] = "DENY"
    return said


SURFACE: Final = Surface(
    "pages",
    prefixes=("/",),
    create_app=create_app,
    errors=TABLE,
    headers={},  # pages have their own
    claims=wants_page,
    not_found=missing_page,
)
