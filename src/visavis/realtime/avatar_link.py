"""The way from an agent to an avatar in its room, as livekit-agents goes it.

Sound goes in byte streams. `lk.clear_buffer` drops what the avatar has of it. The avatar reports the begin
and the end of each stream.
"""

import contextlib
import json
from collections.abc import Callable
from typing import Final

from livekit import rtc

from visavis.realtime.inputs.agent_stream import CLEAR, FINISHED, STARTED, TOPIC

CLEAR_S: Final = 1.0
"""An avatar that does not answer for so long counts as silent."""
STREAM_ERRORS: Final = (rtc.StreamError, OSError, RuntimeError)
"""Errors of byte streams whose room or reader is gone."""


class AvatarLink:
    """An avatar in a room, seen from its agent."""

    def __init__(self, room: rtc.Room, avatar: str) -> None:
        """Prepare.

        Args:
            room: The room.
            avatar: Identity of the avatar.
        """
        self._room, self._avatar = room, avatar

    def listen(
        self,
        *,
        on_started: Callable[[], None],
        on_finished: Callable[[float, bool], None],
        on_gone: Callable[[], None],
        on_track: Callable[[], None],
    ) -> None:
        """Hear from the avatar from now on; the room must be connected.

        Args:
            on_started: Told that a stream begins to play.
            on_finished: Told the end of a stream: how many seconds were played, and whether it was cut off.
            on_gone: Told that the avatar has left.
            on_track: Told that somebody has published a track: the avatar may be seen now.
        """

        def note_started(call: rtc.RpcInvocationData) -> str:
            if call.caller_identity != self._avatar:
                return "reject"
            on_started()
            return "ok"

        def note_finished(call: rtc.RpcInvocationData) -> str:
            if call.caller_identity != self._avatar:
                return "reject"
            said = json.loads(call.payload)
            on_finished(float(said["playback_position"]), bool(said["interrupted"]))
            return "ok"

        def note_gone(person: rtc.RemoteParticipant) -> None:
            if person.identity == self._avatar:
                on_gone()

        me = self._room.local_participant
        me.register_rpc_method(STARTED, note_started)
        me.register_rpc_method(FINISHED, note_finished)
        self._room.on("participant_disconnected", note_gone)
        self._room.on("track_published", lambda *_: on_track())

    def is_seen(self) -> bool:
        """Whether the avatar shows itself: before, it plays nothing."""
        person = self._room.remote_participants.get(self._avatar)
        return person is not None and any(
            each.kind == rtc.TrackKind.KIND_VIDEO for each in person.track_publications.values()
        )

    async def open_stream(self, rate_hz: int) -> rtc.ByteStreamWriter:
        """Begin a byte stream of 16-bit mono samples."""
        return await self._room.local_participant.stream_bytes(
            name="speech",
            topic=TOPIC,
            destination_identities=[self._avatar],
            attributes={"sample_rate": str(rate_hz), "num_channels": "1"},
        )

    async def clear(self) -> None:
        """Have the avatar drop what it has.

        Raises:
            rtc.RpcError: It did not answer.
        """
        await self._room.local_participant.perform_rpc(
            destination_identity=self._avatar, method=CLEAR, payload="", response_timeout=CLEAR_S
        )


async def close_stream(writer: rtc.ByteStreamWriter, attributes: dict[str, str] | None = None) -> None:
    """End a byte stream, whether or not anybody still reads it.

    Args:
        writer: The stream.
        attributes: What is known of it at its end.
    """
    with contextlib.suppress(*STREAM_ERRORS):
        await writer.aclose(attributes=attributes)
