"""Shape functions of fields, sprites and masks."""

import cv2
import numpy as np
from numpy.typing import ArrayLike

from visavis.engine.arrays import Floats


def ramp(start: float, stop: float, x: ArrayLike) -> Floats:
    """0 before `start`, 1 after `stop`, smooth between (3t² − 2t³). `start` may be larger than `stop`."""
    t = np.clip((np.asarray(x, np.float32) - start) / (stop - start), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)


def bump(x: ArrayLike, width: float) -> Floats:
    """A bell: 1 at 0, 1/e at ±`width`."""
    return np.asarray(np.exp(-((np.asarray(x, np.float32) / width) ** 2)), np.float32)


def fill_inward(image: Floats, known: Floats) -> Floats:
    """Fill the unknown parts of a picture smoothly from the known parts around them.

    Pull-push over an image pyramid: averages of known pixels are pulled up, and pushed down into the
    holes. Exact where `known` is 1.

    Args:
        image: Shape `(height, width, channels)`.
        known: Shape `(height, width)`, 0..1, confidence of each pixel.

    Returns:
        The filled picture, with the shape of `image`.

    Source: Gortler et al., The Lumigraph, 1996, section 3.4.3.
    """
    levels: list[tuple[Floats, Floats]] = [(image * known[..., None], known)]
    while min(levels[-1][1].shape) > 2:
        colour, weight = levels[-1]
        half = (max(1, (weight.shape[1] + 1) // 2), max(1, (weight.shape[0] + 1) // 2))
        levels.append(
            (
                np.asarray(cv2.resize(colour, half, interpolation=cv2.INTER_AREA), np.float32),
                np.asarray(cv2.resize(weight, half, interpolation=cv2.INTER_AREA), np.float32),
            )
        )
    colour, weight = levels[-1]
    # A cell in which nothing is known gets the mean of all; it would be black.
    mean = colour.sum(axis=(0, 1)) / max(float(weight.sum()), 1e-6)
    own = colour / np.maximum(weight, 1e-6)[..., None]
    filled = np.asarray(np.where(weight[..., None] > 1e-6, own, mean), np.float32)
    for colour, weight in levels[-2::-1]:
        size = (weight.shape[1], weight.shape[0])
        coarse = np.asarray(cv2.resize(filled, size, interpolation=cv2.INTER_LINEAR), np.float32)
        filled = np.asarray(colour + coarse.reshape(colour.shape) * (1 - weight)[..., None], np.float32)
    return filled
