"""When to drop media rather than to send it late.

A process that gets too little of the processor reads packets later and later. A short stop heals by itself:
what has waited is sent on at once. A queue that stays does not, and grows to as many seconds as the kernel's
buffer holds; then the oldest have to go. That is CoDel's distinction (RFC 8289), here for frames: after a
drop viewers go on from the next keyframe. Pure state; the time is an argument.
"""

from typing import Final

TARGET_S: Final = 0.2
"""Packets may wait so long for ever."""

INTERVAL_S: Final = 0.5
"""They may wait longer for so long."""

MAX_AGE_S: Final = 1.0
"""What has waited so long is of no use in a conversation, whatever the others do."""


class Backlog:
    """How long packets wait until they are read, over all connections of a socket.

    Attributes:
        sheds: Whether media that is read now is to be dropped.
    """

    def __init__(self) -> None:
        self.sheds = False
        self._late_since_s: float | None = None

    def note(self, arrival_s: float, now_s: float) -> None:
        """A packet is read.

        Args:
            arrival_s: When the kernel got it.
            now_s: Now, on the same clock.
        """
        waited_s = now_s - arrival_s
        if waited_s < TARGET_S:
            self._late_since_s = None
            self.sheds = False
            return
        if self._late_since_s is None:
            self._late_since_s = now_s
        if waited_s > MAX_AGE_S or now_s - self._late_since_s > INTERVAL_S:
            self.sheds = True
