"""Turns rows of speech motion into one row of weights for every frame."""

import math
from fractions import Fraction
from typing import Final

import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.performer.emotion import Emotion, Mood
from visavis.engine.performer.eyes import Eyes
from visavis.engine.performer.head import SpeechGestures, Sway, breath_at
from visavis.engine.performer.manners import Manners
from visavis.engine.performer.mouth import MouthGate, MouthRange, mouth_weights, smooth_mouth
from visavis.engine.rig.controls import CONTROLS, INDEX, clamp
from visavis.engine.speech.calibration import LEAD_S
from visavis.engine.speech.motion import ROW_RATE_HZ, SpeechMotion

_ROUND_RELAXES: Final = 0.65  # a rounded mouth smiles less
_PHRASE_S: Final = 0.6  # speech of this length counts as a phrase


class Performer:
    """Computes the weights of the frames of one stream, in order.

    The weights do not depend on how the rows are cut into blocks.
    """

    def __init__(self, neutral: Floats, *, fps: float, manners: Manners | None = None) -> None:
        """Start a stream.

        Args:
            neutral: The rig's resting weights, shape `(controls,)`.
            fps: Frames a second.
            manners: How the person moves.
        """
        self._neutral, self._fps, self._manners = neutral, fps, manners or Manners()
        rng = np.random.default_rng(self._manners.seed)
        self._eyes = Eyes(rng, blinks_per_minute=self._manners.blinks_per_minute)
        self._sway = Sway(rng, degrees=self._manners.sway_degrees)
        self._delivery, self._mood = SpeechGestures(self._manners.brows), Mood(self._manners.emotion)
        self._mouth, self._gate = np.zeros(len(CONTROLS), np.float32), MouthGate()
        self._range = MouthRange()
        self._rows = np.zeros((0, len(CONTROLS)), np.float32)  # rows that the next frames still need
        self._speaking = np.zeros(0, np.float32)
        self._first_row = 0
        self._frames = 0
        self._phrase_s = 0.0
        self._phrase_ends: list[float] = []  # times of phrase ends that the frames have not reached

    @property
    def awaited_row(self) -> int:
        """Index of the row of motion that completes the next frame."""
        return math.ceil(self._row_at(self._frames))

    def perform(self, motion: SpeechMotion) -> Floats:
        """Process rows of motion. Returns the frames that they complete, `(frames, controls)`."""
        self._hear(motion)
        last_row = self._first_row + len(self._rows) - 1
        frames = []
        while self._row_at(self._frames) <= last_row:
            frames.append(self._frame())
        return np.array(frames, np.float32).reshape(-1, len(CONTROLS))

    def feel(self, emotion: Emotion) -> None:
        """Change to another emotion, from the next frame on."""
        self._mood.change(emotion, self._frames / self._fps)

    def finish(self, total_frames: int) -> Floats:
        """Return the remaining frames, as if the last row continued."""
        frames = [self._frame() for _ in range(self._frames, total_frames)]
        return np.array(frames, np.float32).reshape(-1, len(CONTROLS))

    def _hear(self, motion: SpeechMotion) -> None:
        count = len(motion)
        speaking, busy, ranges = (np.empty(count, np.float32) for _ in range(3))
        delivered = np.zeros((count, len(CONTROLS)), np.float32)
        for row in range(count):
            delivered[row] = self._delivery.hear(motion, row)
            speaking[row] = self._delivery.speaking
            voice = float(motion.voice[row])
            busy[row] = self._gate.hear(voice, float(motion.loudness_db[row]))
            ranges[row] = self._range.hear(voice, float(motion.lips[row, 0]))
            self._follow_phrase(voice, self._first_row + len(self._rows) + row)
        mouth, self._mouth = smooth_mouth(mouth_weights(motion, busy, ranges), self._mouth)
        self._rows = np.concatenate([self._rows, mouth + delivered * self._manners.liveliness])
        self._speaking = np.concatenate([self._speaking, speaking])

    def _follow_phrase(self, voice: float, row: int) -> None:
        if voice > 0.5:
            self._phrase_s += 1 / ROW_RATE_HZ
        elif voice < 0.2:
            if self._phrase_s > _PHRASE_S:
                self._phrase_ends.append(row / ROW_RATE_HZ - LEAD_S)
            self._phrase_s = 0.0

    def _row_at(self, frame: int) -> float:
        """Row of motion that a frame shows, with a fraction."""
        return max(0.0, _row_at(frame / self._fps))

    def _frame(self) -> Floats:
        time_s = self._frames / self._fps
        at = self._row_at(self._frames) - self._first_row
        if len(self._rows):
            low = min(int(at), len(self._rows) - 1)
            high = min(low + 1, len(self._rows) - 1)
            part = np.float32(min(at - int(at), 1.0))
            row = self._rows[low] + (self._rows[high] - self._rows[low]) * part
            speaking = float(self._speaking[low])
            self._rows, self._speaking = self._rows[low:], self._speaking[low:]
            self._first_row += low
        else:
            row, speaking = np.zeros(len(CONTROLS), np.float32), 0.0
        self._frames += 1
        return self._with_idle(row, speaking, time_s)

    def _with_idle(self, row: Floats, speaking: float, time_s: float) -> Floats:
        feeling, moves = self._mood.at(time_s)
        weights, lively = row + self._neutral + feeling, self._manners.liveliness * moves
        while self._phrase_ends and self._phrase_ends[0] <= time_s:
            self._eyes.phrase_ends(self._phrase_ends.pop(0))
        eyes = self._eyes.at(time_s, lively)
        for lid in ("blink_left", "blink_right"):
            # Blinks close what the emotion leaves open.
            weights[INDEX[lid]] += eyes.blink * (1 - weights[INDEX[lid]])
        weights[INDEX["gaze_x"]], weights[INDEX["gaze_y"]] = eyes.gaze_x, eyes.gaze_y
        more = 1.0 if self._manners.sway_degrees else 0.75 + 0.6 * speaking
        for name, value in self._sway.at(time_s).items():
            weights[INDEX[name]] += value * lively * more
        weights[INDEX["smile"]] += self._manners.smile
        weights[INDEX["breath"]] = breath_at(time_s)
        weights[INDEX["relax"]] += _ROUND_RELAXES * row[INDEX["round"]]
        return clamp(weights)


def reach_s(fps: Fraction) -> float:
    """Longest time from a frame to the centre of the last row that it needs.

    A frame between two rows needs the later one; at 25 frames a second every frame is at a row.
    """
    moments_s = [frame / float(fps) for frame in range(fps.numerator)]
    return max((math.ceil(_row_at(moment_s)) + 0.5) / ROW_RATE_HZ - moment_s for moment_s in moments_s)


def _row_at(moment_s: float) -> float:
    """Row whose lips are shown at a time, with a fraction; row k is centred at (k + ½)/rate.

    It is rounded, so that a time at a row does not seem to be after it.
    """
    return round((moment_s + LEAD_S) * ROW_RATE_HZ - 0.5, 6)
