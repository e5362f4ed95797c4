"""Connection of a light client to a server: UDP with connectivity checks, DTLS, SRTP; its descriptions."""

import asyncio
import binascii
import contextlib
import hashlib
import hmac
import re
import secrets
import socket
import struct
from collections.abc import Callable
from typing import Any, Final

from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcsctptransport import RTCSctpCapabilities, RTCSctpTransport

from visavis.rooms.wire.sdp import SCTP_PORT, Section, parse_description
from visavis.rooms.wire.stun import MAGIC, Address

SSRC: Final = 77777
PAYLOAD_TYPE: Final = 96
CHECK_EVERY_S: Final = 1.0
_SO_TIMESTAMPNS: Final = 35


class Line:
    """A UDP socket to the server: connectivity checks, DTLS, SRTP."""

    role = "controlling"

    def __init__(self, certificate: RTCCertificate, on_media: Callable[[bytes, float], None]) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.bind(("127.0.0.1", 0))
        self._on_media = on_media
        self._records: asyncio.Queue[bytes] = asyncio.Queue()
        self._answered = asyncio.Event()
        self._server: Address | None = None
        self._found = asyncio.Event()
        self._tasks: list[asyncio.Task[Any]] = []
        self.ufrag, self.password = secrets.token_hex(4), secrets.token_hex(12)
        self.fingerprint = next(
            each.value for each in certificate.getFingerprints() if each.algorithm == "sha-256"
        )
        self.dtls = RTCDtlsTransport(self, [certificate])  # type: ignore[arg-type]
        self.dtls._set_role("client")
        self.sctp = RTCSctpTransport(self.dtls)

    @property
    def connected(self) -> bool:
        """Whether packets can be sent and read."""
        return self.dtls.state == "connected"

    def note_candidate(self, text: str) -> None:
        """Use the first IPv4 address for UDP in a description or a candidate."""
        found = re.search(r"candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host", text)
        if found and self._server is None:
            self._server = (found[1], int(found[2]))
            self._found.set()

    async def connect(self, sdp: str) -> None:
        """Connect to the server of a description."""
        self.note_candidate(sdp)
        ufrag, password = re.search(r"a=ice-ufrag:(\S+)", sdp), re.search(r"a=ice-pwd:(\S+)", sdp)
        if not (ufrag and password):
            raise RuntimeError("the description has no ICE user")
        await self._found.wait()
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._read)
        user = f"{ufrag[1]}:{self.ufrag}".encode()
        self._tasks.append(asyncio.create_task(self._check(user, password[1].encode())))
        await self._answered.wait()
        algorithm, value = parse_description(sdp).fingerprint
        parameters = RTCDtlsParameters(fingerprints=[RTCDtlsFingerprint(algorithm=algorithm, value=value)])
        await self.dtls.start(parameters)
        if not self.connected:
            raise RuntimeError("no DTLS")
        await self.sctp.start(RTCSctpCapabilities(maxMessageSize=65536), SCTP_PORT)

    async def _check(self, user: bytes, password: bytes) -> None:
        while True:
            request = binding_request(user, password)
            self.send(request)
            await asyncio.sleep(CHECK_EVERY_S if self._answered.is_set() else 0.1)

    def send(self, datagram: bytes) -> None:
        """Send a datagram unchanged."""
        if self._server is not None:
            with contextlib.suppress(BlockingIOError):
                self._socket.sendto(datagram, self._server)

    async def _send(self, datagram: bytes) -> None:
        self.send(datagram)

    async def _recv(self) -> bytes:
        return await self._records.get()

    def _read(self) -> None:
        for _ in range(64):
            try:
                datagram, ancillary, _flags, _address = self._socket.recvmsg(2048, 64)
            except OSError:
                return
            first = datagram[0]
            if first < 4:
                self._answered.set()
            elif first >= 128:
                seconds, nanoseconds = struct.unpack_from("qq", ancillary[0][2])
                self._on_media(datagram, seconds + nanoseconds * 1e-9)
            else:
                self._records.put_nowait(datagram)

    def protect(self, packet: bytes, *, control: bool) -> None:
        """Encrypt and send a packet."""
        session = self.dtls._tx_srtp
        self.send(session.protect_rtcp(packet) if control else session.protect(packet))

    async def close(self) -> None:
        """Close the socket."""
        for task in self._tasks:
            task.cancel()
        await self.sctp.stop()
        await self.dtls.stop()
        asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self._socket.close()


def binding_request(user: bytes, password: bytes) -> bytes:
    """A nominating connectivity check (RFC 8445)."""
    transaction = secrets.token_bytes(12)

    def head(size: int) -> bytes:
        return struct.pack("!HHI", 1, size, MAGIC) + transaction

    body = struct.pack("!HH", 6, len(user)) + user + bytes(-len(user) % 4)
    body += struct.pack("!HHQ", 0x802A, 8, 1) + struct.pack("!HH", 0x25, 0)
    body += struct.pack("!HHI", 0x24, 4, 0x6E7F00FF)
    digest = hmac.new(password, head(len(body) + 24) + body, hashlib.sha1).digest()
    body += struct.pack("!HH", 8, 20) + digest
    message = head(len(body) + 8) + body
    return message + struct.pack("!HHI", 0x8028, 4, binascii.crc32(message) ^ 0x5354554E)


def answer_to(offer: str, line: Line) -> str:
    """An answer that accepts an offer; without congestion control, so that all servers send alike."""
    text = []
    for section in parse_description(offer).sections:
        text += _section(section, line, "recvonly")
    return _description(text, [section.mid for section in parse_description(offer).sections])


def offer_of_video(line: Line, cid: str) -> str:
    """An offer of one video track and the data channels."""
    text = _section(Section("application", "0", "sendrecv"), line, "sendrecv")
    video = Section("video", "1", "sendonly", rtpmap={PAYLOAD_TYPE: "VP8/90000"})
    text += _section(video, line, "sendonly")
    text += [f"a=msid:stream {cid}", f"a=ssrc:{SSRC} cname:light", f"a=ssrc:{SSRC} msid:stream {cid}"]
    return _description(text, ["0", "1"])


def _section(section: Section, line: Line, direction: str) -> list[str]:
    ice = [f"a=mid:{section.mid}", f"a=ice-ufrag:{line.ufrag}", f"a=ice-pwd:{line.password}"]
    ice += [f"a=fingerprint:sha-256 {line.fingerprint}", "a=setup:active"]
    if section.kind == "application":
        head = ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0"]
        return [*head, *ice, f"a=sctp-port:{SCTP_PORT}", "a=max-message-size:65536"]
    number = next(key for key, name in section.rtpmap.items() if name.lower().startswith(("vp8", "opus")))
    fmtp = [f"a=fmtp:{number} {section.fmtp[number]}"] if section.fmtp.get(number) else []
    feedback = [f"a=rtcp-fb:{number} nack pli"] if section.kind == "video" else []
    going = direction if section.direction != "inactive" else "inactive"
    head = [f"m={section.kind} 9 UDP/TLS/RTP/SAVPF {number}", "c=IN IP4 0.0.0.0", *ice, f"a={going}"]
    return [*head, "a=rtcp-mux", f"a=rtpmap:{number} {section.rtpmap[number]}", *fmtp, *feedback]


def _description(text: list[str], mids: list[str]) -> str:
    head = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE " + " ".join(mids)]
    return "\r\n".join(["\r\n".join(head), *text]) + "\r\n"
