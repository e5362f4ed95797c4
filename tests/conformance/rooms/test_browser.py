"""livekit-client in a real headless Chromium, facing a Python client."""

import asyncio
import json
import shutil
import subprocess
import urllib.parse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from platformdirs import user_cache_path
from tests.conformance.rooms.clients import Target, asynchronous, joined, new_room, within
from tests.conformance.rooms.media import LEVELS, read_levels, showing
from tests.conformance.rooms.test_media import follows

CLIENT = "livekit-client@2.23.0"
PAGE = Path(__file__).parent / "page.html"
BOTH_WAYS = pytest.mark.parametrize("single", [True, False], ids=["one-connection", "two-connections"])


@pytest.fixture(scope="session")
def chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium here")


@pytest.fixture(scope="session")
def client_script() -> Path:
    """livekit-client as one file, fetched once into the user's cache."""
    folder = user_cache_path("visavis-livekit") / CLIENT
    script = folder / "node_modules/livekit-client/dist/livekit-client.umd.js"
    if not script.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("no npm here to fetch livekit-client with")
        folder.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", CLIENT]
        if subprocess.run(command, capture_output=True, timeout=200).returncode:
            pytest.skip("npm could not fetch livekit-client")
    return script


@asynccontextmanager
async def browsing(
    target: Target, chromium: str, script: Path, profile: Path, token: str, *, single: bool
) -> AsyncIterator["asyncio.Queue[list[str]]"]:
    """A browser in a room; what it says comes in the queue."""
    said: asyncio.Queue[list[str]] = asyncio.Queue()

    async def listen(request: web.Request) -> web.Response:
        said.put_nowait(json.loads(await request.read()))
        return web.Response()

    async def page(_: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE)

    async def library(_: web.Request) -> web.FileResponse:
        return web.FileResponse(script)

    app = web.Application()
    app.router.add_get("/", page)
    app.router.add_get("/livekit-client.js", library)
    app.router.add_post("/said", listen)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    query = {"url": target.url, "token": token, "single": int(single), "levels": ",".join(map(str, LEVELS))}
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/?{urllib.parse.urlencode(query)}"
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
    process = await asyncio.create_subprocess_exec(
        chromium,
        *flags,
        "--autoplay-policy=no-user-gesture-required",
        f"--user-data-dir={profile}",
        address,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield said
    finally:
        process.terminate()
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        await runner.cleanup()


async def hear(said: "asyncio.Queue[list[str]]", name: str, count: int = 1) -> list[str]:
    """So many things of a name that the browser says next."""
    heard: list[str] = []
    while len(heard) < count:
        kind, value = await within(said.get())
        assert kind != "failed", value
        if kind == name:
            heard.append(value)
    return heard


@BOTH_WAYS
def test_a_browser_sees_is_seen_and_talks(
    target: Target, chromium: str, client_script: Path, tmp_path: Path, single: bool
) -> None:
    @asynchronous
    async def check() -> None:
        room = new_room()
        token = target.token("browser", room)
        async with (
            joined(target, room, "ada") as ada,
            showing(ada),
            browsing(target, chromium, client_script, tmp_path, token, single=single) as said,
        ):
            (sid,) = await hear(said, "connected")
            (who,) = await ada.event("participant_connected")
            assert who.sid == sid
            track, _, _ = await ada.event("track_subscribed")
            assert follows(await within(read_levels(track, 6)))
            (packet,) = await ada.event("data_received")
            assert packet.data == b"from the browser"
            assert follows([int(level) for level in await hear(said, "level", 6)])
            await within(ada.me.publish_data("from ada"))
            assert await hear(said, "data") == ["from ada"]
            call = ada.me.perform_rpc(destination_identity="browser", method="double", payload="ab")
            assert await within(call) == "abab"

    check()
