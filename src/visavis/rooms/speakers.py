"""Detects who is speaking, from the audio levels in packets (RFC 6464).

Pure state; the time is an argument.
"""

from typing import Final

INTERVAL_S: Final = 0.4
QUIET_DBOV: Final = 35
"""Levels are below full scale: 0 is the loudest, 127 is silence."""

ACTIVE_SHARE: Final = 0.4
"""Share of the packets that must be loud enough."""

_SMOOTHING: Final = 0.5
_STEP: Final = 8
"""Levels are reported in eighths, so that a steady voice does not cause a stream of updates."""


class Loudness:
    """Loudness of one track."""

    def __init__(self) -> None:
        self._loud_dbov: list[int] = []
        self._heard = 0
        self._level = 0.0

    def hear(self, extension: bytes) -> None:
        """Add the audio level of a packet: one byte, whose first bit says whether it is voice."""
        if not extension:
            return
        dbov = extension[0] & 0x7F
        self._heard += 1
        if dbov <= QUIET_DBOV:
            self._loud_dbov.append(dbov)

    def take(self) -> float:
        """Level since the last call, 0..1; 0 means not speaking. Call it each `INTERVAL_S`."""
        loud, heard = self._loud_dbov, self._heard
        self._loud_dbov, self._heard = [], 0
        now = 0.0
        if heard and len(loud) >= ACTIVE_SHARE * heard:
            now = 10 ** (-sum(loud) / len(loud) / 20)
        self._level += _SMOOTHING * (now - self._level) if now else -self._level
        return min(1.0, round(self._level * _STEP + 0.4999) / _STEP) if self._level else 0.0
