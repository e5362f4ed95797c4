"""The clock of a session. It is an argument, so that tests can let time pass as they like."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """A clock that only goes forward, in seconds since some moment."""

    def now_s(self) -> float:
        """The time now."""
        ...

    async def sleep_until(self, moment_s: float) -> None:
        """Return at that time, or at once if it has passed."""
        ...


class MonotonicClock:
    """The clock of the machine."""

    def now_s(self) -> float:
        """The time now."""
        return time.monotonic()

    async def sleep_until(self, moment_s: float) -> None:
        """Return at that time, or at once if it has passed."""
        await asyncio.sleep(max(0.0, moment_s - time.monotonic()))
