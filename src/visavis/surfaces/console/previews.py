"""How a link to a player is shown elsewhere: OpenGraph tags in its page, and oEmbed for who embeds it."""

from html import escape
from typing import Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from visavis.core import rates, sharing
from visavis.errors import ShareMissingError
from visavis.surfaces.shared.connections import owner_of
from visavis.surfaces.shared.context import Context

OEMBED: Final = "/oembed"
PLAYERS: Final = ("/watch/", "/view/")
_TITLE: Final = "Live avatar"
_ABOUT: Final = "A talking avatar, live."
_LOOKS_PER_MINUTE: Final = 120
_MAX_SIDE_PX: Final = 4096
_SHARE_CHARS: Final = 200


def tags(context: Context, request: Request) -> str:
    """Tags for the head of a player's page. They name the link that was asked for, and no more."""
    base, side = context.base_url(request), str(context.live.size_px)
    link = f"{base}{quote(request.url.path)}"
    if share := request.query_params.get("share"):
        link += "?" + urlencode({"share": share[:_SHARE_CHARS]})
    named = {
        "og:type": "video.other",
        "og:site_name": "visavis",
        "og:title": _TITLE,
        "og:description": _ABOUT,
        "og:url": link,
        "og:video": link,
        "og:video:type": "text/html",
        "og:video:width": side,
        "og:video:height": side,
    }
    embedding = f"{base}{OEMBED}?{urlencode({'url': link, 'format': 'json'})}"
    discovery = (
        f'<link rel="alternate" type="application/json+oembed" href="{escape(embedding)}" title="{_TITLE}">'
    )
    shown = [f'<meta property="{name}" content="{escape(content)}">' for name, content in named.items()]
    return "\n".join([*shown, discovery])


async def embed(request: Request) -> Response:
    """Answer how a link to a player is embedded, as oEmbed 1.0 asks; 404 for links that do not work."""
    context: Context = request.app.state.context
    query = request.query_params
    if query.get("format", "json") != "json":
        return JSONResponse({"error": "not_implemented", "message": "Only format=json is served."}, 501)
    async with context.database.transaction() as tx:
        looks = f"look:{owner_of(request.client)}"
        await rates.take_named(tx, looks, max_per_minute=_LOOKS_PER_MINUTE)
    base, link = context.base_url(request), query.get("url", "")
    path, share = _parts(link.removeprefix(base)) if link.startswith(f"{base}/") else ("", "")
    player = next((each for each in PLAYERS if path.startswith(each)), None)
    if player is None:
        raise ShareMissingError("This is not a link to a live avatar of this server.")
    async with context.database.transaction() as tx:
        row = await sharing.shared(tx, path.removeprefix(player), share)
    width = _within(query.get("maxwidth"), context.live.size_px)
    height = _within(query.get("maxheight"), context.live.size_px)
    side = min(width, height)
    source = escape(f"{base}{player}{quote(row.id)}?{urlencode({'share': share})}")
    frame = (
        f'<iframe src="{source}" width="{side}" height="{side}" title="{_TITLE}" allow="autoplay" '
        'style="border:0"></iframe>'
    )
    answer = {
        "version": "1.0",
        "type": "video",
        "provider_name": "visavis",
        "provider_url": base,
        "title": _TITLE,
        "width": side,
        "height": side,
        "html": frame,
    }
    return JSONResponse(answer, headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"})


def _parts(link: str) -> tuple[str, str]:
    """Path and share token of a link."""
    parsed = urlsplit(link)
    return parsed.path, parse_qs(parsed.query).get("share", [""])[0][:_SHARE_CHARS]


def _within(wanted: str | None, side_px: int) -> int:
    """A side that a client can show, in pixels; what it sends is no number if it is not understood."""
    if wanted is None or not wanted.isascii() or not wanted.isdigit():
        return side_px
    return max(1, min(side_px, int(wanted[:9]), _MAX_SIDE_PX))
