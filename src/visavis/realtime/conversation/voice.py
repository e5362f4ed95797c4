"""The avatar's voice as a TTS of livekit-agents: sentence by sentence, with the times of words.

The next sentence is made while one is spoken. A synthesizer that fails is asked once more; then a local one
that needs neither network nor model speaks in its place. A sentence that may be needed soon, because the
language model fails, is made beforehand: two providers that stall after each other are silent too long.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Final

import structlog
from livekit.agents import DEFAULT_API_CONNECT_OPTIONS, APIConnectOptions, tokenize, tts, utils
from livekit.agents.types import TimedString

from visavis.engine.resample import Resampler
from visavis.errors import VisavisError
from visavis.ports import SpeechPart, SpeechSynthesizer, Voice
from visavis.realtime.conversation.patience import PatienceLostError, ask_twice
from visavis.realtime.conversation.scripts import Scripts, SpokenScript
from visavis.realtime.conversation.texts import sentences_of
from visavis.realtime.sound import to_pcm

RATE_HZ: Final = 24_000
_SILENT_BYTES: Final = 2 * RATE_HZ // 50
_PREPARED_S: Final = 0.2
"""Time for a sentence that was to be made beforehand."""

_log = structlog.get_logger()


class AvatarVoice(tts.TTS[str]):
    """Speaks with a synthesizer, or with a local one if that fails."""

    def __init__(
        self,
        synthesizer: SpeechSynthesizer,
        voice: Voice,
        *,
        local: SpeechSynthesizer,
        local_voice: Voice,
        first_s: float,
        on_sentence: Callable[[str, float], None] = lambda _text, _now_s: None,
        upcoming: Callable[[], str] = lambda: "",
    ) -> None:
        """Prepare.

        Args:
            synthesizer: Speaks.
            voice: With this voice.
            local: Speaks when that fails.
            local_voice: Voice of `local`.
            first_s: Time to wait for the begin of a sentence's sound, each time.
            on_sentence: Told each sentence, and the time on the monotonic clock.
            upcoming: Gives the sentence that is said next, as far as that is known; empty for none.
        """
        super().__init__(
            capabilities=tts.TTSCapabilities(streaming=True, aligned_transcript=True),
            sample_rate=RATE_HZ,
            num_channels=1,
        )
        self._synthesizer, self._voice = synthesizer, voice
        self._local, self._local_voice, self._on_sentence = local, local_voice, on_sentence
        self._first_s, self._upcoming = first_s, upcoming
        self._prepared: dict[str, asyncio.Task[list[SpeechPart]]] = {}
        self._next: _Early | None = None
        self.scripts = Scripts()
        """The phonemes of the last answers."""

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        """Speak a whole text."""
        return self._synthesize_with_stream(text, conn_options=conn_options)

    def stream(self, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS) -> "_Stream":
        """Speak a text that is still being written."""
        return _Stream(self, conn_options)

    def prepare(self, text: str) -> None:
        """Make the sound of a text's first sentence, which may be needed soon; it is kept."""
        sentence = next(iter(sentences_of(text)), "")
        known = self._prepared.get(sentence)
        if known is None or (known.done() and not known.result()):
            self._prepared[sentence] = asyncio.create_task(self._make(sentence))

    async def aclose(self) -> None:
        """Prepare nothing more."""
        early = [self._next.making] if self._next is not None else []
        await utils.aio.cancel_and_wait(*self._prepared.values(), *early)

    async def parts(self, sentence: str) -> AsyncIterator[SpeechPart]:
        """The sound of a sentence; nothing if there is nothing in it to speak."""
        self._on_sentence(sentence, time.monotonic())
        try:
            async with aclosing(self._made(sentence)) as parts:
                async for part in parts:
                    yield part
            self._begin_next()
        except PatienceLostError as error:
            _log.warning("voice_failed", code=error.code)
            if not error.has_begun:
                async for part in self._local.speak(sentence, self._local_voice):
                    yield part

    def _made(self, sentence: str) -> AsyncGenerator[SpeechPart]:
        """The parts of a sentence, made early or now."""
        early, self._next = self._next, None
        if early is not None and early.sentence == sentence:
            return early.parts()
        if early is not None:
            early.making.cancel()
        prepared = self._prepared.get(sentence)
        return self._ask(sentence) if prepared is None else _when_made(prepared)

    def _begin_next(self) -> None:
        """Make the next sentence while this one is heard, so that there is no gap between them."""
        sentence = self._upcoming()
        if sentence and sentence not in self._prepared:
            self._next = _Early(sentence, self._ask(sentence))

    def _ask(self, sentence: str) -> AsyncGenerator[SpeechPart]:
        return ask_twice(lambda: self._synthesizer.speak(sentence, self._voice), first_s=self._first_s)

    async def _make(self, sentence: str) -> list[SpeechPart]:
        """All parts of a sentence; none if that fails."""
        try:
            return [part async for part in self._ask(sentence)]
        except VisavisError as error:
            _log.warning("sentence_not_prepared", code=error.code)
            return []


class _Early:
    """A sentence that is made before it is asked for; its parts can be taken while they are made."""

    def __init__(self, sentence: str, parts: AsyncGenerator[SpeechPart]) -> None:
        self.sentence = sentence
        self._parts: list[SpeechPart] = []
        self._came = asyncio.Event()
        self.making = asyncio.create_task(self._make(parts))
        self.making.add_done_callback(lambda _: self._came.set())

    async def _make(self, parts: AsyncGenerator[SpeechPart]) -> VisavisError | None:
        """Take all parts. Returns the error that ended them."""
        try:
            async with aclosing(parts):
                async for part in parts:
                    self._parts.append(part)
                    self._came.set()
        except VisavisError as error:
            return error
        return None

    async def parts(self) -> AsyncGenerator[SpeechPart]:
        """The parts, from the first one on; raises what ended them."""
        taken = 0
        try:
            while taken < len(self._parts) or not self.making.done():
                if taken == len(self._parts):
                    self._came.clear()
                    await self._came.wait()
                    continue
                yield self._parts[taken]
                taken += 1
            if (error := self.making.result()) is not None:
                raise error
        finally:
            self.making.cancel()


async def _when_made(prepared: asyncio.Task[list[SpeechPart]]) -> AsyncGenerator[SpeechPart]:
    """The parts of a sentence that was prepared, if they are there in time.

    Raises:
        PatienceLostError: They are not.
    """
    done, _ = await asyncio.wait({prepared}, timeout=_PREPARED_S)
    if not done or not prepared.result():
        raise PatienceLostError("The voice is not ready.", has_begun=False)
    for part in prepared.result():
        yield part


class _Stream(tts.SynthesizeStream):
    def __init__(self, voice: AvatarVoice, conn_options: APIConnectOptions) -> None:
        super().__init__(tts=voice, conn_options=conn_options)
        self._avatar_voice = voice

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        output_emitter.initialize(
            request_id=utils.shortuuid(),
            sample_rate=RATE_HZ,
            num_channels=1,
            mime_type="audio/pcm",
            stream=True,
        )
        output_emitter.start_segment(segment_id=utils.shortuuid())
        sentences = tokenize.blingfire.SentenceTokenizer(min_sentence_len=1, retain_format=True).stream()
        reading = asyncio.create_task(self._read(sentences))
        spoken_s, script = 0.0, SpokenScript()
        try:
            async for token in sentences:
                spoken_s += await self._speak(token.token, spoken_s, output_emitter, script)
            if not spoken_s:
                # A text with nothing to speak in it is no failure of the voice: several end the session.
                self._mark_started()
                output_emitter.push(bytes(_SILENT_BYTES))
        finally:
            await utils.aio.cancel_and_wait(reading)
            await sentences.aclose()

    async def _read(self, sentences: tokenize.SentenceStream) -> None:
        async for text in self._input_ch:
            if isinstance(text, str):
                sentences.push_text(text)
            else:
                sentences.flush()
        sentences.end_input()

    async def _speak(
        self, sentence: str, begin_s: float, emitter: tts.AudioEmitter, script: SpokenScript
    ) -> float:
        """Speak a sentence. Returns its duration."""
        if not any(character.isalnum() for character in sentence):
            return 0.0
        duration_s, is_first = 0.0, True
        self._mark_started()
        try:
            async for part in self._avatar_voice.parts(sentence.strip()):
                emitter.push_timed_transcript(_timed(part, sentence, begin_s + duration_s, is_first=is_first))
                resample = Resampler(part.rate_hz, RATE_HZ)
                pcm = b"".join(map(to_pcm, (resample(part.samples), resample.finish())))
                script.add_phonemes(part.phonemes, begin_s + duration_s)
                if (key := script.add_sound(pcm)) is not None:
                    self._avatar_voice.scripts.add(key, script)
                emitter.push(pcm)
                duration_s += len(part.samples) / part.rate_hz
                is_first = False
        except VisavisError as error:  # such as a sentence with nothing to speak in it
            _log.warning("sentence_not_spoken", code=error.code)
        emitter.flush()
        return duration_s


def _timed(part: SpeechPart, sentence: str, begin_s: float, *, is_first: bool) -> list[TimedString]:
    """The words of a part with their times in the whole speech."""
    if not part.words:
        text = part.text or (sentence if is_first else "")
        end_s = begin_s + len(part.samples) / part.rate_hz
        return [TimedString(text.rstrip() + " ", start_time=begin_s, end_time=end_s)] if text else []
    return [
        TimedString(word.text + " ", start_time=begin_s + word.start_s, end_time=begin_s + word.end_s)
        for word in part.words
    ]
