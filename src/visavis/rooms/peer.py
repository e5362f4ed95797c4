"""Our side of one peer connection: DTLS, SRTP and SCTP over the shared ports.

From aiortc it uses only the DTLS and SCTP transports, over our own ICE path. Packets are encrypted and
decrypted with the keys of the DTLS handshake. These parts are private, which is why the version is pinned
(docs/decisions/0012-rooms.md).
"""

import asyncio
import secrets
import string
import time
from typing import Final, Protocol

import pylibsrtp
import structlog
from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters
from aiortc.rtcdatachannel import RTCDataChannel, RTCDataChannelParameters
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcsctptransport import RTCSctpCapabilities, RTCSctpTransport

from visavis.errors import RoomLimitError, WireError
from visavis.rooms.ice import Ice, Route
from visavis.rooms.limits import TimeShare
from visavis.rooms.waiting import OVERHEAD_BYTES, FairQueue
from visavis.rooms.wire.rtcp import Feedback, parse_rtcp
from visavis.rooms.wire.rtp import RtpPacket, is_rtcp, parse_rtp
from visavis.rooms.wire.sdp import MAX_MESSAGE_BYTES, SCTP_PORT, Transport

log = structlog.get_logger()

RELIABLE: Final = "_reliable"
LOSSY: Final = "_lossy"
DATA_TRACK: Final = "_data_track"

_ALPHABET: Final = string.ascii_letters + string.digits
_WAITING_RECORDS: Final = 2048
_HANDSHAKE_S: Final = 30.0
_SCTP_HEADROOM_BYTES: Final = 256 * 1024  # more lossy data would be stale when it is sent
_CHANNEL_BYTES: Final = 64 * 1024  # given to SCTP at once; the rest waits its turn
_DELIVERY_S: Final = 150e-6  # processor time to send a message to one viewer


def random_text(length: int) -> str:
    """Random letters and digits, impossible to guess."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


class PeerEvents(Protocol):
    """Receives the events of a connection."""

    def on_connected(self, peer: "Peer") -> None:
        """The connection is ready to send."""

    def on_rtp(self, peer: "Peer", packet: RtpPacket, arrival_s: float) -> None:
        """A media packet came in."""

    def on_feedback(self, peer: "Peer", feedback: list[Feedback]) -> None:
        """RTCP came in."""

    def on_message(self, peer: "Peer", label: str, message: bytes) -> None:
        """A message came in on a data channel."""

    def on_lost(self, peer: "Peer") -> None:
        """The connection failed, or the other side closed it."""


class Certificate:
    """The certificate of this process, made at start for all connections."""

    def __init__(self) -> None:
        self.own = RTCCertificate.generateCertificate()
        self.fingerprint = next(
            print_.value for print_ in self.own.getFingerprints() if print_.algorithm == "sha-256"
        )


class _Path:
    """The ICE transport that aiortc's DTLS uses."""

    role = "controlled"

    def __init__(self, data_share: float) -> None:
        self.share = TimeShare(data_share, time.monotonic())
        self._handed_s: float | None = None
        self.records: asyncio.Queue[bytes | None] = asyncio.Queue(_WAITING_RECORDS)
        self.route: Route | None = None

    async def _recv(self) -> bytes:
        """Wait for the next record. Other tasks run between two records: one flood delays nobody else."""
        now_s = time.monotonic()
        if self._handed_s is not None:
            self.share.charge(now_s - self._handed_s)
            self._handed_s = None
        await asyncio.sleep(self.share.wait_s(now_s))
        record = await self.records.get()
        if record is None:
            raise ConnectionError
        self._handed_s = time.monotonic()
        return record

    async def _send(self, datagram: bytes) -> None:
        if self.route is not None:
            self.route.send(datagram)


class Peer:
    """A peer connection.

    Args:
        ice: Routes for packets.
        certificate: Certificate of this process.
        events: Receiver of the events.
        opens_channels: Whether we open the data channels instead of the client.
        tcp_only: Whether the client gets only TCP candidates, if there are any.
        data_share: Share of the processor for data channels.
    """

    def __init__(
        self,
        ice: Ice,
        certificate: Certificate,
        events: PeerEvents,
        *,
        opens_channels: bool,
        tcp_only: bool,
        data_share: float,
    ) -> None:
        self._ice = ice
        self._candidates = ice.candidates.lines(tcp_only=tcp_only)
        self._events = events
        self._fingerprint = certificate.fingerprint
        self._opens_channels = opens_channels
        self._path = _Path(data_share)
        self._dtls = RTCDtlsTransport(self._path, [certificate.own])  # type: ignore[arg-type]
        self._dtls._set_role("server")  # noqa: SLF001
        self._sctp = RTCSctpTransport(self._dtls)
        self._channels: dict[str, RTCDataChannel] = {}
        self._waiting = FairQueue()
        self._remote: tuple[str, str] | None = None
        self._ready = asyncio.Event()
        self._lost = asyncio.Event()
        self._ended = asyncio.Event()
        self.connected = False
        self._ufrag = self._password = ""
        self.restart_ice()

    # ICE

    def restart_ice(self) -> None:
        """Create new ICE credentials; the encryption above them continues."""
        self._ufrag, self._password = random_text(8), random_text(24)
        self._ice.register(self._ufrag, self)

    def password_of(self, ufrag: str) -> str | None:
        """See `Connection`."""
        return self._password if ufrag == self._ufrag else None

    def use_route(self, route: Route, *, nominated: bool) -> None:
        """See `Connection`."""
        if self._path.route is None or nominated:
            self._path.route = route
            self._start_if_ready()

    def describe(self, setup: str) -> Transport:
        """Transport part of a session description.

        Args:
            setup: `passive` in answers, `actpass` in offers.
        """
        return Transport(self._ufrag, self._password, self._fingerprint, setup, self._candidates)

    def expect(self, fingerprint: tuple[str, str]) -> None:
        """Set the fingerprint of the client's certificate; the first one stays."""
        self._remote = self._remote or fingerprint
        self._start_if_ready()

    def _start_if_ready(self) -> None:
        if self._remote is not None and self._path.route is not None:
            self._ready.set()

    # Lifetime

    async def run(self) -> None:
        """Connect when the client can be reached; return when the connection has ended."""
        try:
            await _first_of(self._ready, self._ended)
            if not self._ended.is_set():
                await self._connect()
        finally:
            self.connected = False
            self._ice.forget(self)
            await self._sctp.stop()
            await self._dtls.stop()
            self._release()
        self.lose()

    def _release(self) -> None:
        """Free the memory of OpenSSL and libsrtp now, not when the garbage collector runs."""
        for name in ("_ssl", "_rx_srtp", "_tx_srtp"):
            setattr(self._dtls, name, None)

    def lose(self) -> None:
        """Report that the connection has ended, unless we closed it."""
        if not self._ended.is_set():
            self._ended.set()
            self._events.on_lost(self)

    async def _connect(self) -> None:
        if self._remote is None:
            return
        algorithm, value = self._remote
        self._dtls.on("statechange", self._note_state)
        fingerprints = [RTCDtlsFingerprint(algorithm=algorithm, value=value)]
        try:
            async with asyncio.timeout(_HANDSHAKE_S):
                await self._dtls.start(RTCDtlsParameters(fingerprints=fingerprints))
        except TimeoutError:
            return
        if self._dtls.state != "connected":
            log.warning("rooms_dtls_failed", state=self._dtls.state)
            return
        self.connected = True
        self._sctp.on("datachannel", self._add_channel)
        await self._sctp.start(RTCSctpCapabilities(maxMessageSize=MAX_MESSAGE_BYTES), SCTP_PORT)
        if self._opens_channels:
            self._open_channels()
        self._events.on_connected(self)
        await _first_of(self._ended, self._lost)

    def _note_state(self) -> None:
        if self._dtls.state in ("closed", "failed"):
            self._lost.set()

    def close(self) -> None:
        """End the connection; `run` returns soon after. May be called twice, and before `run`."""
        self._ended.set()

    # Packets

    def receive_dtls(self, datagram: bytes) -> None:
        """See `Connection`."""
        if not self._path.records.full():  # DTLS and SCTP repeat lost records
            self._path.records.put_nowait(datagram)

    def receive_media(self, datagram: bytes, arrival_s: float) -> None:
        """See `Connection`."""
        if not self.connected:
            return
        session = self._dtls._rx_srtp  # noqa: SLF001
        try:
            if is_rtcp(datagram):
                self._events.on_feedback(self, parse_rtcp(session.unprotect_rtcp(datagram)))
            else:
                self._events.on_rtp(self, parse_rtp(session.unprotect(datagram)), arrival_s)
        except (pylibsrtp.Error, WireError):  # forged, repeated or malformed: treat it as lost
            self._ice.dropped += 1

    def send_rtp(self, packet: bytes) -> None:
        """Encrypt and send a packet; does nothing while not connected."""
        route = self._path.route
        if self.connected and route is not None:
            try:
                sent = route.send(self._dtls._tx_srtp.protect(packet))  # noqa: SLF001
            except pylibsrtp.Error:  # longer than the buffer of libsrtp
                sent = False
            self._ice.dropped += not sent

    def send_rtcp(self, packet: bytes) -> None:
        """Encrypt and send a packet; does nothing while not connected."""
        route = self._path.route
        if self.connected and route is not None:
            self._ice.dropped += not route.send(self._dtls._tx_srtp.protect_rtcp(packet))  # noqa: SLF001

    # Messages

    def _open_channels(self) -> None:
        for label, ordered, retransmits in (
            (RELIABLE, True, None),
            (LOSSY, False, 0),
            (DATA_TRACK, False, 0),
        ):
            parameters = RTCDataChannelParameters(label=label, ordered=ordered, maxRetransmits=retransmits)
            self._add_channel(RTCDataChannel(self._sctp, parameters))

    def _add_channel(self, channel: RTCDataChannel) -> None:
        label = channel.label
        if label not in (RELIABLE, LOSSY, DATA_TRACK):
            return
        self._channels[label] = channel
        channel.bufferedAmountLowThreshold = _CHANNEL_BYTES // 2
        channel.on("open", self._send_waiting)
        channel.on("bufferedamountlow", self._send_waiting)
        channel.on("message", lambda message: self._receive_message(label, message))
        self._send_waiting()

    def _receive_message(self, label: str, message: bytes | str) -> None:
        if isinstance(message, bytes):
            self._events.on_message(self, label, message)

    def charge_deliveries(self, count: int) -> None:
        """Charge the sender of a message for its delivery to `count` viewers."""
        self._path.share.charge(count * _DELIVERY_S)

    def _waiting_bytes(self, channel: RTCDataChannel) -> int:
        """Memory of the messages that this viewer has not read yet."""
        chunks = len(self._sctp._outbound_queue) + len(self._sctp._data_channel_queue)  # noqa: SLF001
        return channel.bufferedAmount + chunks * OVERHEAD_BYTES

    def send_message(self, label: str, message: bytes, *, sender: str, max_waiting_bytes: int) -> None:
        """Send on a data channel, or keep the message until the channel is open and has sent earlier ones.

        Lossy messages are dropped if the viewer does not keep up.

        Args:
            label: Label of the channel.
            message: Message.
            sender: Sender; if several have messages that wait, they take turns.
            max_waiting_bytes: Limit of what waits.

        Raises:
            RoomLimitError: More than `max_waiting_bytes` wait for this viewer; the message is lost.
        """
        channel = self._channels.get(label)
        taken = self._waiting_bytes(channel) if channel is not None else 0
        if label == RELIABLE:
            if taken + self._waiting.waiting_bytes + len(message) > max_waiting_bytes:
                raise RoomLimitError("The viewer does not receive its data fast enough.")
            self._waiting.put(sender, message)
            self._send_waiting()
        elif channel is not None and channel.readyState == "open" and taken < _SCTP_HEADROOM_BYTES:
            channel.send(message)

    def _send_waiting(self) -> None:
        channel = self._channels.get(RELIABLE)
        if channel is None or channel.readyState != "open":
            return
        while channel.bufferedAmount < _CHANNEL_BYTES and (message := self._waiting.take()) is not None:
            channel.send(message)


async def _first_of(*events: asyncio.Event) -> None:
    """Wait until one of the events is set."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
