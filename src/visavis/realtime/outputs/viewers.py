"""The viewers' room beside the room of a session: viewers see only the avatar there.

LiveKit's server lets everybody in a room receive every track, unless the publisher's client forbids it. What
people say to the avatar is such a track. So viewers are in a room of their own, where the avatar publishes
the same audio and video again. This needs a second encoding, and runs only while there is a viewer. The
embedded server restricts viewers itself and needs no second room.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

import structlog
from livekit import rtc

from visavis.errors import LiveRoomError
from visavis.realtime.calls import LibraryCalls, leave_room, refreshed_token

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 5.0
_JOIN_S: Final = 10.0

_FAILURES: Final = (
    rtc.ConnectError,
    rtc.participant.PublishTrackError,
    rtc.participant.UnpublishTrackError,
    LiveRoomError,
    TimeoutError,
)

_log = structlog.get_logger()

Publish = Callable[[rtc.LocalParticipant], Coroutine[Any, Any, object]]


class ViewersRoom:
    """The avatar's connection to its viewers' room."""

    def __init__(self, url: str, token: str, publish: Publish) -> None:
        """Prepare; this connects to nothing yet.

        Args:
            url: URL of the room server.
            token: Token to join with.
            publish: Publishes audio and video.
        """
        self._url, self._publish = url, publish
        self.token = token
        """Token to join again with: the server refreshes it."""
        self._room: rtc.Room | None = None
        self._calls = LibraryCalls()
        self._attributes: dict[str, str] = {}

    async def describe(self, attributes: dict[str, str]) -> None:
        """Set attributes of the avatar, now and after each join."""
        self._attributes |= attributes
        if self._room is not None and self._room.isconnected():
            await self._room.local_participant.set_attributes(self._attributes)

    async def run(self) -> None:
        """Stay in the room until cancelled, or until another participant joins under the same identity."""
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                if await self._stay() == rtc.DisconnectReason.DUPLICATE_IDENTITY:
                    return
                pause_s = _FIRST_PAUSE_S
            except _FAILURES as error:
                _log.warning("viewers_room_join_failed", reason=type(error).__name__)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
            await asyncio.sleep(pause_s)

    async def _stay(self) -> int | None:
        """Join, and publish while there are viewers. Returns the reason of the disconnect."""
        room = self._room = rtc.Room()
        changed, reasons = asyncio.Event(), list[int]()
        room.on("participant_connected", lambda _: changed.set())
        room.on("participant_disconnected", lambda _: changed.set())
        room.on("reconnected", changed.set)
        room.on("disconnected", reasons.append)
        room.on("disconnected", lambda _: changed.set())
        room.on("token_refreshed", lambda: self._note_token(room))
        try:
            async with asyncio.timeout(_JOIN_S):
                options = rtc.RoomOptions(auto_subscribe=False, dynacast=False, connect_timeout=_JOIN_S)
                await self._calls.finish(room.connect(self._url, self.token, options))
                if self._attributes:
                    await room.local_participant.set_attributes(self._attributes)
            while not reasons:
                changed.clear()
                await self._show_or_rest(room)
                await changed.wait()
            return reasons[0]
        finally:
            await leave_room(room, self._calls)

    async def _show_or_rest(self, room: rtc.Room) -> None:
        me = room.local_participant
        if room.remote_participants and not me.track_publications:
            async with asyncio.timeout(_JOIN_S):
                await self._calls.finish(self._publish(me))
        elif not room.remote_participants:
            for sid in list(me.track_publications):
                await me.unpublish_track(sid)

    def _note_token(self, room: rtc.Room) -> None:
        self.token = refreshed_token(room)
