"""A speaker of the GRID corpus whose lips were measured, from a folder that the user names.

The folder holds `sound/NAME.flac` and `curves.npz`, as lipscore measured them in the pictures. Cooke, Barker,
Cunningham and Shao, "An audio-visual corpus for speech perception and automatic speech recognition" (2006),
CC BY 4.0.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FRAMES_PER_SECOND = 25


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of six words.

    Attributes:
        sound: Its file.
        gap: Between the inner lips, 0 closed, 1 the 95th percentile of the speaker's speech; frame k is of
            k / 25 s. Sound and picture are in step: over all sentences the lips agree best with those read by
            a function fitted to other speakers at a shift of 0 to -10 ms.
        width: Of the mouth, 0 the speaker's median, ±1 the half distance of his 5th and 95th percentiles.
        speech: Whether a frame lies between the first and the last word.
    """

    sound: Path
    gap: NDArray[np.float64]
    width: NDArray[np.float64]
    speech: NDArray[np.bool_]


def sentences(folder: Path) -> list[Sentence]:
    """All sentences whose sound is there, in the order of the file of curves.

    Raises:
        FileNotFoundError: The folder holds no curves.
    """
    with np.load(folder / "curves.npz") as file:
        curves = {name: file[name] for name in file.files}
    columns = curves["columns"].tolist()
    values = curves["values"].astype(np.float64)
    gap, width = values[:, columns.index("A")], values[:, columns.index("W")]
    count = len(curves["names"])
    speech = np.concatenate([_between_words(curves, at) for at in range(count)]) & curves["ok"]
    low, middle, high = np.percentile(width[speech], [5, 50, 95])
    gap, width = gap / np.percentile(gap[speech], 95), 2 * (width - middle) / (high - low)
    found = []
    for at, name in enumerate(curves["names"]):
        rows = slice(curves["start"][at], curves["start"][at + 1])
        sound = folder / "sound" / f"{name}.flac"
        if sound.exists():
            found.append(Sentence(sound, gap[rows], width[rows], speech[rows]))
    return found


def _between_words(curves: dict[str, NDArray[np.generic]], at: int) -> NDArray[np.bool_]:
    """Which frames of a sentence lie between its first and its last word."""
    words = slice(curves["word_start"][at], curves["word_start"][at + 1])
    spoken = ~np.isin(curves["word"][words], ("sil", "sp"))
    begin_s, end_s = curves["word_begin_s"][words][spoken], curves["word_end_s"][words][spoken]
    clock_s = np.arange(curves["start"][at + 1] - curves["start"][at]) / FRAMES_PER_SECOND
    inside: NDArray[np.bool_] = (clock_s >= begin_s[0]) & (clock_s <= end_s[-1])
    return inside
