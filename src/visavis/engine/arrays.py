"""Types of the arrays in the engine."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
"""Colours or masks, 0..255. Colours are RGB or RGBA in the last axis, sRGB-encoded."""

Floats: TypeAlias = NDArray[np.float32]
"""Sound, weights, fields, soft masks."""
