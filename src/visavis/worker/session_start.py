"""What a session process needs to know to begin: its room, who may speak there, and where the video goes."""

from pathlib import Path
from typing import Final

from visavis.core import paid_sessions, sessions
from visavis.core.schema import Session
from visavis.core.secret import SEALS, shared_secret, unseal
from visavis.core.sessions import EXTERNAL
from visavis.ports.video import DESTINATIONS, VideoDestination
from visavis.worker.context import WorkerContext
from visavis.worker.conversations import AGENT
from visavis.worker.protocol import BeginSession

AVATAR: Final = "avatar"
SOUND_SOURCE: Final = "source"
"""Identity of what takes a client's sound to the avatar of a session."""

_PAID_IDLE_S: Final = 1e9  # time that is paid for is not taken away because nobody speaks


async def begin_session(context: WorkerContext, row: Session, rig: Path) -> BeginSession:
    """The command that begins a session.

    A session whose sound is streamed is always in a room of ours, where the sound comes from. Somebody else's
    room is one of its outputs then.

    Args:
        context: What tasks of a worker need.
        row: The session.
        rig: File of its face.
    """
    live, takes_streams = context.live, paid_sessions.takes_streams(row)
    is_own_server = not is_guest(row) or row.livekit_url == live.shown_url
    return BeginSession(
        server_url=live.rooms.url if is_own_server else row.livekit_url,
        is_own_server=is_own_server,
        token=await _token(context, row),
        viewers_token=_viewers_token(context, row),
        rig=rig,
        video=live.video,
        idle_timeout_s=_PAID_IDLE_S if takes_streams else row.idle_timeout_s,
        agent=AGENT if may_converse(row) else None,
        outputs=await _destinations(context, row) if takes_streams else (),
    )


def may_converse(row: Session) -> bool:
    """Whether a process of ours may speak and answer in the room of a session."""
    return row.mode != EXTERNAL and not paid_sessions.takes_streams(row)


def is_guest(row: Session) -> bool:
    """Whether the avatar of a session is in somebody else's room, with a token from there."""
    return row.mode == EXTERNAL and not paid_sessions.takes_streams(row)


async def _token(context: WorkerContext, row: Session) -> str:
    if is_guest(row) and row.sealed_token is not None:
        return await _unsealed(context, row.sealed_token)
    config = sessions.conversation_of(row)
    agent = AGENT if config is not None and config.hears else None
    agent = SOUND_SOURCE if paid_sessions.takes_streams(row) else agent
    return context.live.rooms.token(paid_sessions.own_room(row), AVATAR, role="avatar", agent=agent)


def _viewers_token(context: WorkerContext, row: Session) -> str | None:
    rooms, room = context.live.rooms, paid_sessions.own_room(row)
    viewers = rooms.viewers_room(room)
    if is_guest(row) or viewers == room:
        return None
    return rooms.token(viewers, AVATAR, role="avatar")


async def _destinations(context: WorkerContext, row: Session) -> tuple[VideoDestination, ...]:
    found = []
    if row.sealed_outputs is not None:
        found += DESTINATIONS.validate_json(await _unsealed(context, row.sealed_outputs))
    if row.mode == EXTERNAL and row.sealed_token is not None:
        token = await _unsealed(context, row.sealed_token)
        found.append(VideoDestination(url=row.livekit_url, token=token))
    return tuple(found)


async def _unsealed(context: WorkerContext, sealed: bytes) -> str:
    async with context.database.transaction() as tx:
        return unseal(await shared_secret(tx, SEALS), sealed)
