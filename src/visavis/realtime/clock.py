"""The one clock of a session. It is handed in, so that tests can let time pass as they like."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """A clock that only goes forward, in seconds since some moment."""

    def now_s(self) -> float:
        """What time it is."""
        ...

    async def sleep_until(self, moment_s: float) -> None:
        """Return at that time, or at once if it has passed."""
        ...


class MonotonicClock:
    """The machine's own."""

    def now_s(self) -> float:
        """What time it is."""
        return time.monotonic()

    async def sleep_until(self, moment_s: float) -> None:
        """Return at that time, or at once if it has passed."""
        await asyncio.sleep(max(0.0, moment_s - time.monotonic()))
