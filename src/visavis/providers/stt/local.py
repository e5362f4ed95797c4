"""Recognition on this machine: a Whisper model for English and one for all languages, on one thread."""

import asyncio
from functools import partial
from typing import Final

from visavis.engine.arrays import Floats
from visavis.errors import ProviderError, RequestError
from visavis.ports import Recognition, VoiceActivityDetector
from visavis.ports.models import ModelFolders
from visavis.providers.model_thread import model_thread
from visavis.providers.stt.listening import ListeningStream, recognize_whole
from visavis.providers.stt.whisper import Whisper
from visavis.providers.stt.whisper_languages import whisper_language

ENGLISH_MODEL: Final = "whisper-tiny.en"
MULTILINGUAL_MODEL: Final = "whisper-base"
_REFRESH_S: Final = 1.0


class WhisperRecognizer:
    """Whisper. Its models are loaded when they are first needed, and streams share them.

    Args:
        folders: Finds the folders of models.
        detector: Tells where there is voice.
        model: Name of the model for all languages; empty for a small one for English, another for the rest.
    """

    def __init__(self, folders: ModelFolders, detector: VoiceActivityDetector, model: str = "") -> None:
        self._folders, self._detector, self._model = folders, detector, model
        self._loaded: dict[str, Whisper] = {}  # only the thread touches it
        self._thread = model_thread("recognition")
        self._calls = 0

    def check(self, language: str) -> None:
        """Refuse a language that Whisper does not know; see the port."""
        self._folders(self._name(self._code(language)))

    def stream(self, language: str = "") -> ListeningStream:
        """A stream for one speaker; see the port."""
        recognize = partial(self._recognize, language=self._code(language))
        return ListeningStream(
            recognize, self._detector, refresh_s=_REFRESH_S, is_free=lambda: self._calls == 0
        )

    async def recognize(self, samples: Floats, language: str = "") -> Recognition:
        """Recognize a sound of any length, with the times of words; see the port."""
        recognize = partial(self._recognize, language=self._code(language), has_words=True)
        return await recognize_whole(samples, recognize, self._detector)

    async def prepare(self, language: str = "") -> None:
        """Load the model of a language; see the port."""
        name = self._name(self._code(language))
        await asyncio.get_running_loop().run_in_executor(self._thread, self._whisper, name)

    async def close(self) -> None:
        """Release the models; see the port."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _recognize(self, samples: Floats, *, language: str, has_words: bool = False) -> Recognition:
        work = partial(self._work, samples, language, has_words=has_words)
        self._calls += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._calls -= 1

    def _work(self, samples: Floats, language: str, *, has_words: bool) -> Recognition:
        whisper = self._whisper(self._name(language))
        try:
            return whisper.recognize(samples, language, has_words=has_words)
        except (RuntimeError, ValueError) as error:
            raise ProviderError("The recognition model failed. The server's log says why.") from error

    def _whisper(self, name: str) -> Whisper:
        if name not in self._loaded:
            self._loaded[name] = Whisper(self._folders(name))
        return self._loaded[name]

    def _name(self, language: str) -> str:
        return self._model or (ENGLISH_MODEL if language == "en" else MULTILINGUAL_MODEL)

    def _code(self, language: str) -> str:
        code = whisper_language(language) if language else ""
        if code is None or (self._model.endswith(".en") and code != "en"):
            raise RequestError(
                f"language: {language!r} cannot be recognized. Use a BCP 47 tag such as en-US, de or es-MX, "
                "or none for detection."
            )
        return code
