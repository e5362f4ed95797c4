"""A session's connection to its LiveKit room: it joins, and joins again after the room was lost."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final

import structlog

from visavis.errors import LiveRoomError
from visavis.realtime.clock import Clock
from visavis.realtime.delays import Delays
from visavis.realtime.inputs.audio_mixer import AudioMixer
from visavis.realtime.outputs.livekit import LiveKitOutput
from visavis.realtime.ports import (
    AudioInput,
    AvOutput,
    ConnectionListener,
    EndReason,
    SessionObserver,
    VideoSettings,
)
from visavis.realtime.room import AvatarRoom

_REJOIN_S: Final = 40.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 3.0

_log = structlog.get_logger()


@dataclass(frozen=True)
class RoomConfig:
    """The room of a session.

    Attributes:
        way: Context manager that opens the way to the room server; it yields the URL to connect to.
        token: Token to join with.
        viewers_token: Token for the viewers' room, if there is one.
        agent: Identity of our own agent, the process of the conversation; `None` for none.
    """

    way: AbstractAsyncContextManager[str]
    token: str
    viewers_token: str | None
    agent: str | None = None


class RoomConnection:
    """A `Connection` to a LiveKit room, which may join several times."""

    def __init__(
        self,
        config: RoomConfig,
        video: VideoSettings,
        clock: Clock,
        observer: SessionObserver,
        listener: ConnectionListener,
    ) -> None:
        """Prepare; this connects to nothing yet.

        Args:
            config: The room of the session.
            video: Video settings.
            clock: Clock of the session.
            observer: Observer of joins and newer tokens.
            listener: The session.
        """
        self._config, self._video, self._clock = config, video, clock
        self._observer, self._listener = observer, listener
        # The server sends newer ones later.
        self._token, self._viewers_token = config.token, config.viewers_token
        self._lost = asyncio.Event()
        self._mixer = AudioMixer()
        self._room = self._new_room()

    @property
    def audio_input(self) -> AudioInput:
        """Current audio input."""
        return self._room.audio_input

    @property
    def output(self) -> AvOutput:
        """Current output."""
        return self._room.output

    @property
    def is_idle(self) -> bool:
        """Whether there is nobody who could be heard."""
        return self._room.is_idle

    async def run(self) -> None:
        """Stay in the room until cancelled; then leave it."""
        async with self._config.way as url:
            try:
                await self._stay(url)
            finally:
                await self._room.leave()

    def drop_speech(self) -> None:
        """Drop what the agent has sent: it is gone; see the port."""
        self._room.drop_speech()

    async def describe(self, attributes: dict[str, str]) -> None:
        """Set attributes of the avatar, for everybody who sees it."""
        await self._room.describe(attributes)

    async def measure(self, delays: Delays) -> None:
        """Measure how long sound waits before we read it, and pictures before they are sent."""
        await self._room.measure(delays)

    async def _stay(self, url: str) -> None:
        while await self._join_patiently(url):
            self._observer.joined()
            await self._lost.wait()
            _log.warning("room_lost")
            self._viewers_token = self._room.viewers_token
            await self._room.leave()
            self._room = self._new_room()
        self._listener.end(EndReason.ROOM_LOST)

    async def _join_patiently(self, url: str) -> bool:
        self._lost.clear()
        deadline_s, pause_s = self._clock.now_s() + _REJOIN_S, _FIRST_PAUSE_S
        while True:
            try:
                await self._room.join(url, self._token, viewers_token=self._viewers_token)
            except LiveRoomError as error:
                _log.warning("join_failed", reason=error.message)
                if self._clock.now_s() > deadline_s:
                    return False
                self._room = self._new_room()
            else:
                return True
            await self._clock.sleep_until(self._clock.now_s() + pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def _new_room(self) -> AvatarRoom:
        return AvatarRoom(
            LiveKitOutput(self._video),
            mixer=self._mixer,
            agent=self._config.agent,
            on_gone=self._note_gone,
            on_change=self._listener.note_presence,
            on_interrupt=self._listener.interrupt,
            on_token=self._note_token,
            on_speak=self._observer.speak_wanted,
            on_spoken=self._observer.spoken,
        )

    def _note_gone(self, reason: EndReason | None) -> None:
        if reason is None:
            self._lost.set()
        else:
            self._listener.end(reason)

    def _note_token(self, token: str) -> None:
        self._token = token
        self._observer.token_refreshed(token)
