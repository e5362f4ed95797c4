"""Decides when to drop media instead of sending it late.

A process that gets too little processor time reads packets later and later. A short stop heals by itself:
what has waited is sent at once. A standing queue does not heal. It grows to as many seconds as the kernel's
buffer holds, so the oldest packets must be dropped. This distinction is that of CoDel (RFC 8289), here for
frames: after a drop, viewers continue from the next keyframe. Pure state; the time is an argument.
"""

from typing import Final

TARGET_S: Final = 0.2
"""Packets may wait so long at any time."""

INTERVAL_S: Final = 0.5
"""Packets may wait longer for at most this time."""

MAX_AGE_S: Final = 1.0
"""A packet that waited longer is useless in a conversation, and is dropped in any case."""


class Backlog:
    """Measures how long packets wait until they are read, over all connections of a socket.

    Attributes:
        sheds: Whether media that is read now must be dropped.
    """

    def __init__(self) -> None:
        self.sheds = False
        self._late_since_s: float | None = None

    def note(self, arrival_s: float, now_s: float) -> None:
        """Count a packet that is read now.

        Args:
            arrival_s: Time at which the kernel received it.
            now_s: Current time, on the same clock.
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
