"""Head, brows and breath: slow motion, partly idle and partly driven by the voice."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.performer.inertia import share
from visavis.engine.rig.controls import CONTROLS, INDEX
from visavis.engine.speech.motion import ROW_RATE_HZ, SpeechMotion

_BREATH_HZ: Final = 0.22

# Width of each motion in units of its control (±10°, ±1 cm): a person who sits and talks.
_SWAY: Final = {"yaw": 0.20, "pitch": 0.11, "roll": 0.07, "shift_x": 0.06, "shift_y": 0.025}
_SWAY_HZ: Final = (0.05, 0.55)
_SWAY_WAVES: Final = 5
_DEGREES: Final = 10.0  # of a control of the head
# What is seen of a turn in the drawn face, as `engine.watching` measures it (`bench.manners`).
_SEEN: Final = {"yaw": 0.85, "pitch": 0.72, "roll": 0.99}
_MAX_SPREAD: Final = 0.75  # of a control; beyond, the head would mostly stay at its limits
_HALVINGS: Final = 20
_STEADY_S: Final = np.arange(0.0, 60.0, 0.2)  # times over which a measured spread is kept

_USUAL_LOUDNESS_DB: Final = -26.0
_USUAL_PITCH_HZ: Final = 150.0
_SPEAKER_S: Final = 4.0  # time over which a speaker's level and pitch are averaged
_LOUDNESS_SPAN_DB: Final = 14.0
_PAUSE_S: Final = 0.3  # silence that ends a phrase
_PHRASE_START_S: Final = 0.35  # time in which the lift at the start of a phrase fades


class Sway:
    """Idle motion of the head: a sum of slow waves, a pure function of time."""

    def __init__(
        self, rng: np.random.Generator, *, degrees: tuple[float, float, float] | None = None
    ) -> None:
        """Begin.

        Args:
            rng: Gives the random numbers.
            degrees: Standard deviations of yaw, pitch and roll, as they are to be seen; `None` for what is
                usual.
        """
        self._hz = rng.uniform(*_SWAY_HZ, (len(_SWAY), _SWAY_WAVES))
        self._phase = rng.uniform(0, 2 * np.pi, (len(_SWAY), _SWAY_WAVES))
        # Slow waves have larger amplitudes, as in recorded head motion.
        self._share = (1 / (0.2 + self._hz)) / np.linalg.norm(1 / (0.2 + self._hz), axis=1, keepdims=True)
        self._width, self._is_limited = dict(_SWAY), degrees is not None
        if degrees is not None:
            angles = 2 * np.pi * self._hz[..., None] * _STEADY_S + self._phase[..., None]
            waves = (np.sin(angles) * self._share[..., None]).sum(axis=1)
            for row, (name, wanted) in enumerate(zip(_SEEN, degrees, strict=True)):
                self._width[name] = _width_of(waves[row], wanted / _DEGREES / _SEEN[name])

    def at(self, time_s: float) -> dict[str, float]:
        """Control values at a time."""
        waves = np.sin(2 * np.pi * self._hz * time_s + self._phase) * self._share
        sums = waves.sum(axis=1)
        found = {
            name: width * float(wave) for (name, width), wave in zip(self._width.items(), sums, strict=True)
        }
        if self._is_limited:  # a head that turns far slows down towards the limits of its controls
            found |= {name: math.tanh(found[name]) for name in _SEEN}
        return found


def _width_of(waves: Floats, spread: float) -> float:
    """Width of waves at which they have a spread, after `tanh` has limited them to −1..1."""
    low, high = 0.0, 8.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_less = float(np.tanh(middle * waves).std()) < min(spread, _MAX_SPREAD)
        low, high = (middle, high) if is_less else (low, middle)
    return high


def breath_at(time_s: float) -> float:
    """Chest height 0..1; it rises faster than it falls."""
    part = (time_s * _BREATH_HZ) % 1.0
    return 0.5 - 0.5 * math.cos(math.pi * (part / 0.4 if part < 0.4 else 1 + (part - 0.4) / 0.6))


@dataclass
class SpeechGestures:
    """Motion of head and brows from the melody of the voice. The filters have state; call it row by row.

    Attributes:
        brows: Motion of the brows: 0 none, 1 usual.
        speaking: How much speech there was in the last second, 0..1.
    """

    brows: float = 1.0
    speaking: float = 0.0
    _level_db: float = _USUAL_LOUDNESS_DB
    _log_pitch: float = math.log2(_USUAL_PITCH_HZ)
    _fast: float = 0.0
    _slow: float = 0.0
    _rise: float = 0.0
    _silence_s: float = 0.0
    _begun: float = 0.0
    _lift: float = 0.0

    def hear(self, motion: SpeechMotion, row: int) -> Floats:
        """Weights of the controls for one row of the voice, shape `(controls,)`."""
        voice, loudness = float(motion.voice[row]), float(motion.loudness_db[row])
        pitch_hz = float(motion.pitch_hz[row])
        if voice > 0.5:
            self._level_db += share(_SPEAKER_S) * (loudness - self._level_db)
        # How strong the voice is in this row, 0..1; 0.5 is usual for this speaker.
        above = 0.5 + (loudness - self._level_db) / _LOUDNESS_SPAN_DB
        emphasis = voice * min(1.0, max(0.0, above))
        self.speaking += share(1.0) * (voice - self.speaking)
        self._fast += share(0.10) * (emphasis - self._fast)
        self._slow += share(0.60) * (emphasis - self._slow)
        rise = 0.0
        if pitch_hz > 0 and voice > 0.5:
            octaves = math.log2(pitch_hz) - self._log_pitch
            self._log_pitch += share(_SPEAKER_S) * octaves
            rise = min(1.0, max(-1.0, octaves * 2.0))
        self._rise += share(0.18) * (rise - self._rise)
        self._begun *= 1.0 - share(_PHRASE_START_S)
        if voice < 0.2:
            self._silence_s += 1 / ROW_RATE_HZ
        elif voice > 0.5:
            if self._silence_s > _PAUSE_S:
                self._begun = 1.0
            self._silence_s = 0.0
        self._lift += share(0.08) * (self._begun - self._lift)
        weights = np.zeros(len(CONTROLS), np.float32)
        # The head dips on a stressed syllable. It lifts with a rising voice and at the start of a phrase;
        # brows follow the rising voice.
        stress = self._fast - self._slow
        weights[INDEX["pitch"]] = 0.38 * stress - 0.14 * self._rise - 0.10 * self._lift
        raised = 0.42 * self._rise + 0.20 * stress + 0.22 * self._lift
        weights[INDEX["brow_raise"]] = self.brows * max(0.0, raised)
        return weights
