"""What our own voice says, over the sound of a room's tracks."""

from collections.abc import Sequence

from visavis.realtime.inputs.agent_stream import AgentStream
from visavis.realtime.inputs.room_tracks import RoomTracks
from visavis.realtime.sound import Block


class SpokenOver:
    """The stream of our voice while it speaks, otherwise the tracks; an `AudioInput`."""

    def __init__(self, voice: AgentStream, tracks: RoomTracks) -> None:
        """Prepare.

        Args:
            voice: What the voice says.
            tracks: The tracks of the room.
        """
        self._voice, self._tracks = voice, tracks

    @property
    def is_idle(self) -> bool:
        """Whether neither can be heard."""
        return self._tracks.is_idle and not self._voice.is_speaking

    @property
    def waiting_s(self) -> float:
        """Length of the sound of tracks that waits to be taken."""
        return self._tracks.waiting_s

    @property
    def dropped_samples(self) -> int:
        """Number of samples that were dropped."""
        return self._voice.dropped_samples + self._tracks.dropped_samples

    def take(self) -> Block:
        """The next block. While the voice speaks, that of the tracks is dropped."""
        spoken, heard = self._voice.take(), self._tracks.take()
        return heard if spoken.segment is None else spoken

    async def close(self) -> None:
        """Both are closed by whoever opened them."""

    def note_played(self, blocks: Sequence[Block], *, held_blocks: int) -> None:
        """Tell whoever speaks what was played."""
        self._voice.note_played(blocks, held_blocks=held_blocks)
