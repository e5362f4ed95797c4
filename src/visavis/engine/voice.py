"""Measures a voice: its pitch and its tempo.

The tempo is the rate of syllables. Their nuclei are tops of the loudness with a voice, as in De Jong and
Wempe, "Praat script to detect syllable nuclei and measure speech rate automatically" (2009).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from visavis.engine.arrays import Floats
from visavis.engine.downmix import Downmix
from visavis.engine.resample import Resampler
from visavis.engine.sound import open_sound
from visavis.engine.speech import RATE_HZ
from visavis.engine.speech.prosody import WINDOW_SAMPLES, loudness_db, pitch_hz

Flags = NDArray[np.bool_]
MAX_HEARD_S: Final = 60.0
"""Longest part of a sound that is heard, from its start."""

_STEP_S: Final = 0.01
_STEP: Final = int(_STEP_S * RATE_HZ)
_SPEECH_DB: Final = 25.0  # below the loudest tenth
_DIP_DB: Final = 2.0  # between two syllables
_SMOOTH: Final = 7  # steps over which the loudness is averaged
_MIN_VOICED: Final = 30  # steps with a pitch, of which something can be said
_PAUSE: Final = 20  # steps without speech that are a pause
_SOUND_RATE_HZ: Final = 48_000


@dataclass(frozen=True)
class VoiceMeasures:
    """A voice.

    Attributes:
        pitch_hz: Median pitch; 0 if nothing in the sound has one.
        pitch_spread: Standard deviation of the pitch, in semitones.
        syllables_per_s: Syllables in a second of speech, without pauses; 0 if there is too little speech.
    """

    pitch_hz: float
    pitch_spread: float
    syllables_per_s: float


def measure_file(path: Path) -> VoiceMeasures:
    """Measure the voice in a sound file, or in a video with sound.

    Raises:
        SoundError: The sound cannot be decoded.
    """
    mix, resample = Downmix(_SOUND_RATE_HZ), Resampler(_SOUND_RATE_HZ, RATE_HZ)
    blocks: list[Floats] = []
    count = 0
    with open_sound(path, rate_hz=_SOUND_RATE_HZ) as sound:
        for block in sound:
            blocks.append(resample(mix(block.samples)))
            count += len(blocks[-1])
            if count > MAX_HEARD_S * RATE_HZ:
                break
    blocks.append(resample.finish())
    return measure_voice(np.concatenate(blocks)[: int(MAX_HEARD_S * RATE_HZ)])


def measure_voice(samples: Floats) -> VoiceMeasures:
    """Measure a voice.

    Args:
        samples: Shape `(n,)`, at the rate of the speech model, −1..1.
    """
    padded = np.pad(samples.astype(np.float32), WINDOW_SAMPLES // 2)
    windows = [padded[at : at + WINDOW_SAMPLES] for at in range(0, len(samples), _STEP)]
    loudness = np.array([loudness_db(window) for window in windows if len(window) == WINDOW_SAMPLES])
    if not len(loudness):
        return VoiceMeasures(0.0, 0.0, 0.0)
    is_speech = loudness > np.percentile(loudness, 90) - _SPEECH_DB
    pitches = np.array(
        [
            pitch_hz(window, float(level)) if heard else 0.0
            for window, level, heard in zip(windows, loudness, is_speech, strict=False)
        ]
    )
    voiced = pitches[pitches > 0]
    if len(voiced) < _MIN_VOICED:
        return VoiceMeasures(0.0, 0.0, 0.0)
    median = float(np.median(voiced))
    semitones = 12 * np.log2(voiced / median)
    near = semitones[np.abs(semitones) < 9]  # others are errors of an octave
    return VoiceMeasures(median, float(near.std()), _syllables_per_s(loudness, is_speech, pitches > 0))


def _syllables_per_s(loudness: Floats, is_speech: Flags, is_voiced: Flags) -> float:
    smooth = np.convolve(loudness, np.hanning(_SMOOTH + 2)[1:-1] / np.hanning(_SMOOTH + 2).sum(), "same")
    tops = [
        at
        for at in range(1, len(smooth) - 1)
        if smooth[at - 1] < smooth[at] >= smooth[at + 1] and is_speech[at] and is_voiced[at]
    ]
    kept: list[int] = []
    for at in tops:
        if kept and smooth[at] - smooth[kept[-1] : at + 1].min() < _DIP_DB:
            kept[-1] = max(kept[-1], at, key=lambda each: float(smooth[each]))
        elif not kept or smooth[kept[-1]] - smooth[kept[-1] : at + 1].min() >= _DIP_DB:
            kept.append(at)
    spoken_s = _spoken_s(is_speech)
    return len(kept) / spoken_s if spoken_s > 0.5 else 0.0


def _spoken_s(is_speech: Flags) -> float:
    """Time of speech, with its gaps that are shorter than a pause."""
    at = np.flatnonzero(is_speech)
    gaps = np.diff(at)
    return float((np.minimum(gaps, _PAUSE) * (gaps < _PAUSE)).sum() + 1) * _STEP_S if len(at) else 0.0
