"""The clock of a session. It is an argument, so that tests control the time."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """A monotonic clock, in seconds."""

    def now_s(self) -> float:
        """Current time."""
        ...

    async def sleep_until(self, moment_s: float) -> None:
        """Sleep until a time; return at once if it has passed."""
        ...


class MonotonicClock:
    """The monotonic clock of the machine."""

    def now_s(self) -> float:
        """Current time."""
        return time.monotonic()

    async def sleep_until(self, moment_s: float) -> None:
        """Sleep until a time; return at once if it has passed."""
        await asyncio.sleep(max(0.0, moment_s - time.monotonic()))
