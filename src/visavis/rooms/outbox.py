"""The queue of signalling messages for a client."""

import asyncio
from collections import deque

from livekit.protocol.rtc import SignalResponse


class Outbox:
    """A bounded queue that outlives a socket: messages are not lost while a client resumes.

    When it is full, new messages are dropped and the socket must be closed. The client then resumes, and gets
    the whole state again.

    Args:
        max_waiting: Maximum number of messages that wait.
    """

    def __init__(self, max_waiting: int) -> None:
        self._max = max_waiting
        self._waiting: deque[bytes] = deque()
        self._changed = asyncio.Event()
        self._closed = False
        self.overflowed = False

    def send(self, response: SignalResponse) -> None:
        """Send a message."""
        self.send_packed(response.SerializeToString())

    def send_packed(self, response: bytes) -> None:
        """Send a message that is already packed, because many clients get it."""
        if len(self._waiting) >= self._max:
            self.overflowed = True
        else:
            self._waiting.append(response)
        self._changed.set()

    def close(self) -> None:
        """Close after the messages that wait."""
        self._closed = True
        self._changed.set()

    def restart(self) -> None:
        """Start for a new socket. If a message was dropped, the others are useless and are dropped too."""
        if self.overflowed:
            self._waiting.clear()
            self.overflowed = False

    async def take(self) -> bytes | None:
        """Wait for the next message; `None` if the socket must be closed."""
        while not self._waiting and not self._closed:
            self._changed.clear()
            await self._changed.wait()
        return None if self.overflowed or not self._waiting else self._waiting.popleft()
