"""How well rows of motion agree with speech whose sounds are known in time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.corpus import Utterance
from visavis.engine.speech.articulation import CLASS_INDEX, targets
from visavis.engine.speech.calibration import PRESSED, pressed
from visavis.engine.speech.motion import CHANNELS, ROW_RATE_HZ, VISEMES, SpeechMotion

Hear = Callable[[NDArray[np.float32]], SpeechMotion]
"""From a whole recording to its rows."""


@dataclass(frozen=True, slots=True)
class Score:
    """What was measured over a set of recordings.

    Attributes:
        accuracy: Share of rows whose strongest viseme is that of the sound spoken.
        in_speech: The same without the rows of silence.
        recall: Of each viseme that occurs in 20 rows or more.
        closure_f: F of pressed-lips events (p b m), within 30 ms.
        voice: Share of rows in which the gate is right, rows near an edge left out.
        channel_r: Correlation of each channel with its target.
    """

    accuracy: float
    in_speech: float
    recall: dict[str, float]
    closure_f: float
    voice: float
    channel_r: dict[str, float]


def score(items: Sequence[Utterance], hear: Hear) -> Score:
    """Measure a model on recordings."""
    pairs = [(item, hear(item.sound)) for item in items]
    spoken, answered, events = [], [], np.zeros(4)
    gate_right: list[NDArray[np.bool_]] = []
    wanted_channels, channels = [], []
    for item, motion in pairs:
        moments = (np.arange(len(motion)) + 0.5) / ROW_RATE_HZ
        wanted = targets(item.ends_s, item.classes, moments)
        inside = moments < item.ends_s[-1]
        spoken.append(wanted.hard[inside])
        answered.append(motion.visemes.argmax(axis=1)[inside])
        events += closure_events(item, motion)
        clear = np.isin(wanted.voice, (0.0, 1.0)) & inside
        gate_right.append((motion.voice[clear] > 0.5) == (wanted.voice[clear] > 0.5))
        wanted_channels.append(wanted.channels[inside])
        channels.append(motion.channels[inside])
    said, heard = np.concatenate(spoken), np.concatenate(answered)
    right = said == heard
    events_said, found, claimed, true = events
    recall, precision = found / max(1, events_said), true / max(1, claimed)
    target, answer = np.concatenate(wanted_channels), np.concatenate(channels)
    return Score(
        accuracy=float(right.mean()),
        in_speech=float(right[said != 0].mean()),
        recall={
            name: float(right[said == at].mean())
            for at, name in enumerate(VISEMES)
            if (said == at).sum() >= 20
        },
        closure_f=float(2 * recall * precision / max(1e-9, recall + precision)),
        voice=float(np.concatenate(gate_right).mean()),
        channel_r={
            name: float(np.corrcoef(target[:, at], answer[:, at])[0, 1]) for at, name in enumerate(CHANNELS)
        },
    )


def closure_events(item: Utterance, motion: SpeechMotion, tolerance_s: float = 0.03) -> NDArray[np.float64]:
    """Four counts: p b m spoken, those met by shut lips; times the lips shut, those of them justified."""
    moments = (np.arange(len(motion)) + 0.5) / ROW_RATE_HZ
    shut = pressed(motion) > PRESSED
    starts = np.concatenate([[0.0], item.ends_s[:-1]])
    bilabial = item.classes == CLASS_INDEX["bilabial"]
    said = list(zip(starts[bilabial] - tolerance_s, item.ends_s[bilabial] + tolerance_s, strict=True))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], shut.astype(int), [0]])))
    claimed = [(moments[first], moments[last - 1]) for first, last in edges.reshape(-1, 2)]
    met = sum(bool(shut[(moments > start) & (moments < end)].any()) for start, end in said)
    true = sum(any(first < end and last > start for start, end in said) for first, last in claimed)
    return np.array([len(said), met, len(claimed), true], float)


def mean(scores: Iterable[float]) -> float:
    """Their mean."""
    return float(np.mean(list(scores)))
