"""The trained network, stepped one row at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from visavis.engine.speech.motion import CHANNELS

Memory = tuple[NDArray[np.float32], ...]
"""What the layers of the network remember, never written to after it was made."""

_FRAMES: Final = "frames"


class Network:
    """An ONNX file that takes two feature frames and a memory, and gives a row and a memory.

    Every call has one fixed shape and one thread, so the same frames always give the same bits.
    """

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Otherwise a waiting thread would burn the core that other sessions need.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        memories = [entry for entry in self._session.get_inputs() if entry.name != _FRAMES]
        self._names = [entry.name for entry in memories]
        self._shapes = [tuple(entry.shape) for entry in memories]
        self.delay_rows = int(self._session.get_modelmeta().custom_metadata_map["delay_rows"])
        """An answer is about the row this many rows before the frames that completed it."""

    def fresh(self) -> Memory:
        """The memory before the first sound."""
        return tuple(np.zeros(shape, np.float32) for shape in self._shapes)

    def step(
        self, frames: NDArray[np.float32], memory: Memory
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], float, Memory]:
        """Hear one more row.

        Args:
            frames: Log-mel frames, shape `(2, 40)`.
            memory: From `fresh` or the step before.

        Returns:
            Visemes `(15,)`, channels `(6,)`, the probability that somebody speaks, and the new memory.
        """
        feeds = dict(zip(self._names, memory, strict=True))
        feeds[_FRAMES] = frames[None]
        visemes, channels, *after = self._session.run(None, feeds)
        return visemes, channels[: len(CHANNELS)], float(channels[len(CHANNELS)]), tuple(after)
