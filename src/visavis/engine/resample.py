"""Changes the sample rate of sound that arrives in blocks."""

from fractions import Fraction

import numpy as np

from visavis.engine.arrays import Floats

_ZERO_CROSSINGS = 24  # of the sinc, on each side of its centre
_KAISER_BETA = 8.0  # attenuation of 80 dB beyond the transition
_PASSED = 0.9  # centre of the transition, relative to the lower Nyquist frequency


class Resampler:
    """Band-limited resampling by a fixed ratio, exact in time.

    Output sample k is the sound at k / `to_hz` seconds of the input. The result does not depend on the
    blocks: calls on blocks and `finish` give the same numbers as one call on the whole and `finish`. The
    output is delayed by `delay_s`.

    A Kaiser-windowed sinc in polyphase form (Oppenheim and Schafer, "Discrete-Time Signal Processing").

    Args:
        from_hz: Sample rate of the input.
        to_hz: Sample rate of the output.
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        ratio = Fraction(to_hz, from_hz)
        self._up, self._down = ratio.numerator, ratio.denominator
        self._half = _ZERO_CROSSINGS * max(1, -(-self._down // self._up))
        self._phases = _phases(self._up, self._down, self._half)
        self.delay_s = self._half / from_hz
        self._kept: Floats | None = None  # input that later output needs
        self._kept_from = -self._half  # index in the input of its first sample
        self._taken = 0
        self._given = 0

    def __call__(self, samples: Floats) -> Floats:
        """Process a block. Returns the output that is complete.

        Args:
            samples: Shape `(channels, n)` or `(n,)`; the same number of channels each time.

        Returns:
            Array with the same number of axes.
        """
        if self._up == self._down:
            return np.asarray(samples, np.float32)
        if self._kept is None:
            self._kept = np.zeros((*samples.shape[:-1], self._half), np.float32)
        self._kept = np.concatenate([self._kept, samples], axis=-1)
        self._taken += samples.shape[-1]
        return self._convolved(self._taken - self._half)

    def finish(self) -> Floats:
        """Return the rest, as if silence followed. The resampler cannot be used afterwards."""
        if self._kept is None:
            return np.zeros(0, np.float32)
        silence = np.zeros((*self._kept.shape[:-1], self._half), np.float32)
        self._kept = np.concatenate([self._kept, silence], axis=-1)
        return self._convolved(self._taken)

    def _convolved(self, end: int) -> Floats:
        """All output before the time of input sample `end`."""
        assert self._kept is not None  # noqa: S101 - both callers have set it
        last = -(-end * self._up // self._down)
        if last <= self._given:
            return np.zeros((*self._kept.shape[:-1], 0), np.float32)
        if self._up == 1:
            output = self._every(self._down, last - self._given) @ self._phases[0]
        else:
            whole, phase = np.divmod(np.arange(self._given, last) * self._down, self._up)
            starts = whole - self._half + 1 - self._kept_from
            windows = np.lib.stride_tricks.sliding_window_view(self._kept, 2 * self._half, axis=-1)
            output = np.einsum("...nt,nt->...n", windows[..., starts, :], self._phases[phase])
        self._given = last
        unneeded = self._given * self._down // self._up - self._half + 1 - self._kept_from
        self._kept = self._kept[..., max(0, unneeded) :].copy()
        self._kept_from += max(0, unneeded)
        return np.asarray(output, np.float32)

    def _every(self, step: int, count: int) -> Floats:
        """Windows of the filter's length at regular steps; live sessions call this 100 times a second."""
        kept = self._kept
        assert kept is not None  # noqa: S101 - as above
        first = self._given * step - self._half + 1 - self._kept_from
        size = kept.itemsize
        return np.ascontiguousarray(
            np.ndarray(
                (*kept.shape[:-1], count, 2 * self._half),
                np.float32,
                kept,
                first * size,
                (*kept.strides[:-1], step * size, size),
            )
        )


def _phases(up: int, down: int, half: int) -> Floats:
    """Filter taps, shape `(up, 2 * half)`: row p weighs the samples around a time p / up after one."""
    cutoff = _PASSED * min(1.0, up / down)
    times = np.arange(-half + 1, half + 1)[None] - np.arange(up)[:, None] / up
    inside = np.clip(1 - (times / half) ** 2, 0, None)
    taps = cutoff * np.sinc(cutoff * times) * np.i0(_KAISER_BETA * np.sqrt(inside)) / np.i0(_KAISER_BETA)
    taps /= taps.sum(axis=1, keepdims=True)
    return taps.astype(np.float32)
