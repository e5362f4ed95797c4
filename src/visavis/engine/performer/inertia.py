"""One-pole filters at the rate of motion."""

import functools
import math

from visavis.engine.speech.motion import ROW_RATE_HZ


@functools.cache
def share(time_constant_s: float) -> float:
    """Share of the distance to its target that a filter covers in one row."""
    return 1.0 - math.exp(-1.0 / (ROW_RATE_HZ * time_constant_s))
