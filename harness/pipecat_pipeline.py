"""A Pipecat pipeline with an avatar: speech frames in, picture and sound out. Prints what came, as JSON.

    python harness/pipecat_pipeline.py --url URL --key KEY --sound FILE.wav --mouth TOP BOTTOM LEFT RIGHT

It runs in an environment of its own, with `pipecat-ai` and `plugins/pipecat-visavis`, and knows nothing of
this repository. The pipeline says the sound, says it again and is interrupted in it, and ends.
"""

import argparse
import asyncio
import json
import time
import wave
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
from pipecat.frames.frames import (
    EndFrame,
    Frame,
    InterruptionFrame,
    OutputImageRawFrame,
    SpeechOutputAudioRawFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.workers.runner import WorkerRunner
from pipecat_visavis import VisavisVideoService

RATE_HZ = 24_000
FRAME_S = 0.04
LOUD = 0.01  # root mean square
WAIT_S = 60.0
SILENCE_S = 1.0
SPOKEN_S = 1.0  # before the interruption


@dataclass
class Seen:
    """What comes out of the pipeline.

    Attributes:
        levels: Times and levels of the sound.
        mouths: Darkness of the mouth in each picture.
        sizes: Sizes of the pictures.
        kinds: Names of the other frames.
    """

    levels: list[tuple[float, float]] = field(default_factory=list)
    mouths: list[float] = field(default_factory=list)
    sizes: set[tuple[int, int]] = field(default_factory=set)
    kinds: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def loud(self, since_s: float) -> list[float]:
        """Times at which there was speech."""
        return [at for at, level in self.levels if at > since_s and level > LOUD]

    async def until(self, condition: Any) -> None:
        """Wait for a condition, checked at every frame."""
        async with asyncio.timeout(WAIT_S):
            while not condition():
                self.changed.clear()
                await self.changed.wait()

    async def silence(self, since_s: float) -> float:
        """Wait until speech has come and gone. Returns how long it was."""
        await self.until(
            lambda: bool(self.loud(since_s)) and self.levels[-1][0] > self.loud(since_s)[-1] + SILENCE_S
        )
        return self.loud(since_s)[-1] - self.loud(since_s)[0]


class Sink(FrameProcessor):
    """The end of the pipeline, where an output would be."""

    def __init__(self, seen: Seen, mouth: tuple[slice, slice]) -> None:
        """Prepare.

        Args:
            seen: Where frames are noted.
            mouth: Rows and columns of the mouth.
        """
        super().__init__()
        self._seen, self._mouth = seen, mouth

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Note a frame."""
        await super().process_frame(frame, direction)
        if isinstance(frame, SpeechOutputAudioRawFrame):
            samples = np.frombuffer(frame.audio, np.int16).astype(np.float32) / 32768
            self._seen.levels.append((time.monotonic(), float(np.sqrt(np.mean(samples**2)))))
        elif isinstance(frame, OutputImageRawFrame):
            width, height = frame.size
            picture = np.frombuffer(frame.image, np.uint8).reshape(height, width, 3)
            self._seen.mouths.append(float((110 - picture[self._mouth].mean(axis=2)).clip(0, 60).mean() / 60))
            self._seen.sizes.add(frame.size)
        else:
            self._seen.kinds.append(type(frame).__name__)
        self._seen.changed.set()
        await self.push_frame(frame, direction)


async def say(worker: PipelineWorker, pcm: bytes) -> None:
    """Push speech as a speech synthesis does: at once."""
    await worker.queue_frame(TTSStartedFrame())
    step = 2 * round(RATE_HZ * FRAME_S)
    for at in range(0, len(pcm), step):
        await worker.queue_frame(TTSAudioRawFrame(pcm[at : at + step], RATE_HZ, 1))
    await worker.queue_frame(TTSStoppedFrame())


async def run(url: str, key: str, pcm: bytes, mouth: tuple[slice, slice]) -> dict[str, Any]:
    """Run the pipeline."""
    seen, joined, found = Seen(), asyncio.Event(), {}
    async with aiohttp.ClientSession() as http:
        service = VisavisVideoService(api_url=url, api_key=key, session=http)

        @service.event_handler("on_avatar_joined")
        async def _joined(_service: VisavisVideoService) -> None:
            joined.set()

        worker = PipelineWorker(
            Pipeline([service, Sink(seen, mouth)]),
            cancel_on_idle_timeout=False,
            params=PipelineParams(audio_out_sample_rate=RATE_HZ),
        )
        runner = WorkerRunner()
        await runner.add_workers(worker)

        async def play() -> None:
            async with asyncio.timeout(WAIT_S):
                await joined.wait()
            await seen.until(lambda: seen.mouths and seen.levels)
            found["session_id"] = service.session_id
            began_s = time.monotonic()
            await say(worker, pcm)
            found["heard_s"] = await seen.silence(began_s)
            found["lip_movement"] = max(seen.mouths) - min(seen.mouths)
            began_s = time.monotonic()
            await say(worker, pcm)
            await seen.until(
                lambda: seen.loud(began_s) and seen.levels[-1][0] > seen.loud(began_s)[0] + SPOKEN_S
            )
            await worker.queue_frame(InterruptionFrame())
            found["interrupted_after_s"] = await seen.silence(began_s)
            began_s = time.monotonic()
            await say(worker, pcm[: 2 * RATE_HZ])
            await worker.queue_frame(EndFrame())  # what was said before it is still said
            found["began_s"] = began_s

        await asyncio.gather(runner.run(), play())
    last = seen.loud(found.pop("began_s"))
    found["said_before_the_end_s"] = last[-1] - last[0] if last else 0.0
    return found | {"sizes": sorted(seen.sizes), "kinds": sorted(set(seen.kinds))}


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--sound", required=True, type=Path)
    parser.add_argument("--mouth", required=True, type=int, nargs=4)
    given = parser.parse_args()
    with wave.open(str(given.sound)) as file:
        if (file.getframerate(), file.getnchannels()) != (RATE_HZ, 1):
            parser.error(f"the sound must be mono at {RATE_HZ} Hz")
        pcm = file.readframes(file.getnframes())
    top, bottom, left, right = given.mouth
    print(json.dumps(asyncio.run(run(given.url, given.key, pcm, (slice(top, bottom), slice(left, right))))))


if __name__ == "__main__":
    main()
