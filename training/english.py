"""Real English speech with the times of its sounds, for measuring only: none of it is trained on.

The words are known; pocketsphinx finds when each of their sounds is spoken (forced alignment). What is
measured against that is bounded by its own errors.
"""

import re
import subprocess
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pocketsphinx import Decoder

from training.corpus import Timed, Utterance, utterance
from training.phonesets import ARPABET, lookup
from visavis.engine.speech.motion import RATE_HZ

_DEBIAN = Path("/usr/share/pocketsphinx/test/data")
_find = lookup(ARPABET, strip="0123456789()", lower=True)
_VOWELS = {"aa", "ae", "ah", "ao", "aw", "ax", "ay", "eh", "er", "ey", "ih", "iy", "ow", "oy", "uh", "uw"}

# Recordings outside Debian that are measured too where they lie at hand: file name -> words.
EXTRA = {
    "en_male_11s": "imagination is more important than knowledge for knowledge is limited whereas "
    "imagination embraces the entire world stimulating progress giving birth to evolution",
    "clean_of_noisy": "our method is capable of producing satisfactory results even with audio that "
    "contains noise",
    "grid_bbaf2n": "bin blue at f two now",
    "grid_brbk7n": "bin red by k seven now",
    "grid_lbax4n": "lay blue at x four now",
    "grid_lbbc2a": "lay blue by c two again",
    "grid_pwij3p": "place white in j three please",
}


def debian_recordings() -> Iterator[tuple[str, NDArray[np.int16], str]]:
    """Those of Debian's `pocketsphinx-testdata`: name, samples at 16 kHz, words."""
    for listing in ("librivox/transcription", "cards/cards.transcription"):
        for line in (_DEBIAN / listing).read_text().splitlines():
            words, name = re.fullmatch(r"(.*)\((.*)\)\s*", line).groups()  # type: ignore[union-attr]
            words = re.sub(r"</?s>|<sil>", " ", words)
            yield name.strip(), read_wave(_DEBIAN / Path(listing).parent / f"{name.strip()}.wav"), words
    raw = np.fromfile(_DEBIAN / "goforward.raw", np.int16)
    yield "goforward", raw, "go forward ten meters"


def read_wave(path: Path) -> NDArray[np.int16]:
    """The samples of a mono file at 16 kHz."""
    with wave.open(str(path)) as file:
        if file.getframerate() != RATE_HZ or file.getnchannels() != 1:
            raise ValueError(f"{path} must be mono at {RATE_HZ} Hz")
        return np.frombuffer(file.readframes(file.getnframes()), np.int16)


def aligned(samples: NDArray[np.int16], words: str, name: str) -> Utterance | None:
    """One recording with its sounds in time; None where the words cannot be found in the sound."""
    decoder = Decoder(lm=None, loglevel="FATAL")
    spoken = re.findall(r"[a-z']+", words.lower())
    if any(decoder.lookup_word(word) is None for word in spoken):
        return None
    decoder.set_align_text(" ".join(spoken))
    _hear(decoder, samples)
    if decoder.hyp() is None:
        return None
    decoder.set_alignment()
    _hear(decoder, samples)
    timed: list[Timed] = []
    for word in decoder.get_alignment():
        phones = list(word)
        names = _with_schwas(re.sub(r"\(\d+\)$", "", word.name), [phone.name.lower() for phone in phones])
        for phone, phone_name in zip(phones, names, strict=True):
            # Frame n of pocketsphinx is a window of 25.6 ms from n * 10 ms on: it speaks for its middle.
            start, end = phone.start / 100 + 0.0078, (phone.start + phone.duration) / 100 + 0.0078
            timed.append((start, end, _find(phone_name) or ("silence",)))
    return utterance(samples / 32768, RATE_HZ, timed, f"english/{name}")


def _hear(decoder: Decoder, samples: NDArray[np.int16]) -> None:
    decoder.start_utt()
    decoder.process_raw(samples.tobytes(), full_utt=True)
    decoder.end_utt()


def _with_schwas(word: str, phones: list[str]) -> list[str]:
    """Mark the unstressed `ah`, which pocketsphinx's dictionary does not tell from the stressed one.

    flite's lexicon does; it is asked for the same word, and believed where it has as many vowels.
    """
    if "ah" not in phones:
        return phones
    run = subprocess.run(["t2p", word], capture_output=True, text=True, check=False)
    other = [name.rstrip("012") for name in run.stdout.split()]
    other = [name for name in other if name in _VOWELS]
    at = [index for index, name in enumerate(phones) if name in _VOWELS]
    if len(other) == len(at):
        for index, name in zip(at, other, strict=True):
            if phones[index] == "ah" and name == "ax":
                phones[index] = "ax"
    return phones
