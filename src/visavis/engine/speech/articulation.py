"""What the lips and the jaw do in each class of speech sounds, and how those settings blend over time.

All names of sounds are reduced to the 18 classes here, those of the phonetic alphabet by `ipa.py`. The
network was trained to answer with these blends. Where the sounds are known, they take its place.
Blending follows the dominance functions of Cohen and Massaro, "Modeling coarticulation in synthetic visual
speech" (1993): each sound pulls towards its own setting with a strength that falls exponentially with the
time from its centre, more slowly ahead of it than behind, since lips move before they are heard.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from visavis.engine.speech.motion import CHANNELS, VISEMES


class Gesture(NamedTuple):
    """The setting of one class of sounds, and how strongly it insists on it.

    `jaw` to `spread` are channels, 0..1. `gap` and `width` are the lips, in the units of `SpeechMotion.lips`:
    means of what the lip reader says of each class, a little apart from each other, as means are too alike.
    """

    viseme: str
    jaw: float
    aperture: float
    round: float
    spread: float
    lip_pull: float
    jaw_pull: float
    gap: float
    width: float


GESTURES: dict[str, Gesture] = {
    #                   viseme  jaw   apert rnd   sprd  lips  jaw  gap   width
    "silence": Gesture("sil", 0.05, 0.03, 0.10, 0.10, 0.6, 0.6, 0.00, 0.10),
    "bilabial": Gesture("PP", 0.12, 0.00, 0.15, 0.10, 4.0, 1.2, 0.00, -0.20),
    "labiodental": Gesture("FF", 0.15, 0.15, 0.10, 0.20, 3.0, 1.2, 0.18, 0.00),
    "dental": Gesture("TH", 0.25, 0.35, 0.10, 0.30, 1.0, 1.2, 0.50, 0.00),
    "alveolar": Gesture("DD", 0.22, 0.30, 0.10, 0.30, 0.5, 1.2, 0.54, 0.10),
    "velar": Gesture("kk", 0.30, 0.35, 0.10, 0.20, 0.4, 0.6, 0.60, -0.05),
    "postalveolar": Gesture("CH", 0.20, 0.35, 0.60, 0.00, 2.0, 1.4, 0.68, -0.95),
    "sibilant": Gesture("SS", 0.08, 0.25, 0.05, 0.50, 1.0, 2.0, 0.48, 0.30),
    "nasal": Gesture("nn", 0.25, 0.35, 0.10, 0.30, 0.5, 1.0, 0.50, 0.00),
    "rhotic": Gesture("RR", 0.28, 0.35, 0.45, 0.00, 1.2, 1.0, 0.46, -0.60),
    "open": Gesture("aa", 0.90, 0.80, 0.10, 0.20, 1.2, 1.5, 1.12, 0.00),
    "open_front": Gesture("aa", 0.75, 0.75, 0.00, 0.50, 1.2, 1.4, 1.00, 0.20),
    "mid_front": Gesture("E", 0.50, 0.55, 0.05, 0.50, 1.0, 1.2, 0.82, 0.25),
    "schwa": Gesture("E", 0.38, 0.40, 0.10, 0.20, 0.4, 0.6, 0.60, 0.00),
    "close_front": Gesture("ih", 0.25, 0.35, 0.00, 0.80, 1.2, 1.2, 0.62, 0.50),
    "mid_back": Gesture("oh", 0.55, 0.50, 0.75, 0.00, 1.6, 1.4, 0.64, -1.05),
    "close_back": Gesture("ou", 0.25, 0.22, 1.00, 0.00, 2.0, 1.2, 0.40, -1.30),
    # /h/ has no setting of its own: it is spoken through the mouth of the vowel that follows.
    "aspirate": Gesture("E", 0.35, 0.40, 0.10, 0.20, 0.05, 0.2, 0.55, 0.00),
}
CLASSES: tuple[str, ...] = tuple(GESTURES)
CLASS_INDEX = {name: index for index, name in enumerate(CLASSES)}

# Time constants in seconds: (before the sound's centre, after it).
_LIP_FALL_S = (0.075, 0.050)
_JAW_FALL_S = (0.060, 0.050)
_VISEME_FALL_S = (0.030, 0.025)
_WINDOW_RISE_S, _WINDOW_FALL_S = 0.050, 0.040
_VOICE_EDGE_S = 0.030

_MAX_GAP_PULL = 1.5


@dataclass(frozen=True, slots=True)
class Targets:
    """What the network should answer at each moment.

    Attributes:
        hard: The viseme of the sound that is spoken, shape `(rows,)`, index into `VISEMES`.
        soft: Blended visemes, shape `(rows, 15)`, rows sum to 1.
        channels: Shape `(rows, 6)`, 0..1, order `CHANNELS`.
        voice: 1 while somebody speaks, shape `(rows,)`.
    """

    hard: NDArray[np.int8]
    soft: NDArray[np.float32]
    channels: NDArray[np.float32]
    voice: NDArray[np.float32]


def viseme_ids(classes: NDArray[np.integer]) -> NDArray[np.int64]:
    """The viseme of each sound in a row of sounds; /h/ takes that of the sound after it."""
    own = np.array([VISEMES.index(gesture.viseme) for gesture in GESTURES.values()])
    ids: NDArray[np.int64] = own[classes]
    aspirate, silence = CLASS_INDEX["aspirate"], CLASS_INDEX["silence"]
    for at in np.flatnonzero(classes == aspirate):
        follows = classes[at + 1] if at + 1 < len(classes) else aspirate
        if follows not in (aspirate, silence):
            ids[at] = own[follows]
    return ids


def targets(
    ends_s: NDArray[np.floating], classes: NDArray[np.integer], moments_s: NDArray[np.floating]
) -> Targets:
    """Blend a row of sounds into targets at the given moments.

    Args:
        ends_s: Where each sound ends, shape `(sounds,)`, rising; the first starts at 0.
        classes: Index into `CLASSES`, same shape.
        moments_s: When to answer, shape `(rows,)`. Before the first and after the last sound is silence.
    """
    silence = CLASS_INDEX["silence"]
    starts = np.concatenate([[-1.0, 0.0], ends_s]).astype(np.float64)
    ends = np.concatenate([[0.0], ends_s, [max(ends_s[-1], moments_s[-1]) + 1.0]]).astype(np.float64)
    classes = np.concatenate([[silence], classes, [silence]])
    visemes = viseme_ids(classes)
    hard = visemes[np.clip(np.searchsorted(ends, moments_s, side="right"), 0, len(ends) - 1)]

    # Far sounds do not matter: answer in stretches, each with the sounds within a second of it.
    soft = np.empty((len(moments_s), len(VISEMES)), np.float32)
    channels = np.empty((len(moments_s), len(CHANNELS)), np.float32)
    voice = np.empty(len(moments_s), np.float32)
    for first in range(0, len(moments_s), 200):
        at = slice(first, first + 200)
        moments = moments_s[at]
        near = (ends > moments[0] - 1.0) & (starts < moments[-1] + 1.0)
        stretch = (starts[near], ends[near], classes[near])
        soft[at] = _blend_visemes(*stretch, visemes[near], moments)
        channels[at] = _blend_channels(*stretch, moments)
        voice[at] = 1.0 - _window(*stretch, (silence,), moments, -_VOICE_EDGE_S, -_VOICE_EDGE_S)
    return Targets(hard.astype(np.int8), soft, channels, voice)


class Blend(NamedTuple):
    """What the mouth does at one moment.

    Attributes:
        visemes: Shape `(15,)`, sum 1, order `VISEMES`.
        channels: Shape `(6,)`, 0..1, order `CHANNELS`.
        lips: Gap and width, in the units of `SpeechMotion.lips`, shape `(2,)`.
    """

    visemes: NDArray[np.float64]
    channels: NDArray[np.float64]
    lips: NDArray[np.float64]


def blend(
    starts: NDArray[np.float64], ends: NDArray[np.float64], classes: NDArray[np.integer], moment_s: float
) -> Blend:
    """Blend the sounds around a moment.

    Args:
        starts: When each sound begins, in seconds, shape `(sounds,)`, at least one, rising.
        ends: When it ends, likewise.
        classes: Index into `CLASSES`, likewise.
        moment_s: The moment.
    """
    moments = np.array([moment_s])
    settings = np.array([gesture[1:] for gesture in GESTURES.values()], float)[classes]
    # A closure is laid over the gap by a rule of its own: it need not pull the vowels beside it, too.
    pull = np.minimum(settings[:, 4], _MAX_GAP_PULL)
    lips = _dominance(starts, ends, moments, _LIP_FALL_S)[0][:, None] * np.stack(
        [pull, settings[:, 4]], axis=1
    )
    return Blend(
        visemes=_blend_visemes(starts, ends, classes, viseme_ids(classes), moments)[0],
        channels=_blend_channels(starts, ends, classes, moments)[0],
        lips=(lips * settings[:, 6:8]).sum(axis=0) / lips.sum(axis=0),
    )


def _dominance(
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
    moments: NDArray[np.floating],
    fall_s: tuple[float, float],
) -> NDArray[np.float64]:
    """How strongly each sound rules at each moment, shape `(rows, sounds)`: 1 in its middle half."""
    distance = moments[:, None] - (starts + ends) / 2
    beyond = np.maximum(0.0, np.abs(distance) - (ends - starts) / 4)
    dominance: NDArray[np.float64] = np.exp(-beyond / np.where(distance < 0, fall_s[0], fall_s[1])) + 1e-9
    return dominance


def _blend_visemes(
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
    classes: NDArray[np.integer],
    visemes: NDArray[np.int64],
    moments: NDArray[np.floating],
) -> NDArray[np.float64]:
    dominance = _dominance(starts, ends, moments, _VISEME_FALL_S)
    dominance *= np.where(classes == CLASS_INDEX["aspirate"], 0.3, 1.0)
    weights = dominance @ np.eye(len(VISEMES))[visemes]
    blended: NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
    return blended


def _blend_channels(
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
    classes: NDArray[np.integer],
    moments: NDArray[np.floating],
) -> NDArray[np.float64]:
    settings = np.array([gesture[1:] for gesture in GESTURES.values()], float)[classes]
    jaw = _dominance(starts, ends, moments, _JAW_FALL_S) * settings[:, 5]
    lips = _dominance(starts, ends, moments, _LIP_FALL_S) * settings[:, 4]
    out = np.empty((len(moments), len(CHANNELS)))
    out[:, 0] = jaw @ settings[:, 0] / jaw.sum(axis=1)
    out[:, 1:4] = lips @ settings[:, 1:4] / lips.sum(axis=1, keepdims=True)
    rise_fall = (_WINDOW_RISE_S, _WINDOW_FALL_S)
    closure = _window(starts, ends, classes, (CLASS_INDEX["bilabial"],), moments, *rise_fall)
    labiodental = _window(starts, ends, classes, (CLASS_INDEX["labiodental"],), moments, *rise_fall)
    out[:, 1] *= (1 - closure) * (1 - 0.6 * labiodental)
    out[:, 4], out[:, 5] = labiodental, closure
    return out


def _window(
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
    classes: NDArray[np.integer],
    wanted: tuple[int, ...],
    moments: NDArray[np.floating],
    rise_s: float,
    fall_s: float,
) -> NDArray[np.float64]:
    """1 within the wanted sounds, with straight slopes outside them (negative seconds: slopes inside)."""
    open_ = np.zeros(len(moments))
    for at in np.flatnonzero(np.isin(classes, wanted)):
        before = (starts[at] - moments) / abs(rise_s) + (rise_s < 0)
        after = (moments - ends[at]) / abs(fall_s) + (fall_s < 0)
        open_ = np.maximum(open_, np.clip(1 - np.maximum(before, after), 0, 1))
    return open_
