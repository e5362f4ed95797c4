"""The downstream side of a participant: the tracks that it receives."""

import math
from collections.abc import Iterable
from typing import Final

from visavis.rooms.peer import Peer
from visavis.rooms.sections import Sections
from visavis.rooms.tracks import Subscription, Track
from visavis.rooms.wire.rtcp import Feedback, KeyframeRequest, Nack, ReceptionReport

LOSSY_S: Final = 10.0
"""A connection that lost a packet counts as lossy for so long."""

CONGESTED: Final = 0.25
"""From this loss on, nothing is sent twice: the connection is congested. It does not end what a smaller loss
started: on any lossy connection, a quarter of the few packets of one second is lost at times."""


class Subscriber:
    """The subscriptions of one participant.

    Args:
        sid: Sid of the participant.
        peer: Connection to the participant.
        sections: Sections for the tracks.
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
        """Subscribe to a track. Returns whether the subscription is new.

        Args:
            track: Track whose codec is known.
            stream: Stream that the viewer synchronizes: the publisher's sid and the stream's name.
        """
        if track.info.sid in self.views or track.codec is None:
            return False
        view = track.show(self._sid, self.peer, stream)
        self.views[track.info.sid] = view
        self._by_ssrc[view.ssrc] = view
        self._sections.place(view)
        return True

    def remove(self, sid: str) -> bool:
        """End a subscription. Returns whether there was one."""
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
        """End all subscriptions."""
        for view in self.views.values():
            self._end(view)
        self.views.clear()

    def begin(self) -> None:
        """Start to send on all sections that are negotiated."""
        for view in self.views.values():
            view.begin()

    def tick(self, now_s: float) -> None:
        """Send some packets twice over a lossy connection. Call it often."""
        if self._lossy_until_s == -math.inf:
            return
        lossy = now_s < self._lossy_until_s
        for view in self.views.values():
            view.lossy = lossy
            view.echo()
        if not lossy:
            self._lossy_until_s = -math.inf

    def take_feedback(self, feedback: Iterable[Feedback], now_s: float) -> None:
        """Retransmit lost packets, request keyframes, and measure the loss."""
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
