"""One peer connection, our side of it: DTLS, SRTP and SCTP over the shared ports.

Of aiortc only the DTLS and SCTP transports are used, over an ICE path of our own; packets are encrypted
and decrypted with the sessions that its handshake leaves behind. Those are private parts, which is why the
version is pinned (docs/decisions/0012-rooms.md).
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
_SCTP_HEADROOM_BYTES: Final = 256 * 1024  # lossy data above it is stale before it leaves
_CHANNEL_BYTES: Final = 64 * 1024  # handed to SCTP at once; what waits before it goes in turn
_DELIVERY_S: Final = 150e-6  # of the processor's time, for sending a message to one viewer


def random_text(length: int) -> str:
    """Letters and digits that nobody can guess."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


class PeerEvents(Protocol):
    """Who a connection belongs to."""

    def on_connected(self, peer: "Peer") -> None:
        """Packets can be sent now."""

    def on_rtp(self, peer: "Peer", packet: RtpPacket, arrival_s: float) -> None:
        """A media packet came."""

    def on_feedback(self, peer: "Peer", feedback: list[Feedback]) -> None:
        """RTCP came."""

    def on_message(self, peer: "Peer", label: str, message: bytes) -> None:
        """A message came on a data channel."""

    def on_lost(self, peer: "Peer") -> None:
        """The connection has failed or was closed by the other side."""


class Certificate:
    """The certificate of this process: one for all connections, made at start."""

    def __init__(self) -> None:
        self.own = RTCCertificate.generateCertificate()
        self.fingerprint = next(
            print_.value for print_ in self.own.getFingerprints() if print_.algorithm == "sha-256"
        )


class _Path:
    """What aiortc's DTLS asks of an ICE transport."""

    role = "controlled"

    def __init__(self, data_share: float) -> None:
        self.share = TimeShare(data_share, time.monotonic())
        self._handed_s: float | None = None
        self.records: asyncio.Queue[bytes | None] = asyncio.Queue(_WAITING_RECORDS)
        self.route: Route | None = None

    async def _recv(self) -> bytes:
        """The next record. One client's flood keeps nobody waiting: between two records all have a turn."""
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
    """The connection.

    Args:
        ice: What packets come and go through.
        certificate: Ours.
        events: Told what happens.
        opens_channels: Whether we open the data channels; the client does otherwise.
        tcp_only: Whether the client is told of TCP only, if there is that.
        data_share: Of the processor, for what comes on data channels.
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
        """New credentials; the encryption above them goes on as it is."""
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
        """What a session description says about how to reach us.

        Args:
            setup: `passive` in answers, `actpass` in offers.
        """
        return Transport(self._ufrag, self._password, self._fingerprint, setup, self._candidates)

    def expect(self, fingerprint: tuple[str, str]) -> None:
        """The certificate that the client must show; the first one stays."""
        self._remote = self._remote or fingerprint
        self._start_if_ready()

    def _start_if_ready(self) -> None:
        if self._remote is not None and self._path.route is not None:
            self._ready.set()

    # Life

    async def run(self) -> None:
        """Connect as soon as the client can be reached; return when the connection has ended."""
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
        """Free what OpenSSL and libsrtp hold now, and not when the cycles around it are collected."""
        for name in ("_ssl", "_rx_srtp", "_tx_srtp"):
            setattr(self._dtls, name, None)

    def lose(self) -> None:
        """Say that the connection has ended, unless that was wanted."""
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
        """End the connection; `run` returns soon after. May be called twice, and before it was started."""
        self._ended.set()

    # Packets

    def receive_dtls(self, datagram: bytes) -> None:
        """See `Connection`."""
        if not self._path.records.full():  # DTLS and SCTP send again what is lost
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
        except (pylibsrtp.Error, WireError):  # forged, repeated or malformed: as if it had been lost
            self._ice.dropped += 1

    def send_rtp(self, packet: bytes) -> None:
        """Encrypt and send; nothing happens while not connected."""
        route = self._path.route
        if self.connected and route is not None:
            try:
                sent = route.send(self._dtls._tx_srtp.protect(packet))  # noqa: SLF001
            except pylibsrtp.Error:  # longer than libsrtp's buffer
                sent = False
            self._ice.dropped += not sent

    def send_rtcp(self, packet: bytes) -> None:
        """Encrypt and send; nothing happens while not connected."""
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
        """A message that came here goes to so many: its sender pays for that."""
        self._path.share.charge(count * _DELIVERY_S)

    def _waiting_bytes(self, channel: RTCDataChannel) -> int:
        """Memory that is taken by what this viewer has not taken yet."""
        chunks = len(self._sctp._outbound_queue) + len(self._sctp._data_channel_queue)  # noqa: SLF001
        return channel.bufferedAmount + chunks * OVERHEAD_BYTES

    def send_message(self, label: str, message: bytes, *, sender: str, max_waiting_bytes: int) -> None:
        """Send on a data channel, or keep it until the channel is open and has sent what came before.

        Lossy messages are dropped when the viewer does not keep up.

        Args:
            label: Of the channel.
            message: What is sent.
            sender: Whose it is: of several senders' messages that wait each goes in turn.
            max_waiting_bytes: A limit.

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
