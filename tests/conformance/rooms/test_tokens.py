"""Tokens expire, stays in a room do not: servers give tokens to come back with."""

import asyncio
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from harness.room_browser import browsing, hear
from harness.room_clients import DEADLINE_S, Target, asynchronous, joined, new_room, within
from livekit.rtc._proto import room_pb2

BOTH_WAYS = pytest.mark.parametrize("single", [True, False], ids=["one-connection", "two-connections"])
# Both servers grant clocks that differ a minute.
SOON_EXPIRED = timedelta(seconds=-60 + 4)
BROWSER_START = timedelta(seconds=12)  # on a busy machine


async def until_refused(target: Target, token: str) -> None:
    """Wait until a token has expired."""
    async with aiohttp.ClientSession() as session, asyncio.timeout(DEADLINE_S):
        while True:
            query = {"access_token": token}
            async with session.get(f"{target.http_url}/rtc/validate", params=query) as answer:
                if answer.status == 401:
                    return
            await asyncio.sleep(0.2)


@BOTH_WAYS
@asynchronous
async def test_a_client_with_an_expired_token_can_resume(target: Target, single: bool) -> None:
    """It keeps its permissions and its current metadata."""
    room = new_room()
    grants = {"name": "Ada", "can_update_own_metadata": True, "can_publish_sources": ["camera"]}
    token = target.token("ada", room, ttl=SOON_EXPIRED, attributes={"side": "left"}, **grants)
    async with (
        joined(target, room, "bob") as bob,
        joined(target, room, "ada", token=token, single=single) as ada,
    ):
        await within(ada.me.set_metadata("likes bridges"))
        await within(ada.me.set_attributes({"mood": "glad"}))
        await until_refused(target, token)
        for count, scenario in enumerate(
            (room_pb2.SIMULATE_SIGNAL_RECONNECT, room_pb2.SIMULATE_FULL_RECONNECT), start=1
        ):
            await within(ada.room.simulate_scenario(scenario))
            await ada.until(lambda expected=count: ada.count("reconnected") == expected)
        assert ada.count("disconnected") == 0
        seen = bob.room.remote_participants
        await bob.until(lambda: "ada" in seen and seen["ada"].sid == ada.me.sid)
        assert (seen["ada"].name, seen["ada"].metadata) == ("Ada", "likes bridges")
        assert seen["ada"].attributes == {"side": "left", "mood": "glad"}
        await within(ada.me.set_attributes({"side": ""}))  # which it may still do
        await bob.until(lambda: seen["ada"].attributes == {"mood": "glad"})


@pytest.mark.usefixtures("browser")
def test_a_browser_with_an_expired_token_can_resume(target: Target, tmp_path: Path) -> None:
    @asynchronous
    async def check() -> None:
        room = new_room()
        token = target.token("browser", room, ttl=SOON_EXPIRED + BROWSER_START)
        async with (
            joined(target, room, "ada") as ada,
            browsing(target, tmp_path, token, single=True, publishes=False) as said,
        ):
            await hear(said, "connected")
            await until_refused(target, token)
            for scenario in ("signal-reconnect", "full-reconnect"):
                await within(ada.me.publish_data(scenario, topic="simulate"))
                await hear(said, "reconnected")

    check()
