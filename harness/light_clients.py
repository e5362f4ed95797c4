"""Clients that need little processor time, so that a benchmark measures the room server and not its clients.

A sender makes packets that look like VP8 and contain their time of sending, which viewers read. Only some
viewers decrypt packets; the others count them. One process has many of them:

    python -m harness.light_clients send|view   (one JSON order on standard input)

They use the protocol with two connections, over UDP, to an ICE-lite server.
"""

import asyncio
import contextlib
import json
import secrets
import struct
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import pylibsrtp
from aiortc import RTCCertificate
from livekit.protocol.models import TrackSource, TrackType
from livekit.protocol.rtc import (
    AddTrackRequest,
    SessionDescription,
    SignalRequest,
    SignalResponse,
    SignalTarget,
)

from harness.light_line import PAYLOAD_TYPE, SSRC, Line, answer_to, offer_of_video
from visavis.rooms.wire.rtcp import (
    KeyframeRequest,
    ReceptionReport,
    SenderReport,
    pack_receiver_report,
    parse_rtcp,
)
from visavis.rooms.wire.rtp import is_rtcp, parse_rtp

FPS: Final = 25
PACKETS_A_FRAME: Final = 5
PAYLOAD_BYTES: Final = 1090
CLOCK_HZ: Final = 90000
REPORT_EVERY_S: Final = 1.0
DEADLINE_S: Final = 30.0
NTP_EPOCH_S: Final = 2208988800

_KEYFRAME: Final = (
    b"\x10\x10\x02\x00\x9d\x01\x2a\x80\x02\xe0\x01"  # descriptor, frame tag, start code, 640 x 480
)
_DELTA: Final = b"\x10\x11\x02\x00" + bytes(7)
_REST: Final = b"\x00" + bytes(10)  # not the first packet of its frame
_STAMP: Final = struct.Struct("!QI")  # nanoseconds of Unix time, RTP timestamp


@contextlib.asynccontextmanager
async def signalling(
    session: aiohttp.ClientSession, url: str, token: str
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Open a signalling socket, which sends a leave message at the end."""
    query = {
        "access_token": token,
        "protocol": "16",
        "sdk": "python",
        "version": "1.1.21",
        "auto_subscribe": "1",
    }
    query["client_protocol"] = "1"
    async with session.ws_connect(f"{url}/rtc", params=query, max_msg_size=0) as talk:
        yield talk


async def responses(talk: aiohttp.ClientWebSocketResponse) -> AsyncIterator[SignalResponse]:
    """Yield the messages of the server; pings are sent meanwhile."""
    pinged_s = time.monotonic()
    while True:
        try:
            message = await talk.receive(timeout=5)
        except TimeoutError:
            message = None
        if time.monotonic() - pinged_s > 4:
            pinged_s = time.monotonic()
            await say(talk, SignalRequest(ping=time.time_ns() // 1_000_000))
        if message is None:
            continue
        if message.type is not aiohttp.WSMsgType.BINARY:
            return
        yield SignalResponse.FromString(message.data)


async def say(talk: aiohttp.ClientWebSocketResponse, request: SignalRequest) -> None:
    """Send a message to the server."""
    await talk.send_bytes(request.SerializeToString())


@dataclass
class Seen:
    """Measurements of one viewer.

    Attributes:
        latencies_s: Time from sending to the kernel's receipt, for decrypted packets.
        mapping_s: Largest difference between the time of a sender report and that in the packets.
        drift_s: Change of RTP time against the sender's clock since the first packet.
        longest_gap_s: Longest time without a packet.
    """

    probe: bool
    packets: int = 0
    lost: int = 0
    connected_s: float = 0.0
    latencies_s: list[float] = field(default_factory=list)
    mapping_s: float = 0.0
    drift_s: float = 0.0
    longest_gap_s: float = 0.0


class Viewer:
    """Receives everything in a room.

    Args:
        certificate: DTLS certificate.
        probe: Whether to decrypt packets, which is needed to measure.
    """

    def __init__(self, certificate: RTCCertificate, *, probe: bool) -> None:
        self.seen = Seen(probe)
        self.line = Line(certificate, self._take)
        self._highest: int | None = None
        self._ssrc = 0
        self._last_s = 0.0
        self._first: tuple[float, int] | None = None
        self._latest: tuple[float, int] | None = None
        self._recent: list[float] = []
        self.first_packet = asyncio.Event()
        self.reported = asyncio.Event()

    async def run(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        """Receive until cancelled."""
        began_s = time.monotonic()
        connecting: asyncio.Task[None] | None = None
        reporting = asyncio.create_task(self._report())
        try:
            async with signalling(session, url, token) as talk:
                async for response in responses(talk):
                    if response.trickle.target == SignalTarget.SUBSCRIBER:
                        self.line.note_candidate(response.trickle.candidateInit)
                    if response.WhichOneof("message") != "offer":
                        continue
                    answer = SessionDescription(
                        type="answer", sdp=answer_to(response.offer.sdp, self.line), id=response.offer.id
                    )
                    await say(talk, SignalRequest(answer=answer))
                    if connecting is None:
                        connecting = asyncio.create_task(self.line.connect(response.offer.sdp))
                        connecting.add_done_callback(lambda _: self._note_connected(began_s))
        finally:
            reporting.cancel()
            if connecting is not None:
                connecting.cancel()
            await self.line.close()

    def _note_connected(self, began_s: float) -> None:
        self.seen.connected_s = time.monotonic() - began_s

    async def _report(self) -> None:
        """Send receiver reports, as every client does."""
        while True:
            await asyncio.sleep(REPORT_EVERY_S)
            if self._ssrc and self.line.connected and self._highest is not None:
                report = ReceptionReport(self._ssrc, 0.0, 0, self._highest, 0, 0, 0.0)
                self.line.protect(pack_receiver_report([report]), control=True)

    def _take(self, datagram: bytes, arrival_s: float) -> None:
        if is_rtcp(datagram):
            if self.seen.probe and self.line.connected:
                self._read_report(datagram)
            return
        sequence, ssrc = struct.unpack_from("!HxxxxI", datagram, 2)
        if self._highest is None:
            self._highest, self._ssrc, self._last_s = sequence, ssrc, arrival_s
            self.first_packet.set()
            if self.line.connected:
                self.line.protect(KeyframeRequest(ssrc).pack(), control=True)
        elif ssrc == self._ssrc:
            step = (sequence - self._highest + 0x8000) % 0x10000 - 0x8000
            if step > 0:
                self.seen.lost += step - 1
                self._highest = sequence
            self.seen.longest_gap_s = max(self.seen.longest_gap_s, arrival_s - self._last_s)
            self._last_s = arrival_s
        self.seen.packets += 1
        if self.seen.probe and self.line.connected:
            self._measure(datagram, arrival_s)

    def _measure(self, datagram: bytes, arrival_s: float) -> None:
        try:
            packet = parse_rtp(self.line.dtls._rx_srtp.unprotect(datagram))
        except pylibsrtp.Error:
            return
        if len(packet.payload) < 30:
            return
        sent_ns, _ = _STAMP.unpack_from(packet.payload, len(packet.payload) - _STAMP.size)
        sent_s = sent_ns * 1e-9
        self.seen.latencies_s.append(arrival_s - sent_s)
        if packet.payload.startswith(_KEYFRAME[:1]):  # stamped when the frame was, not later
            self._latest = (sent_s, packet.timestamp)
            self._first = self._first or self._latest
            step = (packet.timestamp - self._first[1]) % (1 << 32)
            self.seen.drift_s = step / CLOCK_HZ - (sent_s - self._first[0])

    def _read_report(self, datagram: bytes) -> None:
        try:
            reports = parse_rtcp(self.line.dtls._rx_srtp.unprotect_rtcp(datagram))
        except pylibsrtp.Error:
            return
        for report in reports:
            if isinstance(report, SenderReport) and self._latest is not None and report.ssrc == self._ssrc:
                at_s = (report.ntp >> 32) - NTP_EPOCH_S + (report.ntp & 0xFFFFFFFF) / (1 << 32)
                step = (self._latest[1] - report.timestamp + (1 << 31)) % (1 << 32) - (1 << 31)
                off_s = abs(at_s + step / CLOCK_HZ - self._latest[0])
                self.seen.mapping_s = max(self.seen.mapping_s, off_s)
                self.reported.set()


class Sender:
    """Sends one stream of video of about 1.1 Mbit/s into a room."""

    def __init__(self, certificate: RTCCertificate) -> None:
        self.line = Line(certificate, self._take)
        self._keyframe = True
        self._sequence = secrets.randbelow(1 << 16)
        self._timestamp = secrets.randbelow(1 << 32)
        self._packets = 0

    def _take(self, datagram: bytes, _arrival_s: float) -> None:
        if is_rtcp(datagram) and self.line.connected:
            with contextlib.suppress(pylibsrtp.Error):
                for feedback in parse_rtcp(self.line.dtls._rx_srtp.unprotect_rtcp(datagram)):
                    self._keyframe = self._keyframe or isinstance(feedback, KeyframeRequest)

    async def run(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        """Send until cancelled."""
        sending: asyncio.Task[None] | None = None
        try:
            async with signalling(session, url, token) as talk:
                async for response in responses(talk):
                    kind = response.WhichOneof("message")
                    if kind == "join":
                        await say(talk, SignalRequest(add_track=_wanted_track()))
                    elif kind == "track_published":
                        offer = SessionDescription(type="offer", sdp=offer_of_video(self.line, "light"), id=1)
                        await say(talk, SignalRequest(offer=offer))
                    elif kind == "trickle" and response.trickle.target == SignalTarget.PUBLISHER:
                        self.line.note_candidate(response.trickle.candidateInit)
                    elif kind == "answer" and sending is None:
                        sending = asyncio.create_task(self._send(response.answer.sdp))
        finally:
            if sending is not None:
                sending.cancel()
            await self.line.close()

    async def _send(self, answer: str) -> None:
        await self.line.connect(answer)
        start_s, count, reported_s = time.monotonic(), 0, 0.0
        while True:
            await asyncio.sleep(max(0.0, start_s + count / FPS - time.monotonic()))
            self._send_frame()
            if time.monotonic() - reported_s > REPORT_EVERY_S:
                reported_s = time.monotonic()
                self._send_report()
            count += 1

    def _send_frame(self) -> None:
        now_ns = time.time_ns()
        self._timestamp = now_ns * CLOCK_HZ // 1_000_000_000 % (1 << 32)
        first = _KEYFRAME if self._keyframe else _DELTA
        self._keyframe = False
        for part in range(PACKETS_A_FRAME):
            marker = 0x80 if part == PACKETS_A_FRAME - 1 else 0
            self._sequence = (self._sequence + 1) % (1 << 16)
            header = struct.pack("!BBHII", 0x80, PAYLOAD_TYPE | marker, self._sequence, self._timestamp, SSRC)
            payload = (first if part == 0 else _REST) + bytes(PAYLOAD_BYTES)
            stamp = _STAMP.pack(time.time_ns() if part else now_ns, self._timestamp)
            self.line.protect(header + payload + stamp, control=False)
            self._packets += 1

    def _send_report(self) -> None:
        now_ns = time.time_ns()
        ntp = ((now_ns // 10**9 + NTP_EPOCH_S) << 32) | (now_ns % 10**9 << 32) // 10**9
        timestamp = now_ns * CLOCK_HZ // 10**9 % (1 << 32)
        report = SenderReport(SSRC, ntp, timestamp, self._packets, self._packets * PAYLOAD_BYTES)
        self.line.protect(report.pack(), control=True)


def _wanted_track() -> AddTrackRequest:
    return AddTrackRequest(
        cid="light", name="light", type=TrackType.VIDEO, source=TrackSource.CAMERA, width=640, height=480
    )


async def send(order: dict[str, Any]) -> None:
    """Send until standard input ends."""
    async with aiohttp.ClientSession() as session:
        sender = Sender(RTCCertificate.generateCertificate())
        task = asyncio.create_task(sender.run(session, order["url"], order["token"]))
        await _until_told(task)


async def view(order: dict[str, Any]) -> None:
    """Run many viewers; answer each line on standard input with what they measured since the last one."""
    certificate = RTCCertificate.generateCertificate()
    viewers = [Viewer(certificate, probe=index in order["probes"]) for index in range(len(order["tokens"]))]
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        tasks = []
        for viewer, token in zip(viewers, order["tokens"], strict=True):
            tasks.append(asyncio.create_task(viewer.run(session, order["url"], token)))
            if len(tasks) % 10 == 0:  # not a storm: a server that others use meanwhile
                await asyncio.wait_for(tasks_first(viewers[len(tasks) - 10 : len(tasks)]), DEADLINE_S)
        await asyncio.wait_for(tasks_first(viewers), DEADLINE_S)
        _tell({"connected_s": [viewer.seen.connected_s for viewer in viewers]})
        everything = asyncio.gather(*tasks)
        await _until_told(everything, lambda: _tell([_take_figures(viewer) for viewer in viewers]))


async def tasks_first(viewers: list[Viewer]) -> None:
    """Wait until each viewer has received a packet."""
    for viewer in viewers:
        await viewer.first_packet.wait()


def _take_figures(viewer: Viewer) -> dict[str, Any]:
    seen = viewer.seen
    figures = {
        "packets": seen.packets,
        "lost": seen.lost,
        "longest_gap_s": seen.longest_gap_s,
        "latencies_s": seen.latencies_s,
        "mapping_s": seen.mapping_s,
        "drift_s": seen.drift_s,
    }
    viewer.seen = Seen(seen.probe, connected_s=seen.connected_s, drift_s=seen.drift_s)
    return figures


def _tell(what: Any) -> None:
    print(json.dumps(what), flush=True)


async def _until_told(task: "asyncio.Future[Any]", on_line: Callable[[], None] = lambda: None) -> None:
    """Run until standard input ends; each line on it calls `on_line`. Errors of the task are raised."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    try:
        while True:
            line = asyncio.ensure_future(reader.readline())
            await asyncio.wait([task, line], return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                line.cancel()
                task.result()
                raise RuntimeError("the server has closed the connection")
            if not line.result():
                return
            on_line()
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def main() -> None:
    """Run one order."""
    order = json.loads(sys.stdin.readline())
    asyncio.run({"send": send, "view": view}[sys.argv[1]](order))


if __name__ == "__main__":
    main()
