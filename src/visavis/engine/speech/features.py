"""The picture of the sound that the network sees: log-mel bands, two frames to a row of motion.

Frame j (100 a second) covers the samples `[160 j - 240, 160 j + 160)` under a Hann window, so the two frames
of one row end exactly with that row's 320 samples and nothing of the future is needed. Before the first
sample there is silence. There is no normalisation: the network was trained at all levels from full scale
down to -30 dB.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from visavis.engine.speech.motion import RATE_HZ, ROW_SAMPLES

BANDS: Final = 40
FRAMES_PER_ROW: Final = 2
FRAME_SAMPLES: Final = 400
HOP_SAMPLES: Final = ROW_SAMPLES // FRAMES_PER_ROW
CONTEXT_SAMPLES: Final = FRAME_SAMPLES - HOP_SAMPLES
"""Samples before a row's own that its first frame reaches back to."""

FLOOR: Final = 1e-6
"""Added to the band energies before the logarithm; about -100 dB under a sine of full scale."""

_SPECTRUM_POINTS: Final = 512


def _mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """O'Shaughnessy's mel scale: mel = 2595 log10(1 + f / 700)."""
    mel: NDArray[np.float64] = 2595.0 * np.log10(1.0 + hz / 700.0)
    return mel


def _bands(low_hz: float = 60.0, high_hz: float = 7600.0) -> NDArray[np.float32]:
    """Triangles equally wide in mel, shape `(257, 40)`, each with weights that sum to 1."""
    low, high = _mel(np.array([low_hz, high_hz]))
    mel_edges = np.linspace(float(low), float(high), BANDS + 2)
    edges = 700.0 * (10.0 ** (mel_edges / 2595.0) - 1.0)
    bins = np.linspace(0.0, RATE_HZ / 2, _SPECTRUM_POINTS // 2 + 1)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    weights = np.clip(np.minimum(rising, falling), 0.0, None)
    normed: NDArray[np.float32] = (weights / weights.sum(axis=0)).astype(np.float32)
    return normed


_WINDOW: Final = np.hanning(FRAME_SAMPLES).astype(np.float32)
_BANDS: Final = _bands()
_ROW_INDEX: Final = np.arange(FRAME_SAMPLES) + HOP_SAMPLES * np.arange(FRAMES_PER_ROW)[:, None]


def row_features(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The two frames of one row.

    Always of one fixed shape, so that the bits do not depend on how the stream was cut.

    Args:
        samples: Shape `(560,)`: the row's 320 samples and the 240 before them.

    Returns:
        Natural logarithms of band energies, shape `(2, 40)`, about -13.8..10.
    """
    return _log_mel(samples[_ROW_INDEX])


def features(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """All frames of a whole recording at once, shape `(2 * (samples // 320), 40)`; for training.

    Equal to `row_features` row after row, up to rounding.
    """
    rows = len(samples) // ROW_SAMPLES
    padded = np.concatenate([np.zeros(CONTEXT_SAMPLES, np.float32), samples[: rows * ROW_SAMPLES]])
    if not rows:
        return np.zeros((0, BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME_SAMPLES)[::HOP_SAMPLES]
    return np.concatenate([_log_mel(frames[at : at + 2000]) for at in range(0, len(frames), 2000)])


def _log_mel(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    spectrum = np.fft.rfft(frames * _WINDOW, _SPECTRUM_POINTS, axis=-1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    log_mel: NDArray[np.float32] = np.log(power @ _BANDS + np.float32(FLOOR))
    return log_mel
