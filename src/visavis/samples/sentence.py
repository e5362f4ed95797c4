"""A spoken sentence, by the small formant synthesiser espeak-ng.

espeak-ng is free software under GPL-3.0. It is not part of visavis: the optional extra `demo` brings it as
a library that is loaded when first asked to speak.
"""

import ctypes
import importlib
import threading
from dataclasses import dataclass
from functools import cache
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from visavis.errors import SpeakerMissingError

# From espeak-ng's public header, speak_lib.h.
_SOUND_BY_CALLBACK = 1
_NEVER_EXIT = 0x8000
_BY_CHARACTER = 1
_UTF_8 = 1
_OK = 0
_GO_ON = 0
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)

_turn = threading.Lock()  # the library has one voice and one callback


@dataclass(frozen=True)
class _Speaker:
    library: ctypes.CDLL
    rate_hz: int


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
    with _turn:
        speaker = _speaker()
        if speaker.library.espeak_SetVoiceByName(voice.encode()) != _OK:
            raise SpeakerMissingError(f"espeak-ng has no voice {voice!r}. Use another one, such as `en-us`.")
        heard: list[NDArray[np.int16]] = []

        def hear(samples: "ctypes._Pointer[ctypes.c_short] | None", count: int, _events: int | None) -> int:
            if samples and count > 0:
                heard.append(np.ctypeslib.as_array(samples, (count,)).astype(np.int16))
            return _GO_ON

        callback = _CALLBACK(hear)
        speaker.library.espeak_SetSynthCallback(callback)
        said = text.encode() + b"\0"
        result = speaker.library.espeak_Synth(said, len(said), 0, _BY_CHARACTER, 0, _UTF_8, None, None)
        finished = speaker.library.espeak_Synchronize()
        if result != _OK or finished != _OK:
            raise SpeakerMissingError(f"espeak-ng could not speak the text (error {result or finished}).")
    samples = np.concatenate(heard) if heard else np.zeros(0, np.int16)
    return samples, speaker.rate_hz


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
    data = str(loader.get_data_path()).encode()
    rate_hz = int(library.espeak_Initialize(_SOUND_BY_CALLBACK, 0, data, _NEVER_EXIT))
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
