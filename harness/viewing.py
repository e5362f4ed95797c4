"""A client that speaks to a live avatar and watches it: what it sent, and when sound and lips came back.

Lips are read as the darkness of an open mouth. What comes back is compared with what the engine makes of the
same sound offline. The shift of the lips is the time from sound to matching lips at the viewer. The shift of
the lips minus the shift of the sound is the offset between picture and sound.
"""

import asyncio
import contextlib
import functools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import cv2
import numpy as np
from livekit import rtc
from numpy.typing import NDArray

from visavis.engine.resample import Resampler
from visavis.engine.rig.model import Rig
from visavis.engine.speech import RATE_HZ as SPEECH_RATE_HZ
from visavis.engine.speech import SpeechModel
from visavis.engine.stream import Stream
from visavis.engine.view import FaceView
from visavis.samples import SENTENCE
from visavis.samples.sentence import speak

Series = NDArray[np.float64]

RATE_HZ = 48_000
BLOCK = RATE_HZ // 100
GRID_S = 0.004
_LONGEST_LAG_S = 1.0
_MOUTH_CM = 0.9, 1.4  # half its height and width
INSIDE, LIPS = 50.0, 110.0  # greys of an open mouth's inside and of what surrounds it


@functools.cache  # computing it takes a while, and senders and viewers must not wait for it
def sentence() -> NDArray[np.float32]:
    """The built-in sentence, 48 kHz, −1..1."""
    samples, rate_hz = speak(SENTENCE)
    resample = Resampler(rate_hz, RATE_HZ)
    whole = samples.astype(np.float32) / 32768
    whole = np.concatenate([resample(whole), resample.finish()])
    whole.flags.writeable = False
    return whole


def mouth_box(rig: Rig) -> tuple[slice, slice]:
    """Rows and columns of the mouth in a frame of the rig's size."""
    box, (x, y) = rig.lips.box, rig.interior.middle
    middle = round(box.top + y), round(box.left + x)
    half = [round(size * rig.pixels_per_cm) for size in _MOUTH_CM]
    return slice(middle[0] - half[0], middle[0] + half[0]), slice(middle[1] - half[1], middle[1] + half[1])


def openness(rgb: NDArray[np.uint8], box: tuple[slice, slice]) -> float:
    """Share of the mouth's box that is as dark as the inside of a mouth."""
    grey = cv2.cvtColor(np.ascontiguousarray(rgb[box]), cv2.COLOR_RGB2GRAY).astype(np.float32)
    return float(np.clip((LIPS - grey) / (LIPS - INSIDE), 0, 1).mean())


@dataclass
class Track:
    """Values that arrived over time."""

    times_s: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, time_s: float, value: float) -> None:
        """Append a value."""
        self.times_s.append(time_s)
        self.values.append(value)

    def grid(self, from_s: float, to_s: float) -> Series:
        """Values on a regular grid."""
        at = np.arange(from_s, to_s, GRID_S)
        return np.interp(at, self.times_s, self.values)

    def forget(self, before_s: float) -> None:
        """Delete older values."""
        first = int(np.searchsorted(self.times_s, before_s))
        del self.times_s[:first], self.values[:first]


@dataclass(frozen=True)
class Expected:
    """Lips and sound that the engine makes offline, with times from the start of the sentence."""

    lips: Track
    sound: Track
    length_s: float


def expected(
    rig: Rig, speech: SpeechModel, fps: int = 25, samples: NDArray[np.float32] | None = None
) -> Expected:
    """Process a sound offline; the built-in sentence if `None`."""
    samples = sentence() if samples is None else samples
    lips, sound = Track(), Track()
    stream = Stream(FaceView(rig, side_px=rig.size), speech, fps=Fraction(fps))
    to_speech = Resampler(RATE_HZ, SPEECH_RATE_HZ)
    box = mouth_box(rig)
    heard = np.concatenate([to_speech(samples), to_speech.finish()])
    for frames in (stream.push(heard), stream.finish()):
        for frame in frames:
            lips.add(frame.time_s, openness(frame.rgb, box))
    for at in range(0, len(samples) - BLOCK, BLOCK):
        sound.add(at / RATE_HZ, _level(samples[at : at + BLOCK]))
    return Expected(lips, sound, len(samples) / RATE_HZ)


def lag_s(came: Track, wanted: Track, sent_s: float, length_s: float) -> tuple[float, float]:
    """Delay after `sent_s` at which a series came back, and its similarity (−1..1)."""
    reference = _normal(wanted.grid(0, length_s))
    there = came.grid(sent_s, sent_s + length_s + _LONGEST_LAG_S)
    best = int(np.argmax(np.correlate(there - there.mean(), reference, "valid")))
    found = _normal(there[best : best + len(reference)])
    return best * GRID_S, float(found @ reference) / len(reference)


def came_back(lips: Track, sound: Track, wanted: Expected, sent_s: float) -> dict[str, float]:
    """Measure how a sentence came back that was sent at `sent_s`, on the clock of both tracks.

    Returns:
        Delay of lips and sound, `lips_s` and `sound_s`, and `likeness` of the lips, −1..1.
    """
    lips_s, likeness = lag_s(lips, wanted.lips, sent_s, wanted.length_s)
    sound_s, _ = lag_s(sound, wanted.sound, sent_s, wanted.length_s)
    return {"lips_s": lips_s, "sound_s": sound_s, "likeness": likeness}


def _normal(series: Series) -> Series:
    return (series - series.mean()) / (series.std() + 1e-9)


def _level(samples: NDArray[Any]) -> float:
    """Perceived loudness: the square root of the root mean square."""
    return float(np.sqrt(np.sqrt(np.mean(np.square(samples.astype(np.float64))) + 1e-12)))


@dataclass
class Viewer:
    """A client that watches the avatar.

    Attributes:
        lips: Openness of the mouth in every frame.
        sound: Level of every 10 ms.
        first_frame_s: Time at which the first frame was decoded.
        frames: Number of frames.
        sizes: Widths and heights of the frames.
        last: Newest frame.
        hears: Whether it also listens.
    """

    room: rtc.Room
    box: tuple[slice, slice]
    hears: bool = True
    lips: Track = field(default_factory=Track)
    sound: Track = field(default_factory=Track)
    first_frame_s: float | None = None
    frames: int = 0
    sizes: set[tuple[int, int]] = field(default_factory=set)
    last: NDArray[np.uint8] | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def begin(self, track: rtc.Track) -> None:
        """Watch a track, or listen to it."""
        if track.kind == rtc.TrackKind.KIND_VIDEO:
            self._tasks.append(asyncio.create_task(self._watch(track)))
        elif self.hears:
            self._tasks.append(asyncio.create_task(self._listen(track)))

    async def until(self, condition: Any, within_s: float = 30.0) -> None:
        """Wait for a condition, checked at every frame and every block of sound."""
        async with asyncio.timeout(within_s):
            while not condition():
                self.changed.clear()
                await self.changed.wait()

    async def close(self) -> None:
        """Leave the room."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.room.disconnect()

    async def _watch(self, track: rtc.Track) -> None:
        stream = rtc.VideoStream(track, format=rtc.VideoBufferType.RGB24)
        async with contextlib.aclosing(stream):
            async for event in stream:
                now_s, frame = time.monotonic(), event.frame
                picture = np.frombuffer(frame.data, np.uint8).reshape(frame.height, frame.width, 3)
                if self.first_frame_s is None:
                    self.first_frame_s = now_s
                self.frames += 1
                self.sizes.add((frame.width, frame.height))
                self.last = picture
                self.lips.add(now_s, openness(picture, self.box))
                self.changed.set()

    async def _listen(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=RATE_HZ, num_channels=1)
        async with contextlib.aclosing(stream):
            async for event in stream:
                samples = np.frombuffer(event.frame.data, np.int16).astype(np.float32) / 32768
                # A block is complete when it arrives: its sound started that much earlier.
                self.sound.add(time.monotonic() - len(samples) / RATE_HZ, _level(samples))
                self.changed.set()


@asynccontextmanager
async def watching(
    url: str, token: str, box: tuple[slice, slice], *, hears: bool = True
) -> AsyncIterator[Viewer]:
    """Open a viewer in a room; it leaves at the end."""
    viewer = Viewer(rtc.Room(), box, hears)
    viewer.room.on("track_subscribed", lambda track, _publication, _person: viewer.begin(track))
    await viewer.room.connect(url, token, rtc.RoomOptions(connect_timeout=30))
    try:
        yield viewer
    finally:
        await viewer.close()


@asynccontextmanager
async def speaking(room: rtc.Room) -> AsyncIterator["Speaker"]:
    """Publish a track while the block runs."""
    source = rtc.AudioSource(RATE_HZ, 1, queue_size_ms=0)  # paced here
    track = rtc.LocalAudioTrack.create_audio_track("speech", source)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False)
    publication = await room.local_participant.publish_track(track, options)
    speaker = Speaker(source)
    feeding = asyncio.create_task(speaker.feed())
    try:
        yield speaker
    finally:
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)
        if room.isconnected():
            await room.local_participant.unpublish_track(publication.sid)
        await source.aclose()


class Speaker:
    """Sends silence on a track, and sound when there is some."""

    def __init__(self, source: rtc.AudioSource) -> None:
        self._source = source
        self._samples = np.zeros(0, np.int16)
        self._said = asyncio.Event()
        self._began_s = 0.0
        self._asked = False

    async def say(self, samples: NDArray[np.float32]) -> float:
        """Send a sound to its end. Returns the time at which its first sample was sent."""
        self._samples = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
        self._asked = True
        self._said.clear()
        await self._said.wait()
        return self._began_s

    def hush(self) -> None:
        """Stop in the middle of a sound."""
        self._samples = np.zeros(0, np.int16)

    async def feed(self) -> None:
        """Send until cancelled."""
        began_s, count = time.monotonic(), 0
        while True:
            # A block is sent at the time at which it would have been recorded.
            await asyncio.sleep(max(0.0, began_s + (count + 1) * BLOCK / RATE_HZ - time.monotonic()))
            if self._asked:
                self._began_s, self._asked = began_s + count * BLOCK / RATE_HZ, False
            block, self._samples = self._samples[:BLOCK], self._samples[BLOCK:]
            if not len(self._samples):
                self._said.set()
            block = np.pad(block, (0, BLOCK - len(block)))
            await self._source.capture_frame(rtc.AudioFrame(block.tobytes(), RATE_HZ, 1, BLOCK))
            count += 1
