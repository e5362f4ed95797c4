"""Checks of an external room before an avatar joins it."""

import asyncio
from typing import Final

import aiohttp
import jwt

from visavis.adapters.external_rooms.dialing import client, http_url
from visavis.adapters.public_http import Network, public_addresses
from visavis.core.urls import Url
from visavis.errors import CallbackError, InputError

ANSWER_S: Final = 2.0
_REFUSED: Final = (401, 403)


def check_token(token: str) -> None:
    """Refuse what cannot be a room token because it is not a JWT.

    Raises:
        InputError: It is not a JWT.
    """
    try:
        jwt.decode(token, options={"verify_signature": False})
    except (jwt.InvalidTokenError, ValueError) as error:
        raise InputError("livekit_token: it is not a JSON Web Token.") from error


async def check_answer(url: Url, token: str, *, also: tuple[Network, ...]) -> None:
    """Ask a room server whether it accepts a token.

    Args:
        url: URL of the server.
        token: Token to join with.
        also: Networks that are not public but allowed.

    Raises:
        InputError: The address is not public, the server does not answer within `ANSWER_S`, or it refuses the
            token.
    """
    try:
        async with asyncio.timeout(ANSWER_S):
            await public_addresses(url.host, url.port, also=also)
            status = await _ask(url, token, also)
    except CallbackError as error:
        raise InputError("livekit_url: it must lead to a public address.") from error
    except TimeoutError as error:
        raise InputError(f"livekit_url: the server does not answer within {ANSWER_S:g} s.") from error
    except (aiohttp.ClientError, OSError) as error:
        raise InputError("livekit_url: the server cannot be reached.") from error
    if 300 <= status < 400:
        raise InputError("livekit_url: the server redirects. Redirects are not followed.")
    if status in _REFUSED:
        raise InputError("livekit_token: the server refuses it.")


async def _ask(url: Url, token: str, also: tuple[Network, ...]) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        client(also) as session,
        session.get(http_url(url, "/rtc/validate"), headers=headers, allow_redirects=False) as answer,
    ):
        return answer.status
