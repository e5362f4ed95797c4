"""Messages that wait for one viewer: in order for each sender, and senders take turns."""

from collections import deque
from typing import Final

OVERHEAD_BYTES: Final = 512
"""Memory of a waiting message, in addition to its content."""


class FairQueue:
    """A queue in which senders take turns: one who sends much delays others by at most one message."""

    def __init__(self) -> None:
        self._by_sender: dict[str, deque[bytes]] = {}
        self.waiting_bytes = 0
        """Memory in use."""

    def put(self, sender: str, message: bytes) -> None:
        """Add a message."""
        self._by_sender.setdefault(sender, deque()).append(message)
        self.waiting_bytes += len(message) + OVERHEAD_BYTES

    def take(self) -> bytes | None:
        """Take the next message, if there is one; then it is the next sender's turn."""
        sender = next(iter(self._by_sender), None)
        if sender is None:
            return None
        queue = self._by_sender.pop(sender)
        message = queue.popleft()
        if queue:
            self._by_sender[sender] = queue
        self.waiting_bytes -= len(message) + OVERHEAD_BYTES
        return message
