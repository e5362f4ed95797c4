"""Speech by Kokoro: 28 voices of English, and some of Spanish, French, Italian and Portuguese.

A second of speech costs half a second of a processor's time, so it is for files, or for a machine that has a
core to spare.
"""

import importlib.util
import json
from collections.abc import AsyncIterator
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from visavis.engine.arrays import Floats
from visavis.errors import ExtraMissingError, RequestError
from visavis.ports import SpeechPart, Voice, VoiceInfo
from visavis.ports.models import ModelFolders
from visavis.providers.tts.alphabet import Spelling, speak_spelling
from visavis.providers.tts.espeak import Espeak
from visavis.providers.tts.languages import find_language
from visavis.providers.tts.local import SentenceThread
from visavis.providers.tts.sentences import without_emoji
from visavis.providers.tts.spelling import spell_with_espeak

if TYPE_CHECKING:
    from visavis.engine.onnx import Cancellation

MODEL: Final = "kokoro"
_PREFIX: Final = "kokoro-"
_NAMES: Final = (
    "af_heart af_alloy af_aoede af_bella af_jessica af_kore af_nicole af_nova af_river af_sarah af_sky "
    "am_adam am_echo am_eric am_fenrir am_liam am_michael am_onyx am_puck am_santa "
    "bf_alice bf_emma bf_isabella bf_lily bm_daniel bm_fable bm_george bm_lewis "
    "ef_dora em_alex em_santa ff_siwis if_sara im_nicola pf_dora pm_alex pm_santa"
)
_VOICES: Final = tuple(_NAMES.split())
_LANGUAGES: Final = {
    "a": ("en-us", "en"),
    "b": ("en-gb", "en"),
    "e": ("es",),
    "f": ("fr-fr", "fr"),
    "i": ("it",),
    "p": ("pt-br", "pt"),
}
_SEXES: Final[dict[str, Literal["female", "male"]]] = {"f": "female", "m": "male"}
_RTF: Final = 0.5
_DURATIONS: Final = "/encoder/Round_output_0"  # of each symbol
_DELAY_S: Final = 0.0
_GAIN: Final = 1.0
_STYLE_SHAPE: Final = (510, 256)  # one row for each number of symbols


class Kokoro:
    """Loads its model when it first speaks.

    Args:
        folders: Finds the model.
        espeak: Gives the phonemes of other languages than English.
    """

    def __init__(self, folders: ModelFolders, espeak: Espeak) -> None:
        self._folders = folders
        self._espeak = espeak
        self._thread = SentenceThread("kokoro")

    @staticmethod
    def is_installed() -> bool:
        """Whether the package that spells English is there."""
        return importlib.util.find_spec("hibari") is not None

    def voices(self) -> tuple[VoiceInfo, ...]:
        """All voices, whether the model is there or not; see the port."""
        return tuple(
            VoiceInfo(
                f"{_PREFIX}{voice}",
                voice[3:].title(),
                "kokoro",
                _LANGUAGES[voice[0]],
                _SEXES[voice[1]],
                licence="Apache-2.0",
                rtf=_RTF,
                model=MODEL,
            )
            for voice in _VOICES
        )

    def check(self, voice: Voice) -> None:
        """Refuse unknown voices and languages, and the rest without the model; see the port."""
        self._find(voice)
        if not self.is_installed():
            raise ExtraMissingError("Kokoro needs hibari-tts. Run `pip install 'visavis[conversation]'`.")
        self._folders(MODEL)

    def speak(self, text: str, voice: Voice) -> AsyncIterator[SpeechPart]:
        """Speak a text; see the port."""
        self.check(voice)
        from visavis.engine.onnx import Cancellation

        cancellation = Cancellation()
        name, tempo = self._find(voice), voice.tempo
        make_part = partial(self._part, voice=name, tempo=tempo, cancellation=cancellation)
        return self._thread.speak(text, make_part, cancellation.cancel)

    async def close(self) -> None:
        """End the thread; see the port."""
        self._thread.close()

    def _find(self, voice: Voice) -> str:
        """The name of the file of a voice."""
        name = voice.name.lower().removeprefix(_PREFIX)
        if not name:
            language = voice.language or "en"
            name = next((each for each in _VOICES if _speaks(each, language)), "")
        if name not in _VOICES:
            raise RequestError(f"voice: unknown voice. Use one of: {', '.join(_VOICES)}.")
        if voice.language and not _speaks(name, voice.language):
            raise RequestError(f"language: the voice {name} speaks {_LANGUAGES[name[0]][0]} only.")
        return name

    def _part(
        self, sentence: str, *, voice: str, tempo: float, cancellation: "Cancellation"
    ) -> SpeechPart | None:
        spelling = self._spell(without_emoji(sentence), voice).only(self._known)
        run = partial(self._run, voice=voice, tempo=tempo, cancellation=cancellation)
        return speak_spelling(sentence, spelling, run, delay_s=_DELAY_S, gain=_GAIN)

    def _spell(self, sentence: str, voice: str) -> Spelling:
        if voice[0] in "ab":
            from visavis.providers.tts.english import english

            return english(british=voice[0] == "b").spell(sentence)
        return spell_with_espeak(sentence, self._espeak.base(_LANGUAGES[voice[0]][0]))

    def _run(
        self, symbols: str, *, voice: str, tempo: float, cancellation: "Cancellation"
    ) -> tuple[Floats, list[float]]:
        ids = [0, *(self._known[symbol] for symbol in symbols), 0]
        style = np.fromfile(self._folder / "voices" / f"{voice}.bin", np.float32).reshape(_STYLE_SHAPE)
        sound, durations = self._session.run(
            None,
            {
                "tokens": np.array([ids], np.int64),
                "style": style[[len(symbols) - 1]],
                "speed": np.full(1, tempo, np.float32),
            },
            cancellation.run_options,
        )
        return sound, durations.ravel().tolist()

    @cached_property
    def _folder(self) -> Path:
        return self._folders(MODEL)

    @cached_property
    def _known(self) -> dict[str, int]:
        known: dict[str, int] = json.loads((self._folder / "vocab.json").read_text("utf-8"))["vocab"]
        return known

    @cached_property
    def _session(self) -> Any:
        from visavis.engine.onnx import open_model

        return open_model(self._folder / "kokoro-v1.0.int8.onnx", extra_outputs=[_DURATIONS])


def _speaks(voice: str, language: str) -> bool:
    return find_language(language, set(_LANGUAGES[voice[0]])) is not None
