"""Several channels of sound as one, for the speech model: what is loud in any of them stays loud in the mix.

A plain mean loses what two channels carry with opposite signs (a microphone wired the wrong way round, a
"wide" effect): such a file sounds full and its mean is silent. Where the channels cancel, those that oppose
the loudest are turned over before they are added. Where they do not, the mix is the mean, bit for bit.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from visavis.engine.arrays import Floats

_HOP_S: Final = 0.01  # the gains are decided anew after so long
_MEMORY_S: Final = 0.3  # over which the channels are compared; longer than the noise of a short pause
_TURN_HOPS: Final = 2  # to turn a channel over: a jump would click
# Power of the sum over the sum of the powers: 0 when channels cancel, 1 when they are unrelated, the number
# of channels when they are equal. The gap keeps sound between the two from being turned to and fro.
_CANCELS: Final = 0.4
_CANCELS_NO_MORE: Final = 0.7
_MIN_CORRELATION: Final = 0.1  # below, two channels have nothing to do with each other


class Downmix:
    """Mixes channels to one, block by block, without delay.

    However the sound is cut into blocks, the mix is the same: the gains of each 10 ms follow from the sound
    before. A channel that is turned over is so after 30 ms at first, and stays so through pauses.
    """

    def __init__(self, rate_hz: int) -> None:
        """Begin.

        Args:
            rate_hz: Samples a second.
        """
        self._hop_samples = max(1, round(_HOP_S * rate_hz))
        self._decay = float(np.exp(-_HOP_S / _MEMORY_S))
        self._hop: Floats | None = None  # the samples of the hop so far, `(channels, hop_samples)`
        self._filled = 0
        self._products: NDArray[np.float64] = np.zeros((0, 0))  # of each channel with each, fading
        self._signs: NDArray[np.float64] = np.zeros(0)  # what the gains go to
        self._from: NDArray[np.float64] = np.zeros(0)  # signs at the beginning of the hop
        self._to: NDArray[np.float64] = np.zeros(0)  # and at its end

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
        """The part of a hop that begins where the hop is filled up to; signs run evenly along the hop."""
        along = (np.arange(self._filled, self._filled + part.shape[1]) + 1) / self._hop_samples
        mixed = np.zeros(part.shape[1])
        for channel, start, end in zip(part, self._from, self._to, strict=True):
            mixed += channel * (start + (end - start) * along)
        return np.asarray(mixed / len(part), np.float32)

    def _decide(self, hop: Floats) -> None:
        """At the end of a hop: where the signs go during the next one."""
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
        """Signs with which no channel opposes the loudest; of the two ways, the nearer to the signs now."""
        powers = np.diag(self._products)
        loudest = int(np.argmax(powers))
        shared = self._products[loudest]
        opposed = shared < -_MIN_CORRELATION * np.sqrt(powers * powers[loudest])
        signs = np.where(opposed, -1.0, 1.0)
        return -signs if float(signs @ (self._signs * powers)) < 0 else signs
