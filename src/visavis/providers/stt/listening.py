"""Streams for recognizers that take whole sounds: asked at pauses, during long speech, and at the end."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Final

import numpy as np

from visavis.engine.arrays import Floats
from visavis.errors import ProviderError, VisavisError
from visavis.ports import RECOGNITION_RATE_HZ, Recognition, VoiceActivityDetector
from visavis.providers.stt.results import Results
from visavis.providers.stt.utterance import AudioPart, Utterance, shifted

Recognize = Callable[[Floats], Awaitable[Recognition]]
"""Recognizes at most `MAX_PART_S` of sound; word times count from its begin."""

_MIN_REST: Final = 4.0  # between two refreshes, in multiples of the time that the last one took
_FEED_S: Final = 10.0  # of a whole sound, looked at in one go


class ListeningStream:
    """Recognition of one speaker; see `RecognitionStream`.

    At the end of an utterance nothing is recognized again if nobody spoke since the last pause. A recognition
    that the speaker's going on has overtaken is not thrown away before there is a newer one: it is shown.

    Args:
        recognize: Recognizes a sound.
        detector: Tells where there is voice.
        refresh_s: Time of speech after which the text is refreshed without a pause, or more if a recognition
            takes long; `None` for never.
        is_free: Whether a refresh would make nobody wait.
    """

    def __init__(
        self,
        recognize: Recognize,
        detector: VoiceActivityDetector,
        *,
        refresh_s: float | None = None,
        is_free: Callable[[], bool] = lambda: True,
    ) -> None:
        self._recognize = recognize
        self._activity = detector.stream()
        self._window_samples = detector.window_samples
        self._refresh_s, self._is_free = refresh_s, is_free
        self._kept = np.zeros(0, np.float32)  # samples that complete no window yet
        self._current = Utterance(self._window_samples)
        self._over: deque[Utterance] = deque()
        self._unrefreshed_s = 0.0
        self._last_took_s = 0.0
        self._results = Results()
        self._changed = asyncio.Event()
        self._task = asyncio.create_task(self._work())
        self._results.follow(self._task)

    def push(self, samples: Floats) -> None:
        """Take sound; see the port."""
        samples = np.asarray(samples, np.float32)
        probabilities = self._activity.push(samples)
        self._kept = np.concatenate([self._kept, samples])
        for probability in probabilities:
            window, self._kept = np.split(self._kept, [self._window_samples])
            self._current.add(window, probability)
        if self._current.has_voice:
            self._unrefreshed_s += len(samples) / RECOGNITION_RATE_HZ
            if self._is_refresh_due():
                self._changed.set()

    def pause(self) -> None:
        """Recognize what there is; see the port."""
        self._current.wants_text = True
        self._changed.set()

    def end_utterance(self) -> None:
        """The utterance is over; see the port."""
        self.push(np.zeros(-len(self._kept) % self._window_samples, np.float32))
        self._current.is_over = True
        self._over.append(self._current)
        self._current = Utterance(self._window_samples)
        self._unrefreshed_s = 0.0
        self._changed.set()

    def __aiter__(self) -> AsyncIterator[Recognition]:
        """What was recognized; see the port."""
        return aiter(self._results)

    async def close(self) -> None:
        """End; see the port."""
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _work(self) -> None:
        try:
            while True:
                await self._changed.wait()
                self._changed.clear()
                while (utterance := self._next()) is not None:
                    await self._advance(utterance)
        except ProviderError:
            raise
        except VisavisError as error:
            raise ProviderError(error.message) from error

    def _next(self) -> Utterance | None:
        """The utterance to work on: the oldest that is over, or the current one if its text is wanted."""
        if self._over:
            return self._over[0]
        if self._current.wants_text or self._is_refresh_due():
            return self._current
        return None

    def _is_refresh_due(self) -> bool:
        if self._refresh_s is None or self._current.pause_s > 0:  # at a pause, `pause` comes soon
            return False
        wait_s = max(self._refresh_s, _MIN_REST * self._last_took_s)
        return self._unrefreshed_s >= wait_s and self._is_free()

    async def _advance(self, utterance: Utterance) -> None:
        """Recognize one part of an utterance, or give its text if all were recognized."""
        part = utterance.next_part()
        if utterance is self._current:
            self._unrefreshed_s = 0.0
            if part is None or utterance.is_last(part):
                utterance.wants_text = False
        if part is not None:
            started_s = time.monotonic()
            await recognize_part(part, self._recognize, self._window_samples)
            self._last_took_s = time.monotonic() - started_s
        if not utterance.is_over:
            self._results.put(utterance.text(is_final=False))
        elif utterance.next_part() is None:
            self._over.popleft()
            self._results.put(utterance.text(is_final=True))


async def recognize_part(part: AudioPart, recognize: Recognize, window_samples: int) -> None:
    """Recognize what there is of a part, and keep it there with times from the begin of the utterance."""
    begin, end, samples = part.voiced_sound()
    recognition = await recognize(samples)
    words = shifted(recognition.words, begin * window_samples / RECOGNITION_RATE_HZ)
    part.keep(replace(recognition, is_final=False, words=words), end)


async def recognize_whole(
    samples: Floats, recognize: Recognize, detector: VoiceActivityDetector
) -> Recognition:
    """Recognize a sound of any length, part by part; where nobody speaks, nothing is recognized.

    Args:
        samples: Shape `(n,)`, at `RECOGNITION_RATE_HZ`.
        recognize: Recognizes a sound.
        detector: Tells where there is voice.
    """
    window_samples, activity = detector.window_samples, detector.stream()
    utterance = Utterance(window_samples)
    samples = np.asarray(samples, np.float32)
    samples = np.pad(samples, (0, -len(samples) % window_samples))
    windows = samples.reshape(-1, window_samples)
    step = round(_FEED_S * RECOGNITION_RATE_HZ / window_samples)
    for at in range(0, len(windows), step):
        block = windows[at : at + step]
        probabilities = await asyncio.to_thread(activity.push, block.ravel())
        for window, probability in zip(block, probabilities, strict=True):
            utterance.add(window, probability)
    while (part := utterance.next_part()) is not None:
        await recognize_part(part, recognize, window_samples)
    return utterance.text(is_final=True)
