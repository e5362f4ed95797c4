"""The output by RTMP, against a real server, pulled back as a player does."""

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import av
import numpy as np
import pytest
import trustme
from harness.room_clients import asynchronous
from harness.rtmp_output import BEEP_EVERY_S, VIDEO, playing, way
from harness.rtmp_server import Pulled, RtmpServer, free_ports, is_installed, offsets_ms, pull, rtmp_server

from visavis.ports.video import VideoDestination
from visavis.realtime.outputs.rtmp_encoder import KEYFRAME_S

pytestmark = [
    pytest.mark.skipif(not is_installed(), reason="needs nginx with its modules for RTMP and TLS"),
    pytest.mark.slow,
]
MAX_OFFSET_MS = 40
SECONDS = 4.5


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RtmpServer]:
    with rtmp_server(tmp_path) as running:
        yield running


async def pulled(server: RtmpServer, seconds: float = SECONDS) -> Pulled:
    """Pull as soon as there is a stream."""
    for _ in range(100):
        try:
            found = await asyncio.to_thread(pull, server.url, seconds=seconds, open_s=3.0)
            if found.pictures:
                return found
        except (OSError, av.FFmpegError):
            await asyncio.sleep(0.1)
    raise AssertionError("there is no stream")


@asynchronous
async def test_video_comes_back_as_streaming_services_ask_for_it(server: RtmpServer) -> None:
    async with playing(VideoDestination(url=server.url)):
        found = await pulled(server)
    assert found.codecs == ["aac", "h264"]
    assert found.size == (512, 512)
    assert len(found.pictures) > SECONDS * VIDEO.fps * 0.8
    between_s = np.diff(found.keyframes_s)
    assert len(between_s) >= SECONDS / KEYFRAME_S - 1
    assert between_s.max() <= KEYFRAME_S + 2 / VIDEO.fps
    offsets = offsets_ms(found)
    assert len(offsets) >= SECONDS / BEEP_EVERY_S - 2
    assert max(map(abs, offsets)) <= MAX_OFFSET_MS


@asynchronous
async def test_a_square_face_stands_before_the_background(server: RtmpServer) -> None:
    destination = VideoDestination(url=server.url, size="1280x720", background="#c02040")
    async with playing(destination):
        found = await pulled(server, 0.2)
    assert found.size == (1280, 720)
    assert found.last is not None
    left = found.last[:, :200].reshape(-1, 3).mean(axis=0)
    assert np.abs(left - (0xC0, 0x20, 0x40)).max() < 12
    assert np.ptp(found.last[:, 400:-400].mean(axis=2)) < 40  # the picture that was shown, grey


@asynchronous
async def test_a_server_that_stands_still_and_comes_back_gets_the_stream_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server = RtmpServer(tmp_path, *free_ports(1))
    silent = await asyncio.start_server(begin_to_answer, "127.0.0.1", server.port)
    async with playing(VideoDestination(url=server.url)) as output:
        while output.processes < 2:  # one that stood still was ended
            await asyncio.sleep(0.05)
        silent.close()
        server.start()
        try:
            await pulled(server, 0.2)
            processes = output.processes
            server.stall()
            server.stop()
            server.start()
            await pulled(server, 0.2)
            assert output.processes == processes  # it only connected again
        finally:
            server.stop()
    assert "secret-key" not in caplog.text


async def begin_to_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer as a server that stands still in the middle of a handshake."""
    writer.write(b"\x03")
    with contextlib.suppress(OSError):
        await reader.read()
    writer.close()


@asynchronous
async def test_a_server_with_tls_is_trusted_if_its_authority_is(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    authority, ca_file = trustme.CA(), tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(ca_file)
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    with rtmp_server(tmp_path, has_tls=True) as server:
        destination = VideoDestination(url=server.tls_url)
        async with playing(destination, ca_file=ca_file):
            assert (await pulled(server, 0.2)).codecs == ["aac", "h264"]
        async with way(server.tls_url) as local:
            address = urlsplit(local)
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            assert await reader.read() == b""  # closed: nothing of the stream goes to an unknown server
            writer.close()
    said = capfd.readouterr()
    assert "SSLCertVerificationError" in said.out + said.err
    assert "secret-key" not in said.out + said.err
