"""Price of a duration."""

from typing import Final

_HOUR_S: Final = 3600


def cost_micros(*, seconds: float, per_hour_micros: int) -> int:
    """Price of a duration, in the nearest micro-dollars.

    Args:
        seconds: Time of output.
        per_hour_micros: Price of an hour, in micro-dollars.
    """
    return round(seconds * per_hour_micros / _HOUR_S)
