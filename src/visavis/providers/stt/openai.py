"""Recognition by any service with OpenAI's `/v1/audio/transcriptions`."""

from functools import partial
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from visavis.engine.arrays import Floats
from visavis.ports import Recognition, TimedText, VoiceActivityDetector
from visavis.providers.stt.listening import ListeningStream, recognize_whole
from visavis.providers.stt.service import Service, check_language, wav
from visavis.providers.stt.whisper_languages import whisper_language
from visavis.settings import RecognitionSettings

_URL: Final = "https://api.openai.com/v1"
_MODEL: Final = "whisper-1"
_WITHOUT_TIMES: Final = "gpt-4o"  # models of this family know no `verbose_json`


class _Word(BaseModel):
    word: str
    start: float
    end: float


class _Answer(BaseModel):
    text: str
    words: list[_Word] | None = None


class TranscriptionRecognizer:
    """Sends each utterance as a WAV file: at pauses, and at the end if somebody spoke since."""

    def __init__(self, settings: RecognitionSettings, detector: VoiceActivityDetector) -> None:
        self._service = Service(settings, _URL)
        self._model = settings.model or _MODEL
        self._detector = detector

    def check(self, language: str) -> None:
        """Refuse a tag that names no language; see the port."""
        check_language(language)

    async def prepare(self, language: str = "") -> None:
        """Nothing is loaded."""

    def stream(self, language: str = "") -> ListeningStream:
        """A stream for one speaker; see the port."""
        return ListeningStream(partial(self._recognize, language=language), self._detector)

    async def recognize(self, samples: Floats, language: str = "") -> Recognition:
        """Recognize a sound of any length; see the port."""
        has_words = not self._model.startswith(_WITHOUT_TIMES)
        recognize = partial(self._recognize, language=language, has_words=has_words)
        return await recognize_whole(samples, recognize, self._detector)

    async def close(self) -> None:
        """Close the connections; see the port."""
        await self._service.close()

    async def _recognize(self, samples: Floats, *, language: str, has_words: bool = False) -> Recognition:
        fields: dict[str, Any] = {"model": self._model, "response_format": "json"}
        if has_words:
            fields |= {"response_format": "verbose_json", "timestamp_granularities[]": "word"}
        if code := whisper_language(language) if language else "":
            fields["language"] = code
        key = self._service.api_key
        content = await self._service.post(
            "/audio/transcriptions",
            data=fields,
            files={"file": ("speech.wav", wav(samples), "audio/wav")},
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )
        try:
            answer = _Answer.model_validate_json(content)
        except ValidationError as error:
            raise self._service.unreadable() from error
        words = tuple(TimedText(each.word.strip(), each.start, each.end) for each in answer.words or ())
        return Recognition(answer.text.strip(), is_final=True, language=language, words=words)
