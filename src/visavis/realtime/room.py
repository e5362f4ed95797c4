"""One connection of the avatar to a LiveKit room, from joining to leaving."""

import asyncio
import json
from collections.abc import Callable
from typing import Any, Final

import structlog
from livekit import rtc

from visavis.errors import LiveRoomError
from visavis.realtime.calls import LibraryCalls, leave_room, refreshed_token
from visavis.realtime.delays import Delays, note_track
from visavis.realtime.inputs.agent_stream import AgentStream, agent_of
from visavis.realtime.inputs.audio_mixer import AudioMixer
from visavis.realtime.inputs.room_tracks import RoomTracks
from visavis.realtime.inputs.spoken_over import SpokenOver
from visavis.realtime.outputs.livekit import LiveKitOutput
from visavis.realtime.outputs.viewers import ViewersRoom
from visavis.realtime.ports import AudioInput, EndReason
from visavis.realtime.sentences import Sentence
from visavis.realtime.speak_requests import SpeakRequests

_JOIN_S: Final = 10.0
_MEASURE_S: Final = 1.0
_MAX_END_CALL_BYTES: Final = 1000
_GONE: Final = {
    rtc.DisconnectReason.ROOM_DELETED,
    rtc.DisconnectReason.ROOM_CLOSED,
    rtc.DisconnectReason.PARTICIPANT_REMOVED,
}

_log = structlog.get_logger()


class AvatarRoom:
    """A room, with its audio input and the avatar's tracks."""

    def __init__(
        self,
        output: LiveKitOutput,
        *,
        mixer: AudioMixer,
        agent: str | None = None,
        on_gone: Callable[[EndReason | None], None],
        on_change: Callable[[], None],
        on_interrupt: Callable[[], None] = lambda: None,
        on_token: Callable[[str], None] = lambda _token: None,
        on_speak: Callable[[str], None] = lambda _text: None,
        on_spoken: Callable[[Sentence], None] = lambda _sentence: None,
    ) -> None:
        """Prepare; this connects to nothing yet.

        Args:
            output: Audio and video of the avatar; this object opens and closes it.
            mixer: Mixer of the room's tracks, unless the avatar speaks for an agent.
            agent: Identity of our own agent, the process of the conversation; `None` for none.
            on_gone: Called with the reason if the connection ends before `leave`; with `None` if the room was
                lost and may be joined again.
            on_change: Called when tracks or participants come or go.
            on_interrupt: Called to drop the blocks that were taken and are not played yet.
            on_token: Called with the newest token to join again with; the server refreshes it at intervals.
            on_speak: Called with a text for the avatar to say, unless its agent takes such texts.
            on_spoken: Called when a sentence of a session message was spoken.
        """
        self.room = rtc.Room()
        self.output = output
        self._on_gone, self._on_change, self._on_token = on_gone, on_change, on_token
        self._calls = LibraryCalls()
        self._tracks = RoomTracks(self.room, mixer, on_change=on_change)
        self._agent_stream = AgentStream(
            self.room, agent=agent, on_interrupt=on_interrupt, on_change=on_change, on_spoken=on_spoken
        )
        self._own_agent = agent
        self._spoken = SpokenOver(self._agent_stream, self._tracks)
        self._requests = SpeakRequests(self.room, on_speak, is_ours=lambda: agent_of(self.room) is None)
        self._face: rtc.Track | None = None
        self._viewers: ViewersRoom | None = None
        self._viewers_task: asyncio.Task[None] | None = None
        self._is_leaving = False

    @property
    def audio_input(self) -> AudioInput:
        """Current audio input: the room's tracks, or the agent that the avatar speaks for."""
        if self._face is None:  # the sound of an agent waits until it can be played
            return self._tracks
        if agent_of(self.room) is not None:
            return self._agent_stream
        return self._tracks if self._own_agent is None else self._spoken

    @property
    def is_idle(self) -> bool:
        """Whether nobody could make the avatar speak: no agent, and no open microphone."""
        if not self.room.isconnected():
            return True
        if self._own_agent is not None:  # it stays as long as the session, whether anybody is there or not
            return self._spoken.is_idle
        return self._tracks.is_idle if agent_of(self.room) is None else self._agent_stream.is_idle

    @property
    def viewers_token(self) -> str | None:
        """Token to join the viewers' room again with, if there is one."""
        return self._viewers.token if self._viewers is not None else None

    async def join(self, url: str, token: str, *, viewers_token: str | None = None) -> None:
        """Join the room and publish.

        Args:
            url: URL of the room server.
            token: Token to join with.
            viewers_token: Token for the viewers' room, if there is one.

        Raises:
            LiveRoomError: The room cannot be joined.
        """
        self._listen()
        self._agent_stream.listen()  # before an agent can see the avatar
        if self._own_agent is not None:
            self._requests.listen()
        options = rtc.RoomOptions(auto_subscribe=False, dynacast=False, connect_timeout=_JOIN_S)
        try:
            async with asyncio.timeout(_JOIN_S):
                await self._calls.finish(self.room.connect(url, token, options))
                self._agent_stream.answer_calls()
                self.output.open()
                self._face = await self._calls.finish(self.output.publish(self.room.local_participant))
        except (rtc.ConnectError, rtc.participant.PublishTrackError, TimeoutError) as error:
            await self.leave()
            raise LiveRoomError(f"The room cannot be joined ({type(error).__name__}).") from error
        if viewers_token is not None:
            self._viewers = ViewersRoom(url, viewers_token, self.output.publish)
            self._viewers_task = asyncio.create_task(self._viewers.run())
        self._tracks.subscribe()
        self._on_change()

    def drop_speech(self) -> None:
        """Drop what the agent has sent: it is gone, and another one says it again."""
        self._agent_stream.let_agent_go()

    async def describe(self, attributes: dict[str, str]) -> None:
        """Set attributes of the avatar, for everybody who sees it."""
        if self.room.isconnected():
            await self.room.local_participant.set_attributes(attributes)
        if self._viewers is not None:
            await self._viewers.describe(attributes)

    async def leave(self) -> None:
        """Leave the room, even if joining is not complete."""
        self._is_leaving = True
        self._tracks.stop()
        self.output.stop()
        await self._requests.close()
        await self._agent_stream.close()
        await leave_room(self.room, self._calls)
        viewers = [self._viewers_task] if self._viewers_task is not None else []
        for task in viewers:
            task.cancel()
        await asyncio.gather(self._tracks.close(), *viewers, return_exceptions=True)
        await self.output.close()

    async def measure(self, delays: Delays) -> None:
        """Measure how long sound waits before we read it, and pictures before they are sent."""
        tracks = [*([self._face] if self._face else []), *self._tracks.tracks]
        try:
            async with asyncio.timeout(_MEASURE_S):
                for track in tracks:
                    await note_track(delays, track)
        except TimeoutError:
            _log.warning("track_stats_failed")

    def _listen(self) -> None:
        room = self.room
        self._tracks.listen()
        room.on("participant_connected", lambda _: self._on_change())
        room.on("participant_disconnected", lambda _: self._on_change())
        room.on("token_refreshed", lambda: self._on_token(refreshed_token(room)))
        room.on("data_received", self._note_data)
        room.on("disconnected", self._note_gone)

    def _note_data(self, packet: rtc.DataPacket) -> None:
        """End when the agent says so, as the plugins of some vendors do."""
        agent = agent_of(self.room)
        if agent is None or packet.participant is None or packet.participant.identity != agent:
            return
        if not self._is_leaving and _is_end_call(packet.data):
            self._on_gone(EndReason.ROOM_DELETED)

    def _note_gone(self, reason: Any) -> None:
        if self._is_leaving:
            return
        if reason == rtc.DisconnectReason.DUPLICATE_IDENTITY:
            self._on_gone(EndReason.REPLACED)
        else:
            self._on_gone(EndReason.ROOM_DELETED if reason in _GONE else None)


def _is_end_call(data: bytes) -> bool:
    """Whether a data message is `{"type": "END_CALL"}`."""
    if len(data) > _MAX_END_CALL_BYTES:
        return False
    try:
        sent = json.loads(data)
    except ValueError:
        return False
    return isinstance(sent, dict) and sent.get("type") == "END_CALL"
