"""livekit-client in a real headless Chromium, facing a Python client."""

from pathlib import Path

import pytest
from harness.bad_line import line_to
from harness.room_browser import browsing, hear
from harness.room_clients import Target, asynchronous, joined, new_room, within
from harness.room_media import read_levels, showing
from tests.conformance.rooms.test_media import follows

BOTH_WAYS = pytest.mark.parametrize("single", [True, False], ids=["one-connection", "two-connections"])


@pytest.mark.usefixtures("browser")
@BOTH_WAYS
@pytest.mark.parametrize("udp", [True, False], ids=["udp", "no-udp"])
def test_a_browser_sees_is_seen_and_talks(target: Target, tmp_path: Path, single: bool, udp: bool) -> None:
    @asynchronous
    async def check() -> None:
        room = new_room()
        token = target.token("browser", room)
        async with (
            joined(target, room, "ada") as ada,
            showing(ada),
            line_to(target, udp=False) as line,
            browsing(target if udp else line.target, tmp_path, token, single=single) as said,
        ):
            (sid,) = await hear(said, "connected")
            (who,) = await ada.event("participant_connected")
            assert who.sid == sid
            track, _, _ = await ada.event("track_subscribed")
            assert follows(await within(read_levels(track, 6)))
            (packet,) = await ada.event("data_received")
            assert packet.data == b"from the browser"
            assert await hear(said, "protocol") == ["udp" if udp else "tcp"]
            assert follows([int(level) for level in await hear(said, "level", 6)])
            await within(ada.me.publish_data("from ada"))
            assert await hear(said, "data") == ["from ada"]
            call = ada.me.perform_rpc(destination_identity="browser", method="double", payload="ab")
            assert await within(call) == "abab"

    check()
