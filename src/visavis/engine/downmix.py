"""Mixes the channels of a sound to one, for the speech model. What is loud in any channel stays loud.

A plain mean loses sound that two channels carry with opposite signs (a microphone with swapped wires, a
"wide" effect): such a file is loud and its mean is silent. Where the channels cancel, those that oppose the
loudest one are inverted before the sum. Elsewhere the mix is the mean, bit for bit.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from visavis.engine.arrays import Floats

_HOP_S: Final = 0.01  # interval at which the gains are updated
_MEMORY_S: Final = 0.3  # window over which the channels are compared; longer than the noise of a short pause
_TURN_HOPS: Final = 2  # time to invert a channel: a jump would click
# Power of the sum over the sum of the powers: 0 when channels cancel, 1 when they are unrelated, the number
# of channels when they are equal. The gap between the two thresholds prevents repeated inversion.
_CANCELS: Final = 0.4
_CANCELS_NO_MORE: Final = 0.7
_MIN_CORRELATION: Final = 0.1  # below it, two channels are unrelated


class Downmix:
    """Mixes channels to one, block by block, without delay.

    The mix does not depend on how the sound is cut into blocks: the gains of each 10 ms depend on the sound
    before. A channel is first inverted after 30 ms, and stays inverted through pauses.
    """

    def __init__(self, rate_hz: int) -> None:
        """Start.

        Args:
            rate_hz: Samples a second.
        """
        self._hop_samples = max(1, round(_HOP_S * rate_hz))
        self._decay = float(np.exp(-_HOP_S / _MEMORY_S))
        self._hop: Floats | None = None  # samples of the current hop, `(channels, hop_samples)`
        self._filled = 0
        self._products: NDArray[np.float64] = np.zeros((0, 0))  # products of all pairs of channels, decaying
        self._signs: NDArray[np.float64] = np.zeros(0)  # target of the gains
        self._from: NDArray[np.float64] = np.zeros(0)  # signs at the start of the hop
        self._to: NDArray[np.float64] = np.zeros(0)  # signs at its end

    def __call__(self, samples: Floats) -> Floats:
        """Mix a block.

        Args:
            samples: Shape `(channels, n)`; the same number of channels each time.

        Returns:
            Shape `(n,)`.
        """
        channels, count = samples.shape
        if channels == 1:
            return np.asarray(samples[0], np.float32)
        if self._hop is None:
            self._hop = np.zeros((channels, self._hop_samples), np.float32)
            self._products = np.zeros((channels, channels))
            self._signs = self._from = self._to = np.ones(channels)
        mixed: Floats = samples.mean(axis=0, dtype=np.float32)
        done = 0
        while done < count:
            part = samples[:, done : done + self._hop_samples - self._filled]
            end = done + part.shape[1]
            if not self._is_plain():
                mixed[done:end] = self._mix(part)
            self._hop[:, self._filled : self._filled + part.shape[1]] = part
            self._filled += part.shape[1]
            done = end
            if self._filled == self._hop_samples:
                self._decide(self._hop)
                self._filled = 0
        return mixed

    def _is_plain(self) -> bool:
        return bool(np.all(self._from == 1) and np.all(self._to == 1))

    def _mix(self, part: Floats) -> Floats:
        """Mix the next part of a hop; signs change linearly along the hop."""
        along = (np.arange(self._filled, self._filled + part.shape[1]) + 1) / self._hop_samples
        mixed = np.zeros(part.shape[1])
        for channel, start, end in zip(part, self._from, self._to, strict=True):
            mixed += channel * (start + (end - start) * along)
        return np.asarray(mixed / len(part), np.float32)

    def _decide(self, hop: Floats) -> None:
        """Choose the target signs for the next hop."""
        heard = hop.astype(np.float64)
        self._products = self._decay * self._products + heard @ heard.T
        power = float(np.trace(self._products))
        if power > 0:
            sum_over_parts = float(self._products.sum()) / power
            if sum_over_parts < _CANCELS:
                self._signs = self._aligned()
            elif sum_over_parts > _CANCELS_NO_MORE:
                self._signs = np.ones(len(hop))
        self._from = self._to
        step = 2 / _TURN_HOPS
        self._to = self._from + np.clip(self._signs - self._from, -step, step)

    def _aligned(self) -> NDArray[np.float64]:
        """Signs with which no channel opposes the loudest; of both solutions, the one with fewer changes."""
        powers = np.diag(self._products)
        loudest = int(np.argmax(powers))
        shared = self._products[loudest]
        opposed = shared < -_MIN_CORRELATION * np.sqrt(powers * powers[loudest])
        signs = np.where(opposed, -1.0, 1.0)
        return -signs if float(signs @ (self._signs * powers)) < 0 else signs
