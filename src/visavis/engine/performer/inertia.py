"""One-pole filters at the rate of motion."""

import numpy as np

from visavis.engine.speech.motion import ROW_RATE_HZ


def share(time_constant_s: float) -> float:
    """Part of the way to its target that a filter covers in one row."""
    return 1.0 - float(np.exp(-1.0 / (ROW_RATE_HZ * time_constant_s)))
