"""Emotions: their effect on brows, lids, corners of the mouth and the head's pose."""

from enum import StrEnum
from typing import Final

import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.rig.controls import CONTROLS, INDEX

BLEND_S: Final = 0.7
"""Time in which a face changes from one emotion to another."""


class Emotion(StrEnum):
    """An emotion."""

    NEUTRAL = "neutral"
    HAPPY = "happy"
    SAD = "sad"
    ANGRY = "angry"
    SURPRISED = "surprised"
    CALM = "calm"


# Based on the action units that Ekman and Friesen (Facial Action Coding System, 1978) give for each emotion.
# The strengths were set by eye, so that a face still speaks clearly.
_FACES: Final[dict[Emotion, dict[str, float]]] = {
    Emotion.NEUTRAL: {},
    Emotion.HAPPY: {"smile": 0.55, "brow_raise": 0.12, "blink_left": 0.10, "blink_right": 0.10},
    Emotion.SAD: {
        "frown": 0.55,
        "brow_raise": 0.22,
        "brow_furrow": 0.35,
        "blink_left": 0.22,
        "blink_right": 0.22,
        "pitch": 0.22,
    },
    Emotion.ANGRY: {
        "brow_furrow": 1.0,
        "frown": 0.28,
        "blink_left": 0.12,
        "blink_right": 0.12,
        "pitch": 0.16,
    },
    Emotion.SURPRISED: {"brow_raise": 0.95, "jaw": 0.05, "pitch": -0.14},
    Emotion.CALM: {"smile": 0.10, "blink_left": 0.12, "blink_right": 0.12, "pitch": 0.05},
}

_MOVES: Final[dict[Emotion, float]] = {
    Emotion.SAD: 0.6,
    Emotion.CALM: 0.6,
    Emotion.HAPPY: 1.15,
    Emotion.ANGRY: 1.15,
}
"""Liveliness of the head, for emotions that change it."""


def face_of(emotion: Emotion) -> Floats:
    """Weights that an emotion adds, shape `(controls,)`."""
    weights = np.zeros(len(CONTROLS), np.float32)
    for name, value in _FACES[emotion].items():
        weights[INDEX[name]] = value
    return weights


class Mood:
    """The emotion of one stream over time, with gradual changes. Ask for times in ascending order."""

    def __init__(self, emotion: Emotion) -> None:
        self._from = self._to = face_of(emotion)
        self._from_moves = self._to_moves = _MOVES.get(emotion, 1.0)
        self._since_s = -BLEND_S

    def change(self, emotion: Emotion, time_s: float) -> None:
        """Change to another emotion from now on."""
        self._from, self._from_moves = self.at(time_s)
        self._to, self._to_moves = face_of(emotion), _MOVES.get(emotion, 1.0)
        self._since_s = time_s

    def at(self, time_s: float) -> tuple[Floats, float]:
        """Weights to add at a time, and the factor on the head's liveliness."""
        part = min(1.0, max(0.0, (time_s - self._since_s) / BLEND_S))
        part = part * part * (3 - 2 * part)
        weights = self._from + (self._to - self._from) * np.float32(part)
        return weights, self._from_moves + (self._to_moves - self._from_moves) * part
