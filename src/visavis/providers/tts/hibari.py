"""Speech by hibari: English, one voice, more than twenty times faster than it is heard."""

import importlib.util
import json
from collections.abc import AsyncIterator
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from visavis.engine.arrays import Floats
from visavis.errors import ExtraMissingError, RequestError
from visavis.ports import SpeechPart, Voice, VoiceInfo
from visavis.providers.tts.alphabet import speak_spelling
from visavis.providers.tts.languages import find_language
from visavis.providers.tts.local import SentenceThread
from visavis.providers.tts.sentences import without_emoji

if TYPE_CHECKING:
    from visavis.providers.tts.english import English

VOICE: Final = "hibari"
_LANGUAGES: Final = ("en-us", "en")
_GAIN: Final = 1.6  # as loud as the other voices
_DURATIONS: Final = "/Round_output_0"  # of each symbol
_DELAY_S: Final = 0.045  # measured: loudness falls in closures, and hissing comes, that much before they say
_NOISE_SEED: Final = 0


class Hibari:
    """Loads its model when it first speaks: 200 MB of memory, two seconds."""

    def __init__(self) -> None:
        self._thread = SentenceThread("hibari")

    @staticmethod
    def is_installed() -> bool:
        """Whether the package is there."""
        return importlib.util.find_spec("hibari") is not None

    def voices(self) -> tuple[VoiceInfo, ...]:
        """The one voice; see the port."""
        return (
            VoiceInfo(VOICE, "Hibari", "hibari", _LANGUAGES, sex="female", licence="Apache-2.0", rtf=0.01),
        )

    def check(self, voice: Voice) -> None:
        """Refuse other voices and languages; see the port."""
        if voice.name not in ("", VOICE):
            raise RequestError(f"voice: unknown voice. Use {VOICE}.")
        if voice.language and find_language(voice.language, set(_LANGUAGES)) is None:
            raise RequestError(f"language: the voice {VOICE} speaks English only.")
        if not self.is_installed():
            raise ExtraMissingError(
                "The voice hibari needs hibari-tts. Run `pip install 'visavis[conversation]'`."
            )

    def speak(self, text: str, voice: Voice) -> AsyncIterator[SpeechPart]:
        """Speak a text; see the port."""
        self.check(voice)
        return self._thread.speak(text, partial(self._part, tempo=voice.tempo))

    async def close(self) -> None:
        """End the thread; see the port."""
        self._thread.close()

    def _part(self, sentence: str, *, tempo: float) -> SpeechPart | None:
        spelling = self._english.spell(without_emoji(sentence)).only(self._known)
        run = partial(self._run, tempo=tempo)
        return speak_spelling(sentence, spelling, run, delay_s=_DELAY_S, gain=_GAIN)

    def _run(self, symbols: str, *, tempo: float) -> tuple[Floats, list[float]]:
        from hibari import dsp

        ids = [0, *(self._known[symbol] for symbol in symbols), 0]
        *spectrum, durations = self._session.run(
            None, {"ids": np.array([ids], np.int64), "speed": np.full(1, tempo, np.float32)}
        )
        noise = np.random.default_rng(_NOISE_SEED)  # the same text sounds the same
        return dsp.synth(*(each[0] for each in spectrum), noise), durations.ravel().tolist()

    @cached_property
    def _english(self) -> "English":
        from visavis.providers.tts.english import english

        return english()

    @cached_property
    def _known(self) -> dict[str, int]:
        from visavis.providers.tts.english import assets

        known: dict[str, int] = json.loads((assets() / "vocab.json").read_text("utf-8"))
        return known

    @cached_property
    def _session(self) -> Any:
        from visavis.engine.onnx import open_model
        from visavis.providers.tts.english import assets

        return open_model(assets() / "hibari.onnx", extra_outputs=[_DURATIONS])
