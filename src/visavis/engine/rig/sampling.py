"""Samples a picture at other places."""

from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from visavis.engine.arrays import Floats

_Values = TypeVar("_Values", bound=np.generic)

_NO_SECOND_MAP: Any = None  # the coordinates come in one array


def sample(
    image: NDArray[_Values], at: Floats, *, smooth: bool = False, out: NDArray[_Values] | None = None
) -> NDArray[_Values]:
    """Values of a picture at the given places, interpolated; its border is repeated outside.

    Args:
        image: Shape `(height, width)` or `(height, width, channels)`.
        at: Shape `(rows, columns, 2)`, x then y in pixels of `image`, centres at whole numbers.
        smooth: Whether to use cubic interpolation, for pictures that are enlarged.
        out: Array for the result.

    Returns:
        Shape `(rows, columns)` or `(rows, columns, channels)`, dtype of `image`.
    """
    source: Any = image
    target: Any = out
    interpolation = cv2.INTER_CUBIC if smooth else cv2.INTER_LINEAR
    taken: Any = cv2.remap(
        source,
        at.astype(np.float32, copy=False),
        _NO_SECOND_MAP,
        interpolation,
        dst=target,
        borderMode=cv2.BORDER_REPLICATE,
    )
    values: NDArray[_Values] = taken
    return values
