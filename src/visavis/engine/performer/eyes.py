"""Blinks and glances: events in time, drawn from a seeded generator.

Human behaviour: a blink every 3–4 s in conversation, which closes in about 90 ms and opens in twice that
time. Blinks are more likely at the end of a phrase (Bentivoglio et al. 1997; Cummins 2012). Fixations of
0.5–3 s between jumps.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

_CLOSING_S: Final = 0.085
_SHUT_S: Final = 0.035
_OPENING_S: Final = 0.17
_BLINK_S: Final = _CLOSING_S + _SHUT_S + _OPENING_S
_MIN_BETWEEN_S: Final = 1.1
_DOUBLE_BLINK_CHANCE: Final = 0.10
_MEASURED_SHAPE: Final = 6.0  # of the pauses' gamma distribution, where a rate is to be kept
_PULLED_OF_PAUSE: Final = 0.4  # by which the end of a phrase can pull a blink, over the mean pause
_MIN_OF_PAUSE: Final = 0.4  # shortest pause between blinks, over the mean one
_PHRASE_END_CHANCE: Final = 0.55

_SACCADE_S: Final = 0.045
_HOME_CHANCE: Final = 0.6  # one mostly looks at the viewer's eyes
_FAR_X: Final = 0.30
_FAR_Y: Final = 0.16


@dataclass(frozen=True)
class EyesAt:
    """The eyes at one time: lids from 0 (open) to 1 (shut), gaze −1..1 to the right and down."""

    blink: float
    gaze_x: float
    gaze_y: float


class Eyes:
    """Both eyes over time. Ask for times in ascending order."""

    def __init__(self, rng: np.random.Generator, *, blinks_per_minute: float | None = None) -> None:
        """Begin.

        Args:
            rng: Gives the random numbers.
            blinks_per_minute: Mean number of blinks, more than 0; `None` for what is usual.
        """
        self._rng = rng
        self._mean_s = 60 / blinks_per_minute if blinks_per_minute else None
        # A rate is kept only if no blink comes much before its time.
        self._reach_s = math.inf if self._mean_s is None else _PULLED_OF_PAUSE * self._mean_s
        self._saved_s = 0.0  # by which the next blink came before its time
        first_s = (0.8, 3.0) if self._mean_s is None else (0.3 * self._mean_s, 0.9 * self._mean_s)
        self._blink_at = float(rng.uniform(*first_s))
        self._gaze_from = self._gaze_to = (0.0, 0.0)
        self._glance_at = float(rng.uniform(0.6, 2.0))
        self._glanced_at = -1.0

    def phrase_ends(self, time_s: float) -> None:
        """Register the end of a phrase: a likely time for a blink."""
        due_s = time_s + float(self._rng.uniform(0.05, 0.25))
        willing = self._rng.random() < _PHRASE_END_CHANCE and self._blink_at - time_s < self._reach_s
        if willing and time_s < self._blink_at and self._blink_at - time_s > _MIN_BETWEEN_S:
            self._saved_s += self._blink_at - due_s
            self._blink_at = due_s

    def at(self, time_s: float, liveliness: float) -> EyesAt:
        """The eyes at a time."""
        while time_s >= self._blink_at + _BLINK_S:
            self._blink_at += self._pause_s()
        while time_s >= self._glance_at:
            self._glance()
        done = min(1.0, max(0.0, (time_s - self._glanced_at) / _SACCADE_S))
        x, y = (
            (start + (end - start) * done) * min(liveliness, 1.5)
            for start, end in zip(self._gaze_from, self._gaze_to, strict=True)
        )
        return EyesAt(_lid(time_s - self._blink_at), x, y)

    def _pause_s(self) -> float:
        """Time from the start of one blink to the start of the next."""
        if self._mean_s is not None:
            min_s = min(_MIN_BETWEEN_S, _MIN_OF_PAUSE * self._mean_s)
            more_s = self._rng.gamma(_MEASURED_SHAPE, (self._mean_s - min_s) / _MEASURED_SHAPE)
            saved_s, self._saved_s = self._saved_s, 0.0
            return min_s + float(more_s) + saved_s
        if self._rng.random() < _DOUBLE_BLINK_CHANCE:
            return _BLINK_S + float(self._rng.uniform(0.05, 0.20))
        return _MIN_BETWEEN_S + float(self._rng.gamma(2.0, 1.25))

    def _glance(self) -> None:
        self._gaze_from, self._glanced_at = self._gaze_to, self._glance_at
        if self._rng.random() < _HOME_CHANCE:
            self._gaze_to = (0.0, 0.0)
        else:
            x, y = self._rng.normal(0.0, (0.14, 0.07))
            self._gaze_to = (float(np.clip(x, -_FAR_X, _FAR_X)), float(np.clip(y, -_FAR_Y, _FAR_Y)))
        self._glance_at += 0.35 + float(self._rng.gamma(2.0, 0.6))


def _lid(since_s: float) -> float:
    """How far a blink closes the lids, `since_s` after its start."""
    if since_s <= 0 or since_s >= _BLINK_S:
        return 0.0
    if since_s < _CLOSING_S:
        part = since_s / _CLOSING_S
        return part * part * (3 - 2 * part)
    part = max(0.0, since_s - _CLOSING_S - _SHUT_S) / _OPENING_S
    return (1 - part) ** 2
