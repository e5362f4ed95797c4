"""What viewers see of an avatar in a room, before its first frame and after."""

import asyncio
from pathlib import Path

import numpy as np
from harness.room_servers import embedded
from harness.viewing import watching
from tests.support.live import asynchronous

from visavis.realtime.clock import MonotonicClock
from visavis.realtime.inputs.audio_mixer import AudioMixer
from visavis.realtime.outputs.livekit import LiveKitOutput
from visavis.realtime.ports import VideoSettings
from visavis.realtime.room import AvatarRoom
from visavis.realtime.sound import BLOCK_S, Block

SIDE_PX, GREY = 128, 170
CENTRE = slice(32, 96), slice(32, 96)


@asynchronous
async def test_an_avatar_that_cannot_draw_yet_is_not_black(tmp_path: Path) -> None:
    """Its sound is heard while its process is late with its first picture: nothing is seen until then."""
    with embedded(tmp_path / "rooms.log") as server:
        target = server.target
        video = VideoSettings(size_px=SIDE_PX, fps=25, codec="vp8", kbps=500)
        avatar = AvatarRoom(
            LiveKitOutput(video), mixer=AudioMixer(), on_gone=lambda _why: None, on_change=lambda: None
        )
        draws = asyncio.Event()
        async with watching(target.url, target.token("viewer", "a-room"), CENTRE) as viewer:
            await avatar.join(target.url, target.token("avatar", "a-room"))
            beating = asyncio.create_task(beat(avatar, draws))
            try:
                # The library's own black pictures would have come ten times by now.
                await viewer.until(lambda: len(viewer.sound.times_s) > 100)
                seen_before = viewer.frames
                draws.set()
                await viewer.until(lambda: viewer.frames > seen_before)
            finally:
                beating.cancel()
                await asyncio.gather(beating, return_exceptions=True)
                await avatar.leave()
        assert seen_before == 0
        assert viewer.last is not None
        assert abs(float(viewer.last.mean()) - GREY) < 20


async def beat(avatar: AvatarRoom, draws: asyncio.Event) -> None:
    """Play silence until cancelled, and show grey when the avatar draws."""
    clock = MonotonicClock()
    due_s, silence = clock.now_s(), Block.silent()
    while True:
        await clock.sleep_until(due_s)
        await avatar.output.play([silence] * 4, due_s)
        if draws.is_set():
            avatar.output.show(np.full((SIDE_PX, SIDE_PX, 3), GREY, np.uint8), due_s)
        due_s += 4 * BLOCK_S
