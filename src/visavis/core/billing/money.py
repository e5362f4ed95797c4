"""Money: whole micro-dollars (names end in `_micros`), so that sums are exact.

Settings and people speak of US dollars; they are converted here, once, on the way in or out.
"""

from typing import Final

MICROS_PER_USD: Final = 1_000_000
_MICROS_PER_CENT: Final = 10_000


def from_usd(usd: float) -> int:
    """US dollars as the nearest micro-dollars."""
    return round(usd * MICROS_PER_USD)


def to_usd(micros: int) -> float:
    """Micro-dollars as US dollars, to be shown."""
    return micros / MICROS_PER_USD


def to_cents(micros: int) -> int:
    """Micro-dollars as the nearest whole cents; a half goes to the even one."""
    return round(micros / _MICROS_PER_CENT)
