"""One user: the sound of a microphone without the avatar's echo, its turns, and what was said in them."""

import asyncio
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
import structlog

from visavis.engine.arrays import Floats
from visavis.errors import ProviderError
from visavis.ports import (
    RECOGNITION_RATE_HZ,
    Recognition,
    RecognitionStream,
    SpeechRecognizer,
    VoiceActivityDetector,
)
from visavis.realtime.conversation.echo import FRAME_SAMPLES, EchoGuard
from visavis.realtime.conversation.turns import Step, TurnTaker
from visavis.realtime.conversation.voice_activity import OverlappingWindows

_LEAD_S: Final = 0.4  # of sound before a voice was noticed
_CLOSE_S: Final = 1.0

_log = structlog.get_logger()


@dataclass
class Utterance:
    """What a user says from a begin to an end.

    Attributes:
        speaker: Identity of the user.
        interrupts: Whether the avatar spoke when it began.
        id: ID of its segment of the transcript.
        began_s: When it began, on the monotonic clock.
        last_voice_s: When its last voice was, likewise.
        text: What was recognized so far.
        language: BCP 47 tag of its language; empty if it is not known.
        windows: Number of windows.
        echo_windows: Number of windows in which the avatar could be heard.
        echo_likeness: How much its spectrum followed the avatar's, −1..1.
    """

    speaker: str
    interrupts: bool
    id: str = field(default_factory=lambda: f"SG_{uuid.uuid4().hex[:12]}")
    began_s: float = field(default_factory=time.monotonic)
    last_voice_s: float = field(default_factory=time.monotonic)
    text: str = ""
    language: str = ""
    windows: int = 0
    echo_windows: int = 0
    echo_likeness: float = 0.0

    @property
    def may_be_echo(self) -> bool:
        """Whether the avatar could be heard in most of it."""
        return self.echo_windows > self.windows / 2


class SpeechListener(Protocol):
    """Is told what users say."""

    def is_avatar_speaking(self) -> bool:
        """Whether a voice would interrupt the avatar."""
        ...

    def began(self, utterance: Utterance, voiced_s: float) -> None:
        """A user speaks."""
        ...

    def changed(self, utterance: Utterance, *, is_pause: bool) -> bool:
        """More was recognized; in a pause, it may be all. Returns whether what follows matters."""
        ...

    def went_on(self, utterance: Utterance) -> None:
        """A user goes on after a pause."""
        ...

    def ended(self, utterance: Utterance, silence_s: float) -> None:
        """A user is done, and the text is final."""
        ...

    def failed(self, utterance: Utterance, error: ProviderError, silence_s: float) -> None:
        """A user is done, and nothing was recognized because the provider failed twice."""
        ...


class Speaker:
    """A user who can be heard."""

    def __init__(
        self,
        identity: str,
        detector: VoiceActivityDetector,
        recognizer: SpeechRecognizer,
        language: str,
        listener: SpeechListener,
        *,
        text_s: float,
    ) -> None:
        """Prepare.

        Args:
            identity: Identity of the user.
            detector: Tells voice from everything else.
            recognizer: Recognizes what is said.
            language: BCP 47 tag; empty for detection.
            listener: Is told what is said.
            text_s: Time to wait for the final text of an utterance.
        """
        self.identity, self._language, self._listener = identity, language, listener
        self.echo = EchoGuard()
        self._voice = OverlappingWindows(detector)
        self._window_s = self._voice.step_samples / RECOGNITION_RATE_HZ
        self._turns = TurnTaker(self._window_s)
        self._recognizer, self._text_s = recognizer, text_s
        self._stream: RecognitionStream | None = None
        self._reading: asyncio.Task[None] | None = None
        self._lead: deque[Floats] = deque(maxlen=round(_LEAD_S * RECOGNITION_RATE_HZ / FRAME_SAMPLES))
        self._kept: list[Floats] = []  # of the utterance, to be recognized again if the provider fails
        self._utterance: Utterance | None = None
        self._finals: asyncio.Queue[Recognition | ProviderError] = asyncio.Queue()
        self._ending: set[asyncio.Task[None]] = set()
        self.is_idle = True
        """Whether nothing of this user is being said or recognized."""

    def push(self, samples: Floats) -> None:
        """Take 10 ms of the microphone.

        Args:
            samples: Shape `(FRAME_SAMPLES,)`, −1..1, at `RECOGNITION_RATE_HZ`.
        """
        cleaned = self.echo.clean(samples)
        self._lead.append(cleaned)
        if self._utterance is not None:
            self._recognize_lead()
        for probability in self._voice.push(cleaned):
            self._step(0.0 if self.echo.is_echo else probability)

    def dismiss(self) -> None:
        """End the utterance: more of it changes nothing."""
        if self._turns.is_speaking:
            silence_s = self._turns.silence_s
            self._turns.end()
            self._end(silence_s)

    async def close(self) -> None:
        """Hear no more; what was said is still recognized, if that is soon."""
        if self._ending:
            await asyncio.wait(self._ending, timeout=_CLOSE_S)
        tasks = [*self._ending, *([self._reading] if self._reading else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._stream is not None:
            await self._stream.close()

    def _step(self, probability: float) -> None:
        step = self._turns.step(probability, in_echo=self.echo.has_echo)
        if self._utterance is not None:
            self._utterance.windows += 1
            self._utterance.echo_windows += self.echo.hears_avatar
        match step:
            case Step.BEGAN:
                self._begin()
            case Step.PAUSED if self._stream is not None and self._utterance is not None:
                self._utterance.last_voice_s = time.monotonic() - self._turns.silence_s
                self._stream.pause()
            case Step.WENT_ON if self._utterance is not None:
                self._listener.went_on(self._utterance)
            case Step.ENDED:
                self._end(self._turns.silence_s)

    def _begin(self) -> None:
        self.is_idle = False
        self._utterance = Utterance(self.identity, interrupts=self._listener.is_avatar_speaking())
        self._kept = []
        if self._stream is None:
            self._stream = self._recognizer.stream(self._language)
            self._reading = asyncio.create_task(self._read(self._stream))
        # The sound that led to it is recognized with the next 10 ms: the avatar falls silent first.
        self._listener.began(self._utterance, self._turns.voiced_s)

    def _compare(self, utterance: Utterance) -> None:
        """Compare an utterance, up to now, with what the avatar said meanwhile."""
        duration_s = utterance.windows * self._window_s + _LEAD_S
        utterance.echo_likeness = self.echo.likeness(duration_s)

    def _recognize_lead(self) -> None:
        self._kept += self._lead
        if self._stream is not None:
            for frame in self._lead:
                self._stream.push(frame)
        self._lead.clear()

    async def _read(self, stream: RecognitionStream) -> None:
        try:
            async for recognition in stream:
                self._note(recognition)
        except ProviderError as error:
            self._stream = None
            self._finals.put_nowait(error)

    def _note(self, recognition: Recognition) -> None:
        if recognition.is_final:
            self._finals.put_nowait(recognition)
            return
        utterance = self._utterance
        if utterance is None:
            return
        utterance.text = recognition.text or utterance.text
        utterance.language = recognition.language or utterance.language
        self._compare(utterance)
        self._turns.note_text(recognition.text)
        is_pause = self._turns.text is not None
        if not self._listener.changed(utterance, is_pause=is_pause) and is_pause:
            self.dismiss()

    def _end(self, silence_s: float) -> None:
        utterance, self._utterance = self._utterance, None
        if utterance is None:
            return
        self._recognize_lead()
        self._compare(utterance)
        kept, self._kept = self._kept, []
        while not self._finals.empty() and self._stream is not None:
            self._finals.get_nowait()
        if self._stream is not None:
            self._stream.end_utterance()
        task = asyncio.create_task(self._finish(utterance, kept, silence_s))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _finish(self, utterance: Utterance, kept: list[Floats], silence_s: float) -> None:
        """Wait for the final text. If the provider has failed, it is asked once more for the whole."""
        try:
            try:
                recognition = await self._final()
            except ProviderError as error:
                _log.warning("recognizer_failed", code=error.code, attempt=1)
                async with asyncio.timeout(self._text_s):
                    recognition = await self._recognizer.recognize(np.concatenate(kept), self._language)
        except TimeoutError:
            self.is_idle = True
            self._listener.failed(utterance, ProviderError("Speech was not recognized in time."), silence_s)
        except ProviderError as error:
            _log.warning("recognizer_failed", code=error.code, attempt=2)
            self.is_idle = True
            self._listener.failed(utterance, error, silence_s)
        else:
            utterance.text = recognition.text
            utterance.language = recognition.language or utterance.language
            self.is_idle = self._utterance is None
            self._listener.ended(utterance, silence_s)

    async def _final(self) -> Recognition:
        async with asyncio.timeout(self._text_s):
            result = await self._finals.get()
        if isinstance(result, ProviderError):
            raise result
        return result
