"""Speech by ElevenLabs, or a service with the same API: sound and the times of characters."""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, Final

from pydantic import Base64Bytes, BaseModel, Field, ValidationError

from visavis.errors import InputError, RequestError
from visavis.ports import SpeechPart, Voice, VoiceInfo
from visavis.providers.tts.languages import find_language
from visavis.providers.tts.sentences import split_sentences, without_emoji
from visavis.providers.tts.services import MAX_SENTENCE_S, SAMPLE_BYTES, SpeechService, samples_of
from visavis.providers.tts.timing import TimedSpan, timed_words
from visavis.providers.tts.vendors import known_sex
from visavis.settings import SpeechSettings

_PREFIX: Final = "elevenlabs-"
_ID: Final = re.compile(r"[A-Za-z0-9]{20}")
_LANGUAGES: Final = (
    "en ar bg cmn cs da de el es fi fil fr hi hr hu id it ja ko ms nl no pl pt ro ru sk sv ta tr uk vi zh"
)
_RATE_HZ: Final = 24_000
_MAX_LINE_BYTES: Final = 4_000_000


class _Alignment(BaseModel):
    characters: list[str]
    character_start_times_seconds: list[Annotated[float, Field(ge=0)]]
    character_end_times_seconds: list[Annotated[float, Field(ge=0)]]


class _Chunk(BaseModel):
    audio_base64: Base64Bytes = b""
    alignment: _Alignment | None = None


class ElevenLabs:
    """The voices of ElevenLabs, with the times of words."""

    def __init__(self, settings: SpeechSettings) -> None:
        self._model = settings.elevenlabs_model
        self._voices = settings.elevenlabs_voices
        key = settings.elevenlabs_api_key
        self._service = SpeechService(
            settings.elevenlabs_url,
            {"xi-api-key": key.get_secret_value()} if key else {},
            prefix="VISAVIS_SPEECH_ELEVENLABS",
            timeout_s=settings.timeout_s,
        )

    def voices(self) -> tuple[VoiceInfo, ...]:
        """The voices of the settings; see the port."""
        return tuple(
            VoiceInfo(
                f"{_PREFIX}{voice}",
                voice,
                "elevenlabs",
                tuple(_LANGUAGES.split()),
                known_sex(voice),
                licence="terms of the service",
            )
            for voice in self._voices
        )

    def check(self, voice: Voice) -> None:
        """Refuse what is no ID of a voice, and other languages; see the port."""
        self._find(voice)

    async def speak(self, text: str, voice: Voice) -> AsyncIterator[SpeechPart]:
        """Speak a text; see the port."""
        voice_id = self._find(voice)
        sentences = split_sentences(text)
        if not sentences:
            raise InputError("The text contains nothing that can be spoken.")
        for sentence in sentences:
            yield await self._part(sentence, voice_id)

    async def close(self) -> None:
        """Close the connections; see the port."""
        await self._service.close()

    def _find(self, voice: Voice) -> str:
        voice_id = voice.name.removeprefix(_PREFIX) or self._voices[0]
        if voice_id not in self._voices and not _ID.fullmatch(voice_id):
            raise RequestError(f"voice: unknown voice. Use one of: {', '.join(self._voices)}.")
        if voice.language and find_language(voice.language, set(_LANGUAGES.split())) is None:
            raise RequestError(f"language: the voice {voice_id} does not speak {voice.language!r}.")
        return voice_id

    async def _part(self, sentence: str, voice_id: str) -> SpeechPart:
        path = f"/v1/text-to-speech/{voice_id}/stream/with-timestamps?output_format=pcm_{_RATE_HZ}"
        text = without_emoji(sentence)
        pcm = bytearray()
        characters = _Characters()
        async with (
            self._service.post(path, {"text": text, "model_id": self._model}) as response,
            aclosing(self._chunks(response.aiter_bytes())) as chunks,
        ):
            async for chunk in chunks:
                if chunk.alignment:
                    characters.add(chunk.alignment, _seconds(pcm))
                pcm += chunk.audio_base64
                if _seconds(pcm) > MAX_SENTENCE_S:
                    raise self._service.unreadable()
        if len(pcm) < SAMPLE_BYTES:
            raise self._service.broken_off()
        words = timed_words(sentence, characters.spans(text, _seconds(pcm)))
        return SpeechPart(sentence, samples_of(bytes(pcm)), _RATE_HZ, words)

    async def _chunks(self, received: AsyncIterator[bytes]) -> AsyncGenerator[_Chunk]:
        """The objects of an answer, one on each line."""
        kept = b""
        async for data in received:
            *lines, kept = (kept + data).split(b"\n")
            if len(kept) > _MAX_LINE_BYTES:
                raise self._service.unreadable()
            for line in lines:
                if line.strip():
                    yield self._chunk(line)
        if kept.strip():
            yield self._chunk(kept)

    def _chunk(self, line: bytes) -> _Chunk:
        try:
            return _Chunk.model_validate_json(line)
        except ValidationError as error:
            raise self._service.unreadable() from error


class _Characters:
    """The characters of a sentence with their times, as they come."""

    def __init__(self) -> None:
        self._text = ""
        self._times: list[tuple[float, float]] = []

    def add(self, alignment: _Alignment, elapsed_s: float) -> None:
        """Take the characters of a chunk.

        Args:
            alignment: Their times, from the begin of the sentence or of the chunk: services differ.
            elapsed_s: Length of the sound before the chunk.
        """
        starts, ends = alignment.character_start_times_seconds, alignment.character_end_times_seconds
        is_relative = bool(starts and self._times) and starts[0] < self._times[-1][0]
        shift_s = elapsed_s if is_relative else 0.0
        self._text += "".join(alignment.characters)
        self._times += [(start + shift_s, end + shift_s) for start, end in zip(starts, ends, strict=False)]

    def spans(self, text: str, length_s: float) -> list[TimedSpan]:
        """The times of the characters of a text; none if the service read another text."""
        offset = text.find(self._text.strip())
        lead = len(self._text) - len(self._text.lstrip())
        if offset < 0 or len(self._times) != len(self._text):
            return []
        return [
            TimedSpan(at, at + 1, min(start_s, length_s), min(max(start_s, end_s), length_s))
            for at, (start_s, end_s) in enumerate(self._times, offset - lead)
            if 0 <= at < len(text) and not text[at].isspace()
        ]


def _seconds(pcm: bytes | bytearray) -> float:
    return len(pcm) / SAMPLE_BYTES / _RATE_HZ
