"""Speech of espeak-ng, called in-process: about 500 times as fast as it is spoken, in over 100 languages.

Its phoneme events come out with the sound. Two things are put right: an event lies 4 ms after what is heard,
and that of an unvoiced stop marks the burst, not the closure before it.
"""

import ctypes
import random
import re
from collections.abc import Sequence
from functools import cache

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

from training import texts
from training.corpus import Timed, Utterance, utterance
from visavis.engine.speech.ipa import ipa
from visavis.engine.speech.motion import RATE_HZ

ENGLISH = ("en-us", "en-us", "en-us", "en-us", "en", "en", "en-gb-scotland", "en-029", "en-gb-x-rp")
OTHERS = (
    "de", "de", "it", "it", "cs", "pl", "pl", "ru", "ru", "es", "es", "es-419", "pt-br", "pt", "nl",
    "fr", "fr", "sv", "da", "tr", "hu", "ro", "fi", "id", "sw", "hr",
    "cmn-latn-pinyin", "vi", "eo", "lv", "nb",
)  # fmt: skip
VARIANTS = (
    "", "", "", "f1", "f2", "f3", "f4", "f5", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "Annie",
    "anika", "Andrea", "belinda", "steph", "Michael", "max", "Mario", "Denis", "zac", "adam", "linda",
    "sandro", "klatt", "klatt2", "klatt3", "klatt4", "croak", "whisper", "whisperf", "travis", "Gene",
    "quincy", "iven", "aunty", "Lee", "ed",
)  # fmt: skip

_LATE_S = 0.004
_CLOSURE_S = 0.040
_UNVOICED_STOPS = "ptkcqʈ"

_WORD_EVENT, _PHONEME_EVENT, _RETRIEVAL = 1, 7, 2
_PHONEME_EVENTS, _PHONEME_IPA, _DONT_EXIT = 0x0001, 0x0002, 0x8000
_RATE, _PITCH, _RANGE = 1, 3, 4


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@cache
def _library() -> tuple[ctypes.CDLL, int]:
    """The one espeak-ng of this process, and its rate; it must not be initialised twice."""
    library = ctypes.CDLL(str(espeakng_loader.get_library_path()))
    data = str(espeakng_loader.get_data_path()).encode()
    options = _PHONEME_EVENTS | _PHONEME_IPA | _DONT_EXIT
    return library, library.espeak_Initialize(_RETRIEVAL, 0, data, options)


class Speaker:
    """Speaks with it; of several, the newest hears what is said."""

    def __init__(self) -> None:
        self._library, self.rate_hz = _library()
        self._sound: list[NDArray[np.int16]] = []
        self._events: list[tuple[int, str]] = []
        self._spelled: list[str] = []
        self._callback = _CALLBACK(self._collect)
        self._library.espeak_SetSynthCallback(self._callback)

    def _collect(
        self, sound: "ctypes._Pointer[ctypes.c_short]", count: int, events: "ctypes._Pointer[_Event]"
    ) -> int:
        if sound and count > 0:
            self._sound.append(np.ctypeslib.as_array(sound, (count,)).copy())
        at = 0
        while events[at].type != 0:
            if events[at].type == _PHONEME_EVENT:
                name = bytes(events[at].id.string).split(b"\0")[0].decode(errors="replace")
                self._events.append((events[at].sample, name))
                self._spelled.append(name.replace("_:", "").replace("_", ""))
            elif events[at].type == _WORD_EVENT:
                self._spelled.append(" ")
            at += 1
        return 0

    def choose(self, voice: str, variant: str) -> bool:
        """Take a voice; False if there is none of that name."""
        name = f"{voice}+{variant}" if variant else voice
        return bool(self._library.espeak_SetVoiceByName(name.encode()) == 0)

    def say(
        self, text: str, words_a_minute: int, pitch: int, pitch_range: int
    ) -> tuple[NDArray[np.int16], list[Timed]]:
        """Speak: the samples, and the sounds as espeak-ng times them, put right."""
        for parameter, setting in ((_RATE, words_a_minute), (_PITCH, pitch), (_RANGE, pitch_range)):
            self._library.espeak_SetParameter(parameter, setting, 0)
        self._sound.clear()
        self._events.clear()
        self._spelled.clear()
        raw = text.encode()
        self._library.espeak_Synth(raw, len(raw) + 1, 0, 1, 0, 1, None, None)
        self._library.espeak_Synchronize()
        if not self._sound:
            return np.zeros(0, np.int16), []
        sound = np.concatenate(self._sound)
        return sound, self._timed(len(sound))

    def phonemes(self, text: str, voice: str) -> str:
        """A text in IPA, with spaces between its words."""
        self.choose(voice, "")
        self.say(text, 175, 50, 50)
        return re.sub(r"\s+", " ", "".join(self._spelled)).strip()

    def _timed(self, samples: int) -> list[Timed]:
        starts = [at / self.rate_hz for at, _ in self._events] + [samples / self.rate_hz]
        names = [name for _, name in self._events]
        for at, name in enumerate(names):
            starts[at] = max(0.0, starts[at] - _LATE_S)
            if at and name.lstrip("ˈˌ")[:1] in _UNVOICED_STOPS and name:
                room = (starts[at] - starts[at - 1]) / 2
                starts[at] -= min(_CLOSURE_S, max(0.0, room))
        timed: list[Timed] = []
        for name, start, end in zip(names, starts[:-1], starts[1:], strict=True):
            parts = ipa(name)
            if parts is None:
                parts = timed[-1][2][-1:] if timed else ("silence",)
            if end > start:
                timed.append((start, end, parts))
        return timed


def generate(voices: Sequence[str], minutes: float, seed: int) -> list[Utterance]:
    """Random sentences by random speakers, at random rates and pitches, until there are enough minutes.

    Raises:
        ValueError: espeak-ng does not have one of the voices.
    """
    rng = random.Random(seed)
    speaker = Speaker()
    pools = {voice: texts.sentences(voice[:2]) for voice in voices}
    made: list[Utterance] = []
    seconds = 0.0
    while seconds < minutes * 60:
        voice, variant = rng.choice(voices), rng.choice(VARIANTS)
        if not speaker.choose(voice, variant):
            raise ValueError(f"espeak-ng has no voice {voice}+{variant}")
        for _ in range(3):
            laughs = rng.random() < 0.03
            text = rng.choice(texts.LAUGHTER) if laughs else rng.choice(pools[voice])
            sound, timed = speaker.say(text, rng.randint(115, 260), rng.randint(15, 90), rng.randint(15, 95))
            if len(timed) < 5:
                continue
            made.append(utterance(sound / 32768, speaker.rate_hz, timed, f"espeak/{voice}+{variant}"))
            seconds += len(made[-1].samples) / RATE_HZ
    return made
