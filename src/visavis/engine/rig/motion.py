"""Turns weights into motion: sums fields, and inverts the sum.

Fields say where each point of the photo goes. Drawing needs the opposite: where each pixel of the frame comes
from. The fixed point d ← D(y − d) is that inverse. It converges because no field folds.
"""

import cv2
import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.rig.controls import FIELD_CONTROLS
from visavis.engine.rig.sampling import sample


def combine(fields: Floats, weights: Floats) -> Floats:
    """Weighted sum of all fields; `(controls, n)` to `(n,)`.

    Fields are added one by one, not by a matrix product. Half of the weights are zero, and the product would
    start the threads of the linear algebra library, which compete with every other session for the cores.
    """
    total = np.zeros((1, fields.shape[1]), np.float32)
    for control in np.flatnonzero(weights[: len(FIELD_CONTROLS)]):
        cv2.scaleAdd(fields[control : control + 1], float(weights[control]), total, total)
    summed: Floats = total[0]
    return summed


def invert(forward: Floats, cells: Floats, steps: int, cell_px: int) -> Floats:
    """Source of each cell's content: d = D(y − d), pixels, `(height, width, 2)`."""
    back = forward
    for _ in range(steps):
        back = sample(forward, cells - back * np.float32(1 / cell_px))
    return back
