"""Speech by any API that has OpenAI's `/audio/speech`."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Final

from visavis.engine.arrays import Floats
from visavis.errors import InputError, RequestError
from visavis.ports import SpeechPart, Voice, VoiceInfo
from visavis.providers.tts.languages import find_language
from visavis.providers.tts.sentences import split_sentences, without_emoji
from visavis.providers.tts.services import MAX_SENTENCE_S, SAMPLE_BYTES, SpeechService, samples_of
from visavis.providers.tts.vendors import known_sex
from visavis.settings import SpeechSettings

_PREFIX: Final = "openai-"
_LANGUAGES: Final = (
    "en af ar az be bg bs ca cmn cs cy da de el es et fa fi fil fr gl he hi hr hu hy id is it ja kk kn ko lt "
    "lv mi mk mr ms ne nl no pl pt ro ru sk sl sr sv sw ta th tr uk ur vi zh"
)
_PIECE_S: Final = 0.4  # of a sentence, so that listeners need not wait for all of it
_RIFF: Final = b"RIFF"
_TEXTUAL: Final = ("application/json", "text/", "application/xml")


class OpenAiSpeech:
    """The voices at `VISAVIS_SPEECH_OPENAI_URL`. They tell no times."""

    def __init__(self, settings: SpeechSettings) -> None:
        self._model = settings.openai_model
        self._voices = settings.openai_voices
        self._rate_hz = settings.openai_rate_hz
        key = settings.openai_api_key
        self._service = SpeechService(
            settings.openai_url or "",
            {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {},
            prefix="VISAVIS_SPEECH_OPENAI",
            timeout_s=settings.timeout_s,
        )

    def voices(self) -> tuple[VoiceInfo, ...]:
        """The voices of the settings; see the port."""
        return tuple(
            VoiceInfo(
                f"{_PREFIX}{name}",
                name.title(),
                "openai",
                tuple(_LANGUAGES.split()),
                known_sex(name),
                licence="terms of the service",
            )
            for name in self._voices
        )

    def check(self, voice: Voice) -> None:
        """Refuse other voices and languages; see the port."""
        self._find(voice)

    async def speak(self, text: str, voice: Voice) -> AsyncIterator[SpeechPart]:
        """Speak a text, in pieces of sentences; see the port."""
        name = self._find(voice)
        sentences = split_sentences(text)
        if not sentences:
            raise InputError("The text contains nothing that can be spoken.")
        for sentence in sentences:
            begun = sentence
            async with aclosing(self._sound(sentence, name)) as pieces:
                async for samples in pieces:
                    yield SpeechPart(begun, samples, self._rate_hz)
                    begun = ""

    async def close(self) -> None:
        """Close the connections; see the port."""
        await self._service.close()

    def _find(self, voice: Voice) -> str:
        name = voice.name.removeprefix(_PREFIX) or self._voices[0]
        if name not in self._voices:
            raise RequestError(f"voice: unknown voice. Use one of: {', '.join(self._voices)}.")
        if voice.language and find_language(voice.language, set(_LANGUAGES.split())) is None:
            raise RequestError(f"language: the voice {name} does not speak {voice.language!r}.")
        return name

    async def _sound(self, sentence: str, name: str) -> AsyncGenerator[Floats]:
        """The sound of a sentence, as it comes."""
        body = {
            "model": self._model,
            "input": without_emoji(sentence),
            "voice": name,
            "response_format": "pcm",
        }
        piece_bytes = round(_PIECE_S * self._rate_hz) * SAMPLE_BYTES
        kept, total = b"", 0
        async with self._service.post("/audio/speech", body) as response:
            if response.headers.get("content-type", "").startswith(_TEXTUAL):
                raise self._service.unreadable()
            async for chunk in response.aiter_bytes():
                kept += chunk
                total += len(chunk)
                if total > MAX_SENTENCE_S * self._rate_hz * SAMPLE_BYTES:
                    raise self._service.unreadable()
                if total == len(kept) and kept.startswith(_RIFF[: len(kept)]):
                    if len(kept) >= len(_RIFF):  # it ignores the format that was asked for
                        raise self._service.unreadable()
                    continue
                if len(kept) >= piece_bytes:
                    whole = len(kept) - len(kept) % SAMPLE_BYTES
                    yield samples_of(kept[:whole])
                    kept = kept[whole:]
        if not total:
            raise self._service.broken_off()
        if len(kept) >= SAMPLE_BYTES:
            yield samples_of(kept)
