"""Recognition by Deepgram's interface: a WebSocket for streams, HTTP for whole sounds."""

from functools import partial
from typing import Final
from urllib.parse import urlencode

from pydantic import BaseModel, Field, ValidationError

from visavis.engine.arrays import Floats
from visavis.ports import RECOGNITION_RATE_HZ, Recognition, TimedText, VoiceActivityDetector
from visavis.providers.stt.deepgram_stream import DeepgramStream
from visavis.providers.stt.deepgram_wire import Alternative
from visavis.providers.stt.listening import recognize_whole
from visavis.providers.stt.service import Service, check_language, wav
from visavis.settings import RecognitionSettings

_URL: Final = "https://api.deepgram.com"
_MODEL: Final = "nova-3"
_SEVERAL_LANGUAGES: Final = "multi"


class _Channel(BaseModel):
    alternatives: list[Alternative] = Field(min_length=1)
    detected_language: str = ""


class _Results(BaseModel):
    channels: list[_Channel] = Field(min_length=1)


class _Answer(BaseModel):
    results: _Results


class DeepgramRecognizer:
    """Streams sound to Deepgram as it comes."""

    def __init__(self, settings: RecognitionSettings, detector: VoiceActivityDetector) -> None:
        self._service = Service(settings, _URL)
        self._model = settings.model or _MODEL
        self._detector = detector
        self._headers = {"Authorization": f"Token {self._service.api_key}"} if self._service.api_key else {}

    def check(self, language: str) -> None:
        """Refuse a tag that names no language; see the port."""
        check_language(language)

    async def prepare(self, language: str = "") -> None:
        """Nothing is loaded."""

    def stream(self, language: str = "") -> DeepgramStream:
        """A stream for one speaker, with a connection of its own; see the port."""
        query = {
            "model": self._model,
            "language": language or _SEVERAL_LANGUAGES,
            "encoding": "linear16",
            "sample_rate": str(RECOGNITION_RATE_HZ),
            "channels": "1",
            "interim_results": "true",
            "punctuate": "true",
            "endpointing": "false",  # the caller says when an utterance is over
        }
        url = f"ws{self._service.url.removeprefix('http')}/v1/listen?{urlencode(query)}"
        return DeepgramStream(self._service, url, self._headers, self._detector, language)

    async def recognize(self, samples: Floats, language: str = "") -> Recognition:
        """Recognize a sound of any length; see the port."""
        return await recognize_whole(samples, partial(self._recognize, language=language), self._detector)

    async def close(self) -> None:
        """Close the connections; see the port."""
        await self._service.close()

    async def _recognize(self, samples: Floats, *, language: str) -> Recognition:
        query = {"model": self._model, "punctuate": "true"}
        query |= {"language": language} if language else {"detect_language": "true"}
        content = await self._service.post(
            "/v1/listen",
            params=query,
            content=wav(samples),
            headers=self._headers | {"Content-Type": "audio/wav"},
        )
        try:
            channel = _Answer.model_validate_json(content).results.channels[0]
        except ValidationError as error:
            raise self._service.unreadable() from error
        best = channel.alternatives[0]
        words = tuple(TimedText(word.text, word.start, word.end) for word in best.words)
        return Recognition(best.transcript, True, language or channel.detected_language, words)
