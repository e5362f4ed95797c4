"""Messages that wait for one viewer: those of each sender in order, those of several in turn."""

from collections import deque
from typing import Final

OVERHEAD_BYTES: Final = 512
"""Of memory, for a message that waits, beside its content."""


class FairQueue:
    """The queue. Who has much to say keeps nobody else waiting for more than one message."""

    def __init__(self) -> None:
        self._by_sender: dict[str, deque[bytes]] = {}
        self.waiting_bytes = 0
        """Of memory."""

    def put(self, sender: str, message: bytes) -> None:
        """Let a message wait."""
        self._by_sender.setdefault(sender, deque()).append(message)
        self.waiting_bytes += len(message) + OVERHEAD_BYTES

    def take(self) -> bytes | None:
        """The next message, if there is one; then the next sender has its turn."""
        sender = next(iter(self._by_sender), None)
        if sender is None:
            return None
        queue = self._by_sender.pop(sender)
        message = queue.popleft()
        if queue:
            self._by_sender[sender] = queue
        self.waiting_bytes -= len(message) + OVERHEAD_BYTES
        return message
