"""Voice activity by Silero's network, the one that livekit-plugins-silero carries."""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.onnx import open_model
from visavis.errors import ExtraMissingError
from visavis.ports import RECOGNITION_RATE_HZ

_PACKAGE: Final = "livekit-plugins-silero"
_MODEL: Final = "livekit/plugins/silero/resources/silero_vad.onnx"
_WINDOW_SAMPLES: Final = 512
_CONTEXT_SAMPLES: Final = 64  # of the last window, which the network sees before a window
_STATE_SHAPE: Final = (2, 1, 128)


class SileroDetector:
    """Tells voice from everything else, in windows of 32 ms.

    Streams share the network; each has a state of its own.

    Raises:
        ExtraMissingError: The package that carries the network is not installed.
    """

    window_samples = _WINDOW_SAMPLES

    def __init__(self) -> None:
        self._session = open_model(_model_path())

    def stream(self) -> "SileroStream":
        """A stream for one speaker; see the port."""
        return SileroStream(self._session)


class SileroStream:
    """Voice activity of one speaker."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._rate = np.array(RECOGNITION_RATE_HZ, np.int64)
        self._state = np.zeros(_STATE_SHAPE, np.float32)
        self._kept = np.zeros(
            _CONTEXT_SAMPLES, np.float32
        )  # context, and samples that complete no window yet

    def push(self, samples: Floats) -> list[float]:
        """The probabilities of voice of the windows that these samples complete; see the port."""
        kept = np.concatenate([self._kept, np.asarray(samples, np.float32)])
        probabilities, begin = [], 0
        while begin + _CONTEXT_SAMPLES + _WINDOW_SAMPLES <= len(kept):
            window = kept[begin : begin + _CONTEXT_SAMPLES + _WINDOW_SAMPLES]
            inputs = {"input": window[None], "state": self._state, "sr": self._rate}
            probability, self._state = self._session.run(None, inputs)
            probabilities.append(float(probability.item()))
            begin += _WINDOW_SAMPLES
        self._kept = kept[begin:]
        return probabilities


def _model_path() -> Path:
    # Importing the package would import all of livekit-agents; its file is enough.
    try:
        return Path(str(distribution(_PACKAGE).locate_file(_MODEL)))
    except PackageNotFoundError as error:
        raise ExtraMissingError(
            f"Voice activity detection needs {_PACKAGE}. Run `pip install 'visavis[serve]'`."
        ) from error
