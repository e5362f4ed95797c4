"""A user who talks with an avatar: microphone, ears, transcript, and a loudspeaker beside the microphone."""

import asyncio
import bisect
import contextlib
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from livekit import rtc
from numpy.typing import NDArray

from harness.viewing import BLOCK, RATE_HZ
from visavis.engine.resample import Resampler

Sound = NDArray[np.float32]
AUDIBLE = 0.003
"""Root mean square of 10 ms in which somebody says something."""
_DELAY_BLOCKS = 8  # from the loudspeaker to the microphone


@dataclass
class Line:
    """A line of the transcript.

    Attributes:
        id: ID of the segment.
        speaker: Identity of who speaks.
        text: The text so far.
        is_final: Whether it is final.
        at_s: When it came last.
    """

    id: str
    speaker: str
    text: str
    is_final: bool
    at_s: float


@dataclass
class Talker:
    """A user in a room.

    Attributes:
        room: The room.
        echo: How loud the microphone hears the avatar, 0..1.
        noise: Level of noise at the microphone.
        heard: Blocks of 10 ms of the avatar's voice, with the time at which each began.
        lines: The transcript, by ID of the segment, from text streams.
        packets: IDs of segments that came as packets, final ones.
        results: Answers to requests to speak.
        left: Identities of those who have left.
    """

    room: rtc.Room
    echo: float = 0.0
    noise: float = 0.0
    heard: list[tuple[float, Sound]] = field(default_factory=list)
    lines: dict[str, Line] = field(default_factory=dict)
    packets: list[tuple[str, str, bool]] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _to_play: deque[Sound] = field(default_factory=deque)
    _plays: bool = False
    _queue: Sound = field(default_factory=lambda: np.zeros(0, np.float32))
    _said: asyncio.Event = field(default_factory=asyncio.Event)
    _began_s: float = 0.0
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _microphone: rtc.LocalTrackPublication | None = None

    async def until_heard(self, within_s: float = 60.0) -> None:
        """Wait until somebody listens to the microphone."""
        assert self._microphone is not None
        async with asyncio.timeout(within_s):
            await self._microphone.wait_for_subscription()

    async def publish(self, source: rtc.AudioSource) -> None:
        """Open the microphone."""
        track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False)
        self._microphone = await self.room.local_participant.publish_track(track, options)
        self.spawn(self.feed(source))

    async def say(self, samples: Sound) -> tuple[float, float]:
        """Say something to its end. Returns the times at which its first and its last sample were said.

        Args:
            samples: Shape `(n,)`, −1..1, at `RATE_HZ`.
        """
        self._said.clear()
        self._queue, self._began_s = samples, 0.0
        await self._said.wait()
        return self._began_s, self._began_s + len(samples) / RATE_HZ

    async def until(self, condition: Callable[[], Any], within_s: float = 60.0) -> Any:
        """Wait until a condition holds, looking again whenever something is heard or read."""
        async with asyncio.timeout(within_s):
            while not (result := condition()):
                self.changed.clear()
                await self.changed.wait()
        return result

    def levels(self, from_s: float) -> list[tuple[float, float]]:
        """Times and levels of the avatar's voice since a time."""
        first = bisect.bisect_left(self.heard, from_s, key=lambda each: each[0])
        return [(at_s, _level(block)) for at_s, block in self.heard[first:]]

    def first_sound_s(self, from_s: float) -> float | None:
        """When the avatar was first heard after a time."""
        return next((at_s for at_s, level in self.levels(from_s) if level > AUDIBLE), None)

    def first_silence_s(self, from_s: float, for_blocks: int = 15) -> float | None:
        """When the avatar fell silent after a time, for 150 ms at least; `None` if it did not."""
        levels, quiet = self.levels(from_s), 0
        for at_s, level in levels:
            quiet = 0 if level > AUDIBLE else quiet + 1
            if quiet == for_blocks:
                return at_s - (for_blocks - 1) * BLOCK / RATE_HZ
        return None

    def silent_since_s(self) -> float:
        """Since when the avatar has been silent; now if it speaks."""
        for at_s, block in reversed(self.heard):
            if _level(block) > AUDIBLE:
                return at_s
        return self.heard[0][0] if self.heard else time.monotonic()

    def is_silent(self, for_s: float) -> bool:
        """Whether the avatar has been silent for a time."""
        return bool(self.heard) and self.heard[-1][0] - self.silent_since_s() > for_s

    def sound(self, from_s: float, to_s: float = float("inf")) -> Sound:
        """What the avatar said in a span of time."""
        parts = [block for at_s, block in self.heard if from_s <= at_s < to_s]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def finals(self, speaker: str | None = None) -> list[Line]:
        """Final lines of the transcript with a text, in order."""
        return [
            line
            for line in self.lines.values()
            if line.is_final and line.text and (speaker is None or line.speaker == speaker)
        ]

    def agent_state(self) -> str | None:
        """What the agent does; `None` if there is none, or it has not said so."""
        agent = self.room.remote_participants.get("agent")
        return agent.attributes.get("lk.agent.state") if agent is not None else None

    async def speak_request(self, text: str, identifier: str | None = "1") -> None:
        """Ask the avatar to say a text."""
        request = {"type": "speak", "text": text} | ({"id": identifier} if identifier else {})
        await self.room.local_participant.publish_data(json.dumps(request))

    async def close(self) -> None:
        """Leave."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.room.disconnect()

    def begin(self, track: rtc.Track) -> None:
        """Listen to a track."""
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            self.spawn(self._listen(track))

    def spawn(self, work: Any) -> None:
        """Do something until the user leaves."""
        self._tasks.append(asyncio.create_task(work))

    def read(self, reader: rtc.TextStreamReader, identity: str) -> None:
        """Read a line of the transcript."""
        self.spawn(self._read(reader, identity))

    def take_packet(self, segments: list[rtc.TranscriptionSegment], person: Any, _publication: Any) -> None:
        """Take lines of the transcript as older clients do."""
        for segment in segments:
            identity = person.identity if person is not None else ""
            self.packets.append((segment.id, identity, segment.final))
        self.changed.set()

    def note_left(self, person: rtc.RemoteParticipant) -> None:
        """Note that somebody has left."""
        self.left.append(person.identity)
        self.changed.set()

    def take_data(self, packet: rtc.DataPacket) -> None:
        """Take an answer to a request to speak."""
        if packet.topic == "visavis.speak":
            self.results.append(json.loads(packet.data))
            self.changed.set()

    async def feed(self, source: rtc.AudioSource) -> None:
        """Be the microphone, for ever."""
        began_s, count, rng = time.monotonic(), 0, np.random.default_rng(0)
        while True:
            await asyncio.sleep(max(0.0, began_s + (count + 1) * BLOCK / RATE_HZ - time.monotonic()))
            block, self._queue = self._queue[:BLOCK], self._queue[BLOCK:]
            if len(block) and not self._began_s:
                self._began_s = time.monotonic() - len(block) / RATE_HZ
            if not len(self._queue):
                self._said.set()
            block = np.pad(block, (0, BLOCK - len(block))) + self._surroundings(rng)
            pcm = (np.clip(block, -1, 1) * 32767).astype(np.int16)
            await source.capture_frame(rtc.AudioFrame(pcm.tobytes(), RATE_HZ, 1, BLOCK))
            count += 1

    def _surroundings(self, rng: np.random.Generator) -> Sound:
        sound = rng.standard_normal(BLOCK).astype(np.float32) * self.noise
        return sound + self._loudspeaker() * np.float32(self.echo)

    def _loudspeaker(self) -> Sound:
        """The next 10 ms that a loudspeaker beside the microphone plays: the avatar's voice, evenly."""
        if not self._plays and len(self._to_play) < _DELAY_BLOCKS:
            return np.zeros(BLOCK, np.float32)
        while len(self._to_play) > 2 * _DELAY_BLOCKS:  # as late as this it stays with no loudspeaker
            self._to_play.popleft()
        self._plays = bool(self._to_play)
        return self._to_play.popleft() if self._plays else np.zeros(BLOCK, np.float32)

    async def _listen(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=RATE_HZ, num_channels=1, frame_size_ms=10)
        async with contextlib.aclosing(stream):
            async for event in stream:
                samples = np.frombuffer(event.frame.data, np.int16).astype(np.float32) / 32768
                self.heard.append((time.monotonic() - len(samples) / RATE_HZ, samples))
                self._to_play.append(samples)
                self.changed.set()

    async def _read(self, reader: rtc.TextStreamReader, identity: str) -> None:
        text = await reader.read_all()
        attributes = reader.info.attributes or {}
        identifier = attributes.get("lk.segment_id", "")
        is_final = attributes.get("lk.transcription_final") == "true"
        known = self.lines.get(identifier)
        if known is None or not known.is_final:
            self.lines[identifier] = Line(identifier, identity, text, is_final, time.monotonic())
        self.changed.set()


def _level(block: Sound) -> float:
    return float(np.sqrt(np.mean(np.square(block)) + 1e-12))


@asynccontextmanager
async def talking(url: str, token: str, *, microphone: bool = True) -> AsyncIterator[Talker]:
    """A user in a room, with an open microphone; leaves at the end."""
    talker = Talker(rtc.Room())
    room = talker.room
    room.on("track_subscribed", lambda track, _publication, _person: talker.begin(track))
    room.on("transcription_received", talker.take_packet)
    room.on("participant_disconnected", talker.note_left)
    room.on("participant_connected", lambda _: talker.changed.set())
    room.on("participant_attributes_changed", lambda _changed, _person: talker.changed.set())
    room.on("data_received", talker.take_data)
    room.register_text_stream_handler("lk.transcription", talker.read)
    await room.connect(url, token, rtc.RoomOptions(connect_timeout=30))
    source = rtc.AudioSource(RATE_HZ, 1, queue_size_ms=0)
    if microphone:
        await talker.publish(source)
    try:
        yield talker
    finally:
        await talker.close()
        await source.aclose()


def at_room_rate(samples: Sound, rate_hz: int) -> Sound:
    """A sound at the rate of microphones."""
    resample = Resampler(rate_hz, RATE_HZ)
    return np.concatenate([resample(samples.astype(np.float32)), resample.finish()])
