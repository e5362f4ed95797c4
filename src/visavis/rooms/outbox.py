"""What waits to be said to a client over its signalling socket."""

import asyncio
from collections import deque

from livekit.protocol.rtc import SignalResponse


class Outbox:
    """A bounded queue that outlives a socket: what is said while a client resumes is not lost.

    When it is full, what comes is dropped and the socket is to be closed: the client comes back, and gets the
    whole state again.

    Args:
        max_waiting: Messages that may wait.
    """

    def __init__(self, max_waiting: int) -> None:
        self._max = max_waiting
        self._waiting: deque[bytes] = deque()
        self._changed = asyncio.Event()
        self._closed = False
        self.overflowed = False

    def send(self, response: SignalResponse) -> None:
        """Say something."""
        self.send_packed(response.SerializeToString())

    def send_packed(self, response: bytes) -> None:
        """Say something that is said to many."""
        if len(self._waiting) >= self._max:
            self.overflowed = True
        else:
            self._waiting.append(response)
        self._changed.set()

    def close(self) -> None:
        """Say nothing after what waits."""
        self._closed = True
        self._changed.set()

    def restart(self) -> None:
        """A new socket: if something was dropped, what else waited means nothing without it."""
        if self.overflowed:
            self._waiting.clear()
            self.overflowed = False

    async def take(self) -> bytes | None:
        """The next message; `None` when the socket is to be closed."""
        while not self._waiting and not self._closed:
            self._changed.clear()
            await self._changed.wait()
        return None if self.overflowed or not self._waiting else self._waiting.popleft()
