"""The trained network, stepped one row at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from visavis.engine.onnx import open_model
from visavis.engine.speech.motion import CHANNELS, VISEMES

Memory = tuple[NDArray[np.float32], ...]
"""What the layers of the network remember, never written to after it was made."""

ANSWERS: Final = len(VISEMES) + len(CHANNELS) + 1
"""Numbers in an answer."""

INNER: Final = 320
"""Channels of the first and the last inner layer together."""

_FRAMES: Final = "frames"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the network says of one row.

    Attributes:
        all: Visemes, channels and the probability that somebody speaks, side by side, shape `(22,)`.
        inner: What the first layer makes of the sound, and the last one, side by side, shape `(320,)`.
    """

    all: NDArray[np.float32]
    inner: NDArray[np.float32]

    @property
    def visemes(self) -> NDArray[np.float32]:
        """Shape `(15,)`."""
        return self.all[: len(VISEMES)]

    @property
    def channels(self) -> NDArray[np.float32]:
        """Shape `(6,)`."""
        return self.all[len(VISEMES) : -1]

    @property
    def voice(self) -> float:
        """The probability that somebody speaks."""
        return float(self.all[-1])


class Network:
    """An ONNX file that takes two feature frames and a memory, and gives a row and a memory.

    Every call has one fixed shape and one thread, so the same frames always give the same bits.
    """

    def __init__(self, path: Path) -> None:
        self._session = open_model(path)
        memories = [entry for entry in self._session.get_inputs() if entry.name != _FRAMES]
        self._names = [entry.name for entry in memories]
        self._shapes = [tuple(entry.shape) for entry in memories]
        self.delay_rows = int(self._session.get_modelmeta().custom_metadata_map["delay_rows"])
        """An answer is about the row this many rows before the frames that completed it."""

    def fresh(self) -> Memory:
        """The memory before the first sound."""
        return tuple(np.zeros(shape, np.float32) for shape in self._shapes)

    def step(self, frames: NDArray[np.float32], memory: Memory) -> tuple[Answer, Memory]:
        """Hear one more row.

        Args:
            frames: Log-mel frames, shape `(2, 40)`.
            memory: From `fresh` or the step before.

        Returns:
            The answer, and the new memory.
        """
        feeds = dict(zip(self._names, memory, strict=True))
        feeds[_FRAMES] = frames[None]
        visemes, channels, inner, *after = self._session.run(None, feeds)
        return Answer(np.concatenate([visemes, channels]), inner), tuple(after)
