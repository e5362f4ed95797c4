"""A spoken sentence, by the small formant synthesiser espeak-ng.

espeak-ng is free software under GPL-3.0. It is not part of visavis: the optional extra `demo` brings it as
a library that is loaded when first asked to speak.
"""

import ctypes
import importlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from visavis.errors import SpeakerMissingError

# From espeak-ng's public header, speak_lib.h.
_SYNCHRONOUS = 2  # sound comes in the thread of the call; a thread of the library has crashed processes
_NEVER_EXIT = 0x8000
_BY_CHARACTER = 1
_UTF_8 = 1
_OK = 0
_RATE = 1
_USUAL_RATE = 175  # words a minute
_GO_ON = 0
_PHONEME_EVENTS_IN_IPA = 0x0003
_LAST_EVENT = 0
_WORD_EVENT = 1
_PHONEME_EVENT = 7


class _EventId(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),  # in characters, the first one is 1
        ("length", ctypes.c_int),
        ("audio_position_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)

_turn = threading.Lock()  # the library has one voice and one callback


@dataclass(frozen=True)
class _Speaker:
    library: ctypes.CDLL
    rate_hz: int


@dataclass(frozen=True)
class SpokenPhoneme:
    """A phoneme of a spoken text.

    Attributes:
        text: Name in IPA, with its stress; empty for a pause.
        begin: Sample at which it begins.
        word: Begin and end of its word, in characters of the text.
    """

    text: str
    begin: int
    word: tuple[int, int]


@dataclass(frozen=True)
class Utterance:
    """A spoken text.

    Attributes:
        samples: Shape `(n,)`.
        rate_hz: Sample rate.
        phonemes: Phonemes, in order.
    """

    samples: NDArray[np.int16]
    rate_hz: int
    phonemes: tuple[SpokenPhoneme, ...]


def speak(text: str, voice: str = "en-us") -> tuple[NDArray[np.int16], int]:
    """Say a text.

    Args:
        text: A sentence or a few.
        voice: A language known to espeak-ng, such as `en-us`, `de`, `es`.

    Returns:
        The samples, shape `(n,)`, and their rate in Hz.

    Raises:
        SpeakerMissingError: espeak-ng is not installed, or does not know the voice.
    """
    utterance = utter(text, voice)
    return utterance.samples, utterance.rate_hz


def utter(text: str, voice: str, *, tempo: float = 1.0) -> Utterance:
    """Say a text, with its phonemes.

    Args:
        text: A sentence or a few.
        voice: A language known to espeak-ng, such as `en-us`, `de`, `es`.
        tempo: Factor on the usual tempo.

    Raises:
        SpeakerMissingError: espeak-ng is not installed, or does not know the voice.
    """
    with _turn:
        speaker = _speaker()
        if speaker.library.espeak_SetVoiceByName(voice.encode()) != _OK:
            raise SpeakerMissingError(f"espeak-ng has no voice {voice!r}. Use another one, such as `en-us`.")
        speaker.library.espeak_SetParameter(_RATE, round(_USUAL_RATE * tempo), 0)
        heard: list[NDArray[np.int16]] = []
        phonemes: list[SpokenPhoneme] = []
        word = (0, 0)

        def hear(
            samples: "ctypes._Pointer[ctypes.c_short] | None", count: int, events: "ctypes._Pointer[_Event]"
        ) -> int:
            nonlocal word
            if samples and count > 0:
                heard.append(np.ctypeslib.as_array(samples, (count,)).astype(np.int16))
            for event in _each(events):
                if event.type == _WORD_EVENT:
                    word = (event.text_position - 1, event.text_position - 1 + event.length)
                elif event.type == _PHONEME_EVENT:
                    name = bytes(event.id.string).decode(errors="ignore")
                    phonemes.append(SpokenPhoneme(name, event.sample, word))
            return _GO_ON

        callback = _CALLBACK(hear)
        speaker.library.espeak_SetSynthCallback(callback)
        said = text.encode() + b"\0"
        result = speaker.library.espeak_Synth(said, len(said), 0, _BY_CHARACTER, 0, _UTF_8, None, None)
        if result != _OK:
            raise SpeakerMissingError(f"espeak-ng could not speak the text (error {result}).")
    samples = np.concatenate(heard) if heard else np.zeros(0, np.int16)
    return Utterance(samples, speaker.rate_hz, tuple(phonemes))


def _each(events: "ctypes._Pointer[_Event]") -> Iterator[_Event]:
    index = 0
    while events and events[index].type != _LAST_EVENT:
        yield events[index]
        index += 1


@cache
def _speaker() -> _Speaker:
    loader = _loader()
    try:
        library = ctypes.CDLL(loader.get_library_path())
    except OSError as error:
        raise SpeakerMissingError(f"The library espeak-ng cannot be loaded ({error}).") from error
    library.espeak_Synth.argtypes = [
        *(ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint),
        *(ctypes.c_void_p, ctypes.c_void_p),
    ]
    options = _NEVER_EXIT | _PHONEME_EVENTS_IN_IPA
    data = str(loader.get_data_path()).encode()
    rate_hz = int(library.espeak_Initialize(_SYNCHRONOUS, 0, data, options))
    if rate_hz <= 0:
        raise SpeakerMissingError(
            "espeak-ng did not find its voices. Run `pip install --force-reinstall 'visavis[demo]'`."
        )
    return _Speaker(library, rate_hz)


def _loader() -> ModuleType:
    try:
        return importlib.import_module("espeakng_loader")
    except ImportError as error:
        raise SpeakerMissingError(
            "The sample sentence needs espeak-ng. Run `pip install 'visavis[demo]'`."
        ) from error
