"""Reading the lips' gap and width off the network: what real lips did while it heard the like.

A linear function of the network's answers and of two of its inner layers, at some moments of the near past,
fitted to lips measured in real clips (`python -m training.calibrate`). `docs/speech-model.md` names them and
says how well it carries over to speakers that it was not fitted to.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from visavis.engine.speech.network import ANSWERS, INNER, Answer

FITTED: Final = Path(__file__).with_name("lips.safetensors")

ANSWER_ROWS_BACK: Final = (20, 14, 9, 5, 2, 0)
"""How many rows ago the answers are looked at: lips are slow, and go where they came from."""

FIRST_ROWS_BACK: Final = (6, 4, 2, 0)
"""The same for the first inner layer, which still knows the sound's own colour, but only of 40 ms."""

LAST_ROWS_BACK: Final = (6, 3, 0)
"""The same for the last inner layer, which the answers are made of."""


_ANSWER_ROWS: Final = 1 + max(ANSWER_ROWS_BACK)
_INNER_ROWS: Final = 1 + max(*FIRST_ROWS_BACK, *LAST_ROWS_BACK)
"""How many rows the memories hold."""


def _taps(rows_back: tuple[int, ...], channels: range, rows: int, width: int) -> NDArray[np.intp]:
    """Where some channels of the rows that are looked at lie in a memory of so many rows of this width."""
    return np.concatenate([np.array(channels) + (rows - 1 - back) * width for back in rows_back])


_ANSWERS_INDEX: Final = _taps(ANSWER_ROWS_BACK, range(ANSWERS), _ANSWER_ROWS, ANSWERS)
_FIRST_INDEX: Final = _taps(FIRST_ROWS_BACK, range(INNER // 2), _INNER_ROWS, INNER)
_LAST_INDEX: Final = _taps(LAST_ROWS_BACK, range(INNER // 2, INNER), _INNER_ROWS, INNER)
_INNER_INDEX: Final = np.concatenate([_FIRST_INDEX, _LAST_INDEX])

LipMemory = tuple[NDArray[np.float32], NDArray[np.float32]]
"""The newest rows of answers and of the inner layers, one after another, oldest first; never written to."""


class LipReader:
    """The fitted function, stepped row by row.

    Every row is one product of one fixed shape, so the bits do not depend on how a stream was cut.
    """

    def __init__(self, path: Path = FITTED) -> None:
        """Load it.

        Args:
            path: safetensors with `weights`, shape `(2, inputs)`, and `offsets`, shape `(2,)`.
        """
        fitted = load_file(path)
        self._weights, self._offsets = fitted["weights"], fitted["offsets"]

    @staticmethod
    def fresh() -> LipMemory:
        """The memory before the first row."""
        return (
            np.zeros(_ANSWER_ROWS * ANSWERS, np.float32),
            np.zeros(_INNER_ROWS * INNER, np.float32),
        )

    @staticmethod
    def remember(answer: Answer, memory: LipMemory) -> LipMemory:
        """The memory after one more row."""
        return (
            np.concatenate([memory[0][ANSWERS:], answer.all]),
            np.concatenate([memory[1][INNER:], answer.inner]),
        )

    def read(self, memory: LipMemory) -> NDArray[np.float32]:
        """Gap and width of the newest row, shape `(2,)`, in the units of `SpeechMotion.lips`."""
        lips: NDArray[np.float32] = self._weights @ inputs(memory) + self._offsets
        return lips


def inputs(memory: LipMemory) -> NDArray[np.float32]:
    """What the function is linear in, one row."""
    return np.concatenate([memory[0].take(_ANSWERS_INDEX), memory[1].take(_INNER_INDEX)])


def groups() -> tuple[slice, slice]:
    """Which of the inputs are answers, and which are of the inner layers."""
    return slice(0, len(_ANSWERS_INDEX)), slice(len(_ANSWERS_INDEX), None)
