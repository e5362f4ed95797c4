"""Whether a request comes from a page of ours: browsers say where it is from, and pages cannot forge that."""

from typing import Final

from starlette.requests import Request

from visavis.core.urls import parse_url
from visavis.errors import UrlError
from visavis.surfaces.shared.context import Context

ORIGIN: Final = "origin"
_PAGES: Final = frozenset({"http", "https"})


def is_own_origin(origin: str, request: Request, context: Context) -> bool:
    """Whether an origin is that of this server, as the client of a request reaches it."""
    try:
        sent = parse_url(origin, "Origin", schemes=_PAGES)
        base = parse_url(context.base_url(request), "The address", schemes=_PAGES)
        here = parse_url(str(request.base_url), "The address", schemes=_PAGES)
    except UrlError:
        return False
    if sent.authority == base.authority:
        # Without an address of the operator's, a proxy in front may have ended the TLS of a request.
        return sent.scheme in {base.scheme, "https" if context.server.public_url is None else ""}
    return sent.authority == here.authority and sent.scheme in {here.scheme, "https"}
