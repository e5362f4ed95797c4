"""Which pages may embed the page of an agent: those of the domains of its embed token."""

from collections.abc import Sequence
from typing import Final

from starlette.requests import Request

from visavis.core import rates
from visavis.core.agents import embedding
from visavis.errors import EmbedTokenError
from visavis.surfaces.shared.connections import owner_of
from visavis.surfaces.shared.context import Context

EMBEDS: Final = "/embed/"
_LOOKS_PER_MINUTE: Final = 120
_MAX_TOKEN_CHARS: Final = 200
_DESTINATION, _WINDOW = "sec-fetch-dest", "document"


async def domains(context: Context, request: Request) -> Sequence[str]:
    """Origins of the pages that may embed what a request asks for; all if empty.

    A token that is not valid leads to a page that says so, for everybody.
    """
    async with context.database.transaction() as tx:
        looks = f"look:{owner_of(request.client)}"
        await rates.take_named(tx, looks, max_per_minute=_LOOKS_PER_MINUTE)
    token = request.query_params.get("token", "")[:_MAX_TOKEN_CHARS]
    code = request.url.path.removeprefix(EMBEDS)
    try:
        async with context.database.transaction() as tx:
            found = await embedding.find(tx, token, code=code)
    except EmbedTokenError:
        return ()
    return found.token.domains


def is_window(request: Request) -> bool:
    """Whether a page is to fill a window, as far as the browser says it."""
    return request.headers.get(_DESTINATION) == _WINDOW
