"""From weights to motion: fields summed, and turned round.

Fields say where each point of the photo goes; drawing needs, for each pixel of the frame, where it came
from. That inverse is found by the fixed point d ← D(y − d), which converges because no field folds.
"""

import cv2
import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.rig.controls import FIELD_CONTROLS
from visavis.engine.rig.sampling import sample


def combine(fields: Floats, weights: Floats) -> Floats:
    """The weighted sum of all fields; `(controls, n)` to `(n,)`.

    Added one by one and not as a matrix product: half of the weights are zero, and the product would wake
    the threads of the linear algebra library, which fight for the cores with every other session.
    """
    total = np.zeros((1, fields.shape[1]), np.float32)
    for control in np.flatnonzero(weights[: len(FIELD_CONTROLS)]):
        cv2.scaleAdd(fields[control : control + 1], float(weights[control]), total, total)
    summed: Floats = total[0]
    return summed


def invert(forward: Floats, cells: Floats, steps: int, cell_px: int) -> Floats:
    """Where each cell's content came from: d = D(y − d), pixels, `(height, width, 2)`."""
    back = forward
    for _ in range(steps):
        back = sample(forward, cells - back * np.float32(1 / cell_px))
    return back
