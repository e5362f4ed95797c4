"""Lips and sound together: reports put both on one clock, and clients play them together by it."""

import asyncio
from collections import deque
from pathlib import Path

import aiohttp
import pytest
from aiortc import RTCCertificate
from harness.light_clients import NTP_EPOCH_S, Viewer
from harness.room_browser import browsing, hear
from harness.room_clients import DEADLINE_S, Target, asynchronous, joined, new_room
from harness.room_media import RATE_HZ, showing, sounding
from livekit import api

from visavis.rooms.wire.rtcp import SenderReport, parse_rtcp
from visavis.rooms.wire.rtp import is_rtcp, parse_rtp

BOTH_WAYS = pytest.mark.parametrize("single", [True, False], ids=["one-connection", "two-connections"])
MAPPED_S = 0.1
"""The shortest way of many packets does not depend on how busy the machine is; a wrong mapping is far off."""

TOGETHER_S = 0.1
"""Sound that comes 125 ms after its picture is noticed (ITU-R BT.1359-1)."""

LOOKS = 15  # at as many pictures in a row
PACKETS = 60
CLOCKS_HZ = {96: 90000, 111: RATE_HZ}  # VP8 and Opus, as both servers number them


class Watch(Viewer):
    """Records the times in sender reports and packets of each stream."""

    def __init__(self) -> None:
        super().__init__(RTCCertificate.generateCertificate(), probe=False)
        self.packets: dict[int, list[tuple[int, float]]] = {number: [] for number in CLOCKS_HZ}
        self.ssrcs: dict[int, int] = {}
        self.reports: dict[int, SenderReport] = {}
        self.enough = asyncio.Event()

    def _take(self, datagram: bytes, arrival_s: float) -> None:
        if not self.line.connected:
            return
        if is_rtcp(datagram):
            for report in parse_rtcp(self.line.dtls._rx_srtp.unprotect_rtcp(datagram)):
                if isinstance(report, SenderReport):
                    self.reports[report.ssrc] = report
        else:
            packet = parse_rtp(self.line.dtls._rx_srtp.unprotect(datagram))
            if packet.payload and packet.payload_type in self.packets:
                self.ssrcs[packet.payload_type] = packet.ssrc
                self.packets[packet.payload_type].append((packet.timestamp, arrival_s))
        if self.reports.keys() >= set(self.ssrcs.values()) and min(map(len, self.packets.values())) > PACKETS:
            self.enough.set()

    def way_s(self, number: int) -> float:
        """From the time at which a packet was made, by its sender's reports, to its arrival; the shortest."""
        report = self.reports[self.ssrcs[number]]
        made_s = (report.ntp >> 32) - NTP_EPOCH_S + (report.ntp & 0xFFFFFFFF) / (1 << 32)
        return min(
            arrival_s
            - made_s
            - ((timestamp - report.timestamp + (1 << 31)) % (1 << 32) - (1 << 31)) / CLOCKS_HZ[number]
            for timestamp, arrival_s in self.packets[number]
        )


@BOTH_WAYS
@asynchronous
async def test_sender_reports_put_audio_and_video_on_one_clock(target: Target, single: bool) -> None:
    room = new_room()
    async with (
        joined(target, room, "ada", single=single) as ada,
        showing(ada),
        sounding(ada),
        aiohttp.ClientSession() as session,
    ):
        watch = Watch()
        watching = asyncio.create_task(watch.run(session, target.url, target.token("bob", room)))
        try:
            async with asyncio.timeout(3 * DEADLINE_S):  # sound is reported on each five seconds
                await watch.enough.wait()
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
    pictures_s, sounds_s = (watch.way_s(number) for number in CLOCKS_HZ)
    assert abs(pictures_s - sounds_s) < MAPPED_S, (pictures_s, sounds_s)


@pytest.mark.usefixtures("browser")
@BOTH_WAYS
def test_a_browser_synchronizes_audio_and_video(target: Target, tmp_path: Path, single: bool) -> None:
    """A busy machine may need a while, but tracks on one clock are synchronized in the end."""

    @asynchronous
    async def check() -> None:
        room = new_room()
        token = target.token("browser", room)
        async with target.service() as service:
            await service.room.create_room(api.CreateRoomRequest(name=room, sync_streams=True))
        async with (
            joined(target, room, "ada", single=single) as ada,
            showing(ada),
            sounding(ada),
            browsing(target, tmp_path, token, single=single, publishes=False) as said,
        ):
            apart_s: deque[float] = deque(maxlen=LOOKS)
            while len(apart_s) < LOOKS or max(map(abs, apart_s)) > TOGETHER_S:
                (apart_ms,) = await hear(said, "sound after pictures")
                apart_s.append(apart_ms / 1e3)

    check()
