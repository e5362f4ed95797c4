"""An avatar leaves wherever its joining had come to, and the room library has nothing to complain about."""

import asyncio
import ctypes
import logging
import uuid
from collections.abc import Callable, Iterator

import pytest
from harness.room_clients import DEADLINE_S, Target, joined, new_room
from harness.room_servers import embedded
from harness.viewing import speaking
from livekit import api, rtc
from livekit.rtc._ffi_client import FfiClient
from tests.support.live import asynchronous

from visavis.realtime.inputs.audio_mixer import AudioMixer
from visavis.realtime.outputs.livekit import LiveKitOutput
from visavis.realtime.ports import VideoSettings
from visavis.realtime.room import AvatarRoom

CLOSED_WHILE_NEGOTIATING = (
    "Called in wrong state: closed",
    "CreateOffer called when PeerConnection is closed",
    "peer connection is closed, cannot create offer",
)
UNKNOWN_HANDLE = "Attempted to drop unknown FFI handle"
STEPS = ("connect", "publish_sound", "publish_face")
_VIDEO = VideoSettings(size_px=128, fps=10, codec="vp8", kbps=100)


class Noted(LiveKitOutput):
    """An output that notes the steps of being published."""

    def __init__(self, note: Callable[[str], None]) -> None:
        super().__init__(_VIDEO)
        self._note = note

    async def publish_sound(self, me: rtc.LocalParticipant) -> None:
        self._note("publish_sound")
        await super().publish_sound(me)

    async def publish_face(self, me: rtc.LocalParticipant) -> rtc.LocalVideoTrack:
        self._note("publish_face")
        return await super().publish_face(me)


class Interrupted(AvatarRoom):
    """An avatar that must leave at a given step of joining."""

    def __init__(self, step: str) -> None:
        super().__init__(
            Noted(self.note), mixer=AudioMixer(), on_gone=lambda _why: None, on_change=lambda: None
        )
        self._step, self.reached = step, asyncio.Event()

    def _listen(self) -> None:
        super()._listen()
        self.note("connect")

    def note(self, step: str) -> None:
        if step == self._step:
            self.reached.set()


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with embedded(tmp_path_factory.mktemp("rooms") / "rooms.log") as server:
        yield server.target


def noted_handles(avatar: AvatarRoom) -> set[str]:
    """The library's handles of the tracks that an avatar subscribes to, from now on."""
    handles: set[str] = set()
    avatar.room.on("track_subscribed", lambda track, *_: handles.add(str(track._ffi_handle.handle)))
    return handles


class Seen(logging.Handler):
    """A handler that waits for a record."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text, self._seen, self._loop = text, asyncio.Event(), asyncio.get_running_loop()

    def emit(self, record: logging.LogRecord) -> None:
        if self._text in record.getMessage():
            self._loop.call_soon_threadsafe(self._seen.set)

    async def wait(self) -> None:
        async with asyncio.timeout(DEADLINE_S):
            await self._seen.wait()


async def all_logged() -> None:
    """Wait until the library has logged everything so far: it logs in batches, from a thread of its own."""
    unknown = 2**63 - uuid.uuid4().int % 2**62
    seen, log = Seen(f"{UNKNOWN_HANDLE}: {unknown}"), logging.getLogger("livekit")
    log.addHandler(seen)
    try:
        FfiClient.instance._ffi_lib.livekit_ffi_drop_handle(ctypes.c_uint64(unknown))
        await seen.wait()
    finally:
        log.removeHandler(seen)


def complaints(caplog: pytest.LogCaptureFixture, handles: set[str]) -> list[str]:
    """Warnings of the library, without those that an avatar cannot prevent.

    These are negotiations that the library's own closing cuts off (docs/live.md), and handles that the other
    clients of this process let go of: it reports them when they leave, or up to seconds later.
    """
    return [
        message
        for record in caplog.records
        if record.name.partition(".")[0] == "livekit" and record.levelno >= logging.WARNING
        if not any(words in (message := record.getMessage()) for words in CLOSED_WHILE_NEGOTIATING)
        if UNKNOWN_HANDLE not in message or message.rpartition(" ")[2] in handles
    ]


@pytest.mark.parametrize("step", STEPS)
@asynchronous
async def test_leaving_during_a_join_removes_the_participant(
    target: Target, step: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The library continues its calls, so leaving must wait for them."""
    name = new_room()
    async with joined(target, name, "watcher") as watcher, target.service() as service:
        avatar = Interrupted(step)
        handles = noted_handles(avatar)
        joining = asyncio.create_task(avatar.join(target.url, target.token("avatar", name)))
        await avatar.reached.wait()
        joining.cancel()
        await asyncio.gather(joining, return_exceptions=True)
        await avatar.leave()
        await watcher.event("participant_disconnected")
        there = await service.room.list_participants(api.ListParticipantsRequest(room=name))
        assert [each.identity for each in there.participants] == ["watcher"]
    await all_logged()
    assert complaints(caplog, handles) == []


@asynchronous
async def test_tracks_come_and_go_until_the_avatar_leaves(
    target: Target, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    name = new_room()
    avatar = AvatarRoom(
        LiveKitOutput(_VIDEO), mixer=AudioMixer(), on_gone=lambda _why: None, on_change=lambda: None
    )
    handles = noted_handles(avatar)
    heard: asyncio.Queue[rtc.Track] = asyncio.Queue()
    avatar.room.on("track_subscribed", lambda track, *_: heard.put_nowait(track))
    avatar.room.on("track_unsubscribed", lambda *_: heard.put_nowait(None))
    async with joined(target, name, "speaker") as speaker:
        await avatar.join(target.url, target.token("avatar", name))
        for _ in range(4):
            async with speaking(speaker.room):
                assert await heard.get() is not None
            assert await heard.get() is None
        async with speaking(speaker.room):  # leaving while it is heard
            await heard.get()
            await avatar.leave()
    await all_logged()
    assert complaints(caplog, handles) == []
