"""Assigns media sections to the tracks that a client receives.

There are two ways, and clients choose one. With one peer connection, the client makes every offer: we fill
its free sections, and ask for more when there are too few. With two, we make the offers for the second one,
one at a time.
"""

import secrets
from dataclasses import dataclass, replace
from typing import Final, Protocol

from livekit.protocol.rtc import MediaSectionsRequirement, SessionDescription, SignalResponse

from visavis.rooms.outbox import Outbox
from visavis.rooms.peer import Peer
from visavis.rooms.tracks import Subscription
from visavis.rooms.wire import sdp
from visavis.rooms.wire.codecs import Codec

_KINDS: Final = ("audio", "video")
_DATA_MID: Final = "0"


class Sections(Protocol):
    """What a subscriber needs from either way."""

    def place(self, view: Subscription) -> None:
        """Assign a section to a subscription."""

    def take_away(self, view: Subscription) -> None:
        """Release the section of a subscription."""

    def negotiate(self) -> None:
        """Send the client what has changed, if anything."""


class OfferedSections:
    """Sections that the client offers.

    Args:
        outbox: Queue for requests for more sections.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._by_mid: dict[str, Subscription] = {}
        self._waiting: list[Subscription] = []
        self._free = dict.fromkeys(_KINDS, 0)
        self._asked = False
        self._released: set[str] = set()

    @property
    def tracks(self) -> dict[str, str]:
        """Sids of the tracks that are sent, by mid."""
        return {mid: view.track.info.sid for mid, view in self._by_mid.items()}

    def place(self, view: Subscription) -> None:
        """See `Sections`."""
        self._waiting.append(view)

    def take_away(self, view: Subscription) -> None:
        """See `Sections`."""
        if view in self._waiting:
            self._waiting.remove(view)
        else:
            self._by_mid.pop(view.mid, None)
            self._released.add(view.mid)

    def begin_answer(self) -> None:
        """Start to answer an offer; `fill` follows for each section in which the client only receives."""
        self._free = dict.fromkeys(_KINDS, 0)
        self._asked = False

    def fill(self, section: sdp.Section, transport: sdp.Transport) -> list[str] | None:
        """Fill a section with a subscription that waits; `None` if none fits."""
        view = self._by_mid.get(section.mid)
        if section.mid in self._released:  # clients see a new track only after the section was inactive
            self._released.discard(section.mid)
        elif view is None:
            view = self._take_waiting(section)
        if view is None or view.track.codec is None:
            self._free[section.kind] += 1
            return None
        number = accepted_number(section, view.track.codec)
        if number is None:
            return None
        view.mid, view.codec_number, view.rtx_number = section.mid, number, section.rtx.get(number)
        self._by_mid[section.mid] = view
        own = replace(section, direction="sendonly", rids=())
        return sdp.write_section(own, transport, codec=number, outgoing=_outgoing(view))

    def _take_waiting(self, section: sdp.Section) -> Subscription | None:
        for view in self._waiting:
            codec = view.track.codec
            if view.track.kind == section.kind and codec and accepted_number(section, codec) is not None:
                self._waiting.remove(view)
                return view
        return None

    def negotiate(self) -> None:
        """See `Sections`: requests an offer with enough sections, once until it comes."""
        if self._asked or not (self._waiting or self._released):
            return
        missing = {
            kind: max(0, sum(view.track.kind == kind for view in self._waiting) - self._free[kind])
            for kind in _KINDS
        }
        self._asked = True
        requirement = MediaSectionsRequirement(num_audios=missing["audio"], num_videos=missing["video"])
        self._outbox.send(SignalResponse(media_sections_requirement=requirement))


@dataclass
class _Slot:
    """One of our sections. It stays with its first track: clients keep the name of that track for it."""

    mid: str
    codec: Codec
    sid: str
    view: Subscription | None
    rested: bool = False


class OwnSections:
    """Sections that we offer.

    Args:
        peer: Their connection.
        outbox: Queue for offers.
    """

    def __init__(self, peer: Peer, outbox: Outbox) -> None:
        self._peer = peer
        self._outbox = outbox
        self._slots: list[_Slot] = []
        self._session = secrets.randbits(31)
        self._offers = 0
        self._unanswered = False
        self._stale = True  # the first offer opens the data channels

    def place(self, view: Subscription) -> None:
        """See `Sections`."""
        codec = view.track.codec
        if codec is None:
            return
        sid = view.track.info.sid
        slot = next((slot for slot in self._slots if slot.sid == sid and slot.rested), None)
        if slot is None:
            slot = _Slot(str(len(self._slots) + 1), codec, sid, view)
            self._slots.append(slot)
        slot.view, slot.rested = view, False
        view.codec_number, view.rtx_number = codec.payload_type, codec.rtx_payload_type
        self._stale = True

    def take_away(self, view: Subscription) -> None:
        """See `Sections`."""
        for slot in self._slots:
            if slot.view is view:
                slot.view = None
                self._stale = True

    def restart(self) -> None:
        """Send a new offer to a client that has resumed."""
        self._unanswered = False
        self._stale = True

    def negotiate(self) -> None:
        """See `Sections`: sends an offer, unless an earlier one is still unanswered."""
        if self._unanswered or not self._stale:
            return
        self._stale = False
        self._unanswered = True
        self._offers += 1
        transport = self._peer.describe("actpass")
        data = sdp.Section("application", _DATA_MID, "sendrecv")
        sections = [(_DATA_MID, sdp.write_section(data, transport, codec=None))]
        sections += [(slot.mid, _offer_slot(slot, transport)) for slot in self._slots]
        offer = SessionDescription(
            type="offer",
            sdp=sdp.write_description(self._session, self._offers, sections),
            id=self._offers,
            mid_to_track_id={slot.mid: slot.view.track.info.sid for slot in self._slots if slot.view},
        )
        self._outbox.send(SignalResponse(offer=offer))

    def accept(self, answer: SessionDescription) -> None:
        """Process an answer; an answer to an older offer is ignored.

        Raises:
            WireError: The answer cannot be read.
        """
        if not self._unanswered or (answer.id and answer.id != self._offers):
            return
        description = sdp.parse_description(answer.sdp)
        self._unanswered = False
        self._peer.expect(description.fingerprint)
        taken = {section.mid for section in description.sections if section.direction != "inactive"}
        for slot in self._slots:
            slot.rested = slot.view is None and slot.mid not in taken
            if slot.view is not None and slot.mid in taken:
                slot.view.mid = slot.mid
                slot.view.begin()


def accepted_number(section: sdp.Section, codec: Codec) -> int | None:
    """Payload type under which a client accepts a codec; for H.264 the profile must match too."""
    for number, name in section.rtpmap.items():
        if name.partition("/")[0].lower() != codec.name:
            continue
        parameters = section.fmtp.get(number, "")
        if codec.name != "h264" or ("42e01f" in parameters and "packetization-mode=1" in parameters):
            return number
    return None


def _outgoing(view: Subscription) -> sdp.Outgoing:
    return sdp.Outgoing(view.stream, view.track.info.sid, view.ssrc, view.rtx_ssrc)


def _offer_slot(slot: _Slot, transport: sdp.Transport) -> list[str]:
    codec = slot.codec
    rtx = {} if codec.rtx_payload_type is None else {codec.payload_type: codec.rtx_payload_type}
    section = sdp.Section(
        kind=codec.kind,
        mid=slot.mid,
        direction="sendonly" if slot.view else "inactive",
        rtpmap={codec.payload_type: codec.rtpmap},
        fmtp={codec.payload_type: codec.fmtp},
        rtx=rtx,
    )
    outgoing = _outgoing(slot.view) if slot.view else None
    return sdp.write_section(section, transport, codec=codec.payload_type, outgoing=outgoing)
