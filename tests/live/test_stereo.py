"""Sound on two channels that cancel each other is heard, as a microphone with one wire crossed sends it.

Who publishes decides how: the encoder mixes two channels into one unless the server's answer asks for stereo.
LiveKit's server asks for stereo when the client says that its track has it. Browsers do so;
the Python client does not.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from harness.bad_line import line_to
from harness.room_browser import hear, opened
from harness.room_clients import Client, Target, joined, new_room
from harness.room_servers import NoReferenceError, embedded, reference
from livekit import rtc
from livekit.protocol.models import AudioTrackFeature, TrackType
from livekit.protocol.rtc import SignalRequest
from tests.support.live import asynchronous

from visavis.realtime.inputs.audio_mixer import AudioMixer
from visavis.realtime.outputs.livekit import LiveKitOutput
from visavis.realtime.ports import VideoSettings
from visavis.realtime.room import AvatarRoom

BOTH_WAYS = pytest.mark.parametrize("single", [True, False], ids=["one-connection", "two-connections"])
PAGE = Path(__file__).parent / "stereo.html"
LOUD = 0.1
RATE_HZ, BLOCK = 48_000, 480
_VIDEO = VideoSettings(size_px=128, fps=10, codec="vp8", kbps=100)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with embedded(tmp_path_factory.mktemp("rooms") / "rooms.log") as server:
        yield server.target


@pytest.fixture(scope="module")
def livekits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(reference(tmp_path_factory.mktemp("rooms") / "livekit.log"))
        except NoReferenceError as reason:
            pytest.skip(str(reason))
        yield server.target


@asynccontextmanager
async def listening(target: Target, room: str) -> AsyncIterator[AudioMixer]:
    """An avatar in a room, and the sound that it receives."""
    mixer = AudioMixer()
    avatar = AvatarRoom(LiveKitOutput(_VIDEO), mixer=mixer, on_gone=lambda _why: None, on_change=lambda: None)
    await avatar.join(target.url, target.token("avatar", room))
    try:
        yield mixer
    finally:
        await avatar.leave()


async def until_loud(mixer: AudioMixer) -> None:
    while np.abs(mixer.take().samples).max() < LOUD:
        await asyncio.sleep(BLOCK / RATE_HZ)


async def publish_opposites(client: Client) -> None:
    """Publish a tone on two channels with opposite signs, until cancelled."""
    source = rtc.AudioSource(RATE_HZ, 2)
    track = rtc.LocalAudioTrack.create_audio_track("opposites", source)
    await client.me.publish_track(track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE))
    began = 0
    try:
        while True:
            wave = 12_000 * np.sin(2 * np.pi * 220 * (began + np.arange(BLOCK)) / RATE_HZ)
            both = np.stack([wave, -wave], axis=1).astype(np.int16)
            await source.capture_frame(rtc.AudioFrame(both.tobytes(), RATE_HZ, 2, BLOCK))
            began += BLOCK
    finally:
        await source.aclose()


async def hears_python_client(target: Target, way: Target, *, single: bool) -> None:
    """Wait until an avatar hears a client that has come another way."""
    room = new_room()
    async with (
        joined(way, room, "speaker", single=single) as speaker,
        listening(target, room) as mixer,
        asyncio.TaskGroup() as group,
    ):
        publishing = group.create_task(publish_opposites(speaker))
        async with asyncio.timeout(60):
            await until_loud(mixer)
        publishing.cancel()


@BOTH_WAYS
@asynchronous
async def test_the_embedded_server_asks_every_client_for_stereo(own: Target, single: bool) -> None:
    await hears_python_client(own, own, single=single)


@BOTH_WAYS
@asynchronous
async def test_livekits_server_asks_clients_for_stereo_that_say_they_have_it(
    livekits: Target, single: bool
) -> None:
    """Nothing else is between an avatar there and a Python client's two channels (docs/live.md)."""

    def say_stereo(request: SignalRequest) -> None:
        if request.WhichOneof("message") == "add_track" and request.add_track.type == TrackType.AUDIO:
            request.add_track.audio_features.append(AudioTrackFeature.TF_STEREO)

    async with line_to(livekits, edit=say_stereo) as line:
        await hears_python_client(livekits, line.target, single=single)


@pytest.mark.usefixtures("browser")
@pytest.mark.parametrize("server", ["own", "livekits"])
@BOTH_WAYS
def test_a_browser_is_heard_on_both_servers(
    request: pytest.FixtureRequest, server: str, single: bool, tmp_path: Path
) -> None:
    target: Target = request.getfixturevalue(server)

    @asynchronous
    async def check() -> None:
        room = new_room()
        query = {"url": target.url, "token": target.token("browser", room), "single": str(int(single))}
        async with listening(target, room) as mixer, opened(PAGE, tmp_path, query) as said:
            await hear(said, "published")
            async with asyncio.timeout(60):
                await until_loud(mixer)

    check()
