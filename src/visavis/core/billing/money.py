"""Money: whole micro-dollars (names end in `_micros`), so that sums are exact.

Settings and people use US dollars; they are converted here, on the way in and on the way out.
"""

from typing import Final

MICROS_PER_USD: Final = 1_000_000
_MICROS_PER_CENT: Final = 10_000


def from_usd(usd: float) -> int:
    """Convert US dollars to the nearest micro-dollars."""
    return round(usd * MICROS_PER_USD)


def to_usd(micros: int) -> float:
    """Convert micro-dollars to US dollars, for display."""
    return micros / MICROS_PER_USD


def to_cents(micros: int) -> int:
    """Convert micro-dollars to the nearest whole cents; a half is rounded to the even one."""
    return round(micros / _MICROS_PER_CENT)
