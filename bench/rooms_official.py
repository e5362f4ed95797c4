"""What official clients get: the first frame, sound and pictures together, pictures over a bad line."""

import asyncio
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise, product
from pathlib import Path
from typing import Any, Final

from harness.bad_line import line_to
from harness.room_browser import NoBrowserError, browsing, hear
from harness.room_clients import Client, Target, joined, new_room
from harness.room_media import FPS, showing, sounding
from harness.room_servers import Server
from livekit import api, rtc

WAYS: Final = {"one_connection": True, "two_connections": False}
PYTHON_RUNS: Final = 15
CHROMIUM_RUNS: Final = 8
TOGETHER_RUNS: Final = 5
LOSS: Final = 0.05
LOSSY_S: Final = 60.0

Figures = dict[str, Any]


def _median(values_s: Sequence[float]) -> Figures:
    return {"p50_ms": round(1e3 * statistics.median(values_s)), "worst_ms": round(1e3 * max(values_s))}


def first_frame(servers: dict[str, Server]) -> Figures:
    """From the wish to connect to the first decoded frame of a stream that is there already.

    Servers and ways take turns, so that a busy moment of the machine is nobody's own.
    """
    taken = asyncio.run(_first_frames(servers))
    figures = {name: {way: _median(values) for way, values in taken[name].items()} for name in servers}
    for name in servers:
        print(f"{name}: {figures[name]}", flush=True)
    return dict(figures)


async def _first_frames(servers: dict[str, Server]) -> dict[str, dict[str, list[float]]]:
    taken: dict[str, dict[str, list[float]]] = {name: defaultdict(list) for name in servers}
    rooms = {name: new_room() for name in servers}
    async with AsyncExitStack() as stack:
        for name, server in servers.items():
            ada = await stack.enter_async_context(joined(server.target, rooms[name], "ada"))
            await stack.enter_async_context(showing(ada))
        for see, client, runs in (
            (_see_in_python, "python", PYTHON_RUNS),
            (_see_in_chromium, "chromium", CHROMIUM_RUNS),
        ):
            for (way, single), name in runs * list(product(WAYS.items(), servers)):
                try:
                    seen_s = await see(servers[name].target, rooms[name], single=single)
                except NoBrowserError as reason:
                    print(f"Without a browser: {reason}.")
                    break
                taken[name][f"{client}_{way}"].append(seen_s)
    return taken


async def _see_in_python(target: Target, room: str, *, single: bool) -> float:
    began_s = time.monotonic()
    async with joined(target, room, new_room(), single=single) as viewer:
        track, _, _ = await viewer.event("track_subscribed")
        stream = rtc.VideoStream(track)
        await anext(aiter(stream))
        seen_s = time.monotonic() - began_s
        await stream.aclose()
    return seen_s


async def _see_in_chromium(target: Target, room: str, *, single: bool) -> float:
    async with _chromium(target, room, single=single) as said:
        (first_ms,) = await hear(said, "first")
    return float(first_ms) / 1e3


@asynccontextmanager
async def _chromium(target: Target, room: str, *, single: bool) -> AsyncIterator["asyncio.Queue[list[Any]]"]:
    """A new visitor who only watches; what its page says."""
    token = target.token(new_room(), room)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:  # it writes while it ends
        async with browsing(target, Path(profile), token, single=single, publishes=False) as said:
            yield said


def together(servers: dict[str, Server]) -> Figures:
    """From the first picture in Chromium until it can play both together: it has been told their clocks."""
    try:
        taken = asyncio.run(_times_to_together(servers))
    except NoBrowserError as reason:
        return {"not_measured": str(reason)}
    figures = {name: _median(values) for name, values in taken.items()}
    print(figures, flush=True)
    return dict(figures)


async def _times_to_together(servers: dict[str, Server]) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = defaultdict(list)
    rooms = {name: new_room() for name in servers}
    async with AsyncExitStack() as stack:
        for name, server in servers.items():
            async with server.target.service() as service:
                await service.room.create_room(api.CreateRoomRequest(name=rooms[name], sync_streams=True))
            ada = await stack.enter_async_context(joined(server.target, rooms[name], "ada"))
            await stack.enter_async_context(showing(ada))
            await stack.enter_async_context(sounding(ada))
        for name in TOGETHER_RUNS * list(servers):
            async with _chromium(servers[name].target, rooms[name], single=True) as said:
                await hear(said, "first")
                first_s = time.monotonic()
                await hear(said, "sound after pictures")
                taken[name].append(time.monotonic() - first_s)
    return taken


def loss(servers: dict[str, Server]) -> Figures:
    """Pictures that are sent and watched over a line that loses packets up and down."""
    figures = {name: asyncio.run(_watch_over_bad_line(server.target)) for name, server in servers.items()}
    for name in servers:
        print(f"{name}: {figures[name]}", flush=True)
    return figures


async def _watch_over_bad_line(target: Target) -> Figures:
    room = new_room()
    async with (
        line_to(target) as line,
        joined(line.target, room, "ada") as ada,
        joined(line.target, room, "bob") as bob,
        showing(ada),
    ):
        track, _, _ = await bob.event("track_subscribed")
        stream = rtc.VideoStream(track)
        await anext(aiter(stream))
        line.lose(LOSS)
        arrivals, end_s = [time.monotonic()], time.monotonic() + LOSSY_S
        async for _ in stream:
            arrivals.append(time.monotonic())
            if arrivals[-1] > end_s:
                break
        inbound = await _inbound_video(bob)
        await stream.aclose()
    gaps = [after - before for before, after in pairwise(arrivals)]
    return {
        "loss_percent_each_way": 100 * LOSS,
        "frames_per_s": round(len(gaps) / (arrivals[-1] - arrivals[0]), 1),
        "frames_sent_per_s": FPS,
        "seconds": LOSSY_S,
        "longest_gap_ms": round(1e3 * max(gaps)),
        "freezes": inbound.freeze_count,
        "repeated_packets": inbound.retransmitted_packets_received,
        "packets_lost_on_the_line": sum(line.lost.values()),
    }


async def _inbound_video(client: Client) -> Any:
    both = await client.room.get_rtc_stats()
    for each in (*both.publisher_stats, *both.subscriber_stats):
        if each.WhichOneof("stats") == "inbound_rtp" and each.inbound_rtp.stream.kind == "video":
            return each.inbound_rtp.inbound
    raise RuntimeError("no video came")
