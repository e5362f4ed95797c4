"""Sessions in rooms of others: an avatar joins with a token that the client made."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import jwt

from visavis.core import leases, sessions
from visavis.core.billing import money
from visavis.core.identity.principals import Principal
from visavis.core.schema import Session
from visavis.core.secret import SEALS, seal, shared_secret
from visavis.core.urls import ROOMS, parse_url
from visavis.errors import InputError, UrlError
from visavis.surfaces.shared.context import Context
from visavis.surfaces.shared.texts import is_clean


@dataclass(frozen=True)
class ExternalRoom:
    """A room of others.

    Attributes:
        url: Address of the room server.
        token: Token to join with.
        name: Name of the room; `None` for the one that the token names.
    """

    url: str
    token: str
    name: str | None = None


async def open_external(
    context: Context,
    principal: Principal,
    room: ExternalRoom,
    find_rig: Callable[[], Awaitable[str]],
    *,
    max_duration_s: int | None = None,
) -> Session:
    """Let an avatar join a room.

    Args:
        context: What the surface was given.
        principal: For whom.
        room: The room.
        find_rig: Gives the ID of the face's rig; called when everything else is right.
        max_duration_s: Longest time that the client wants; the server's own limit counts too.

    Raises:
        InputError: The room server cannot be reached or refuses the token, or the face cannot be used.
        NoCapacityError: No worker has a free slot.
    """
    url = await _checked_url(context, room)
    name = room.name or _room_of(room.token)
    async with context.database.transaction() as tx:
        await leases.refuse_when_full(tx)  # before a face is taken apart for nothing
    rig = await find_rig()
    live = context.live
    limits = [limit for limit in (live.max_duration_s, max_duration_s) if limit is not None]
    async with context.database.transaction() as tx:
        wanted = sessions.NewSession(
            mode=sessions.EXTERNAL,
            livekit_url=url,
            rig_id=rig,
            idle_timeout_s=live.external_idle_timeout_s,
            max_duration_s=min(limits) if limits else None,
            price_per_hour_micros=money.from_usd(live.price_per_hour_usd),
            room=name,
            sealed_token=seal(await shared_secret(tx, SEALS), room.token),
        )
        return await sessions.open_session(tx, principal, wanted)


async def _checked_url(context: Context, room: ExternalRoom) -> str:
    """The address of a room server that would let an avatar in."""
    server = parse_url(room.url, "livekit_url", schemes=ROOMS)
    if "?" in server.target:
        raise UrlError("livekit_url must not have a query.")
    return await context.check_room(server, room.token)


def identity_of(token: str) -> str:
    """The identity that a token gives whoever joins with it, as the token says itself."""
    return str(_claims(token).get("sub", ""))


def _room_of(token: str) -> str:
    """The room that a token is for, as it says itself; its server has accepted it."""
    grants = _claims(token).get("video")
    name = grants.get("room") if isinstance(grants, dict) else None
    if not isinstance(name, str) or not name or not is_clean(name):
        raise InputError("livekit_token: it names no room.")
    return name


def _claims(token: str) -> dict[str, Any]:
    """What a checked token says; its server alone can verify it."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims
