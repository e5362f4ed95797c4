"""The downstream side of a participant: what they see and hear."""

import math
from collections.abc import Iterable
from typing import Final

from visavis.rooms.peer import Peer
from visavis.rooms.sections import Sections
from visavis.rooms.tracks import Subscription, Track
from visavis.rooms.wire.rtcp import Feedback, KeyframeRequest, Nack, ReceptionReport

LOSSY_S: Final = 10.0
"""A line that has lost something is not trusted for so long."""

CONGESTED: Final = 0.25
"""A report of so much is no reason to send more. Nor does it end what a smaller one has begun: of the few
packets of one second a quarter is lost now and then on any lossy line."""


class Subscriber:
    """What one participant gets.

    Args:
        sid: Of the participant.
        peer: Where it is sent.
        sections: How it is agreed on.
    """

    def __init__(self, sid: str, peer: Peer, sections: Sections) -> None:
        self._sid = sid
        self._sections = sections
        self._by_ssrc: dict[int, Subscription] = {}
        self.peer = peer
        self.views: dict[str, Subscription] = {}
        self.lost_share = 0.0
        self._lossy_until_s = -math.inf

    def add(self, track: Track, stream: str) -> bool:
        """Begin to send a track; the answer is whether it is a new one.

        Args:
            track: Its codec is agreed on.
            stream: What belongs together for the viewer: the publisher's sid and the stream's name.
        """
        if track.info.sid in self.views or track.codec is None:
            return False
        view = track.show(self._sid, self.peer, stream)
        self.views[track.info.sid] = view
        self._by_ssrc[view.ssrc] = view
        self._sections.place(view)
        return True

    def remove(self, sid: str) -> bool:
        """Send a track no longer; the answer is whether it was sent."""
        view = self.views.pop(sid, None)
        if view is None:
            return False
        self._sections.take_away(view)
        self._end(view)
        return True

    def _end(self, view: Subscription) -> None:
        view.live = False
        view.track.views.pop(self._sid, None)
        self._by_ssrc.pop(view.ssrc, None)

    def close(self) -> None:
        """Send nothing more."""
        for view in self.views.values():
            self._end(view)
        self.views.clear()

    def begin(self) -> None:
        """Let flow what has been agreed on."""
        for view in self.views.values():
            view.begin()

    def tick(self, now_s: float) -> None:
        """To be called often: over a line that loses packets, some are sent once more."""
        if self._lossy_until_s == -math.inf:
            return
        lossy = now_s < self._lossy_until_s
        for view in self.views.values():
            view.lossy = lossy
            view.echo()
        if not lossy:
            self._lossy_until_s = -math.inf

    def take_feedback(self, feedback: Iterable[Feedback], now_s: float) -> None:
        """Repeat what was lost, ask for keyframes, note how it arrives."""
        for report in feedback:
            view = self._by_ssrc.get(report.ssrc)
            if view is None:
                continue
            if isinstance(report, Nack):
                view.repeat(report.sequences)
            elif isinstance(report, KeyframeRequest):
                view.track.keyframes.ask()
            elif isinstance(report, ReceptionReport):
                self.lost_share = report.fraction_lost
                if 0 < report.fraction_lost < CONGESTED:
                    self._lossy_until_s = now_s + LOSSY_S
