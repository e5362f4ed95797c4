"""Session descriptions of one participant: answers to its offers, and our own offers."""

from livekit.protocol.rtc import SessionDescription, SignalResponse

from visavis.rooms.outbox import Outbox
from visavis.rooms.peer import Peer
from visavis.rooms.publishing import Publisher, refuse
from visavis.rooms.sections import OfferedSections, OwnSections, Sections
from visavis.rooms.tracks import Track
from visavis.rooms.wire import sdp


class Negotiation:
    """Negotiation with one client.

    Args:
        publisher: Its tracks, and the connection for which it makes offers.
        outbox: Queue of messages to the client.
        downstream: Connection for which we make offers; `None` if the client makes all offers.
    """

    def __init__(self, publisher: Publisher, outbox: Outbox, downstream: Peer | None) -> None:
        self._publisher = publisher
        self._outbox = outbox
        self._offered = OfferedSections(outbox)
        self._own = OwnSections(downstream, outbox) if downstream is not None else None
        self._remote_ufrag = ""
        self._answers = 0

    @property
    def sections(self) -> Sections:
        """Sections that subscriptions use."""
        return self._own or self._offered

    def negotiate(self) -> None:
        """Request or offer the sections that subscriptions need."""
        self.sections.negotiate()

    def answer(self, offer: SessionDescription) -> tuple[list[Track], list[Track]]:
        """Answer an offer.

        Returns:
            The new tracks, and the removed ones.

        Raises:
            WireError: The offer cannot be read.
        """
        description = sdp.parse_description(offer.sdp)
        peer = self._publisher.peer
        if self._remote_ufrag and self._remote_ufrag != description.ufrag:
            peer.restart_ice()
        self._remote_ufrag = description.ufrag
        new, gone = self._publisher.match(description)
        transport = peer.describe("passive")
        self._offered.begin_answer()
        sections = [
            (section.mid, self._answer_section(section, transport)) for section in description.sections
        ]
        self._answers += 1
        answer = SessionDescription(
            type="answer",
            sdp=sdp.write_description(id(self) & 0x7FFFFFFF, self._answers, sections),
            id=offer.id,
            mid_to_track_id=self._offered.tracks,
        )
        peer.expect(description.fingerprint)
        self._outbox.send(SignalResponse(answer=answer))
        return new, gone

    def _answer_section(self, section: sdp.Section, transport: sdp.Transport) -> list[str]:
        if section.kind == "application":
            return sdp.write_section(section, transport, codec=None)
        lines = self._publisher.answer(section, transport)
        if lines is None and section.only_receives and self._own is None:
            lines = self._offered.fill(section, transport)
        return lines or refuse(section, transport)

    def accept(self, answer: SessionDescription) -> None:
        """Process the answer to our offer, and offer what has changed since.

        Raises:
            WireError: The answer cannot be read.
        """
        if self._own is not None:
            self._own.accept(answer)
            self._own.negotiate()

    def restart(self) -> None:
        """Send our offers again after the client has resumed on a new socket."""
        if self._own is not None:
            self._own.restart()
            self._own.negotiate()
