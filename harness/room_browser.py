"""livekit-client in a real headless Chromium, as a client for tests."""

import asyncio
import json
import mimetypes
import shutil
import subprocess
import urllib.parse
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from aiohttp import web
from platformdirs import user_cache_path

from harness.room_clients import Target, within
from harness.room_media import LEVELS

CLIENT = "livekit-client@2.23.0"
PAGE = Path(__file__).parent / "room_page.html"
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")


class NoBrowserError(Exception):
    """There is no Chromium, or no npm to download livekit-client with."""


def find_chromium() -> str:
    """Path of Chromium.

    Raises:
        NoBrowserError: There is none.
    """
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise NoBrowserError("no Chromium here")


def fetch_client() -> Path:
    """livekit-client as one file, downloaded once into the user's cache.

    Raises:
        NoBrowserError: It is missing and cannot be downloaded.
    """
    folder = user_cache_path("visavis-livekit") / CLIENT
    script = folder / "node_modules/livekit-client/dist/livekit-client.umd.js"
    if not script.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise NoBrowserError("no npm here to fetch livekit-client with")
        folder.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", CLIENT]
        if subprocess.run(command, capture_output=True, timeout=200).returncode:
            raise NoBrowserError("npm could not fetch livekit-client")
    return script


def browsing(
    target: Target, profile: Path, token: str, *, single: bool, publishes: bool = True
) -> AbstractAsyncContextManager["asyncio.Queue[list[Any]]"]:
    """Open a browser in a room; its messages arrive in the queue."""
    query = {"url": target.url, "token": token, "levels": ",".join(map(str, LEVELS))}
    query |= {"single": str(int(single)), "publishes": str(int(publishes))}
    return opened(PAGE, profile, query)


@asynccontextmanager
async def opened(
    shown: Path, profile: Path, query: dict[str, Any], files: Mapping[str, bytes] = MappingProxyType({})
) -> AsyncIterator["asyncio.Queue[list[Any]]"]:
    """Open a browser that shows a page with livekit-client and other files beside it. Yields its messages."""
    chromium, script = find_chromium(), fetch_client()
    said: asyncio.Queue[list[Any]] = asyncio.Queue()

    async def listen(request: web.Request) -> web.Response:
        said.put_nowait(json.loads(await request.read()))
        return web.Response()

    async def page(_: web.Request) -> web.FileResponse:
        return web.FileResponse(shown)

    async def file(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in files:
            raise web.HTTPNotFound
        return web.Response(body=files[name], content_type=mimetypes.guess_type(name)[0])

    async def library(_: web.Request) -> web.FileResponse:
        return web.FileResponse(script)

    app = web.Application()
    app.router.add_get("/", page)
    app.router.add_get("/livekit-client.js", library)
    app.router.add_get("/{name}", file)
    app.router.add_post("/said", listen)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/?{urllib.parse.urlencode(query)}"
    process = await asyncio.create_subprocess_exec(
        chromium,
        *FLAGS,
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
            async with asyncio.timeout(60):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        await runner.cleanup()


async def hear(said: "asyncio.Queue[list[Any]]", name: str, count: int = 1) -> list[Any]:
    """Wait for the next messages with a name."""
    heard: list[Any] = []
    while len(heard) < count:
        kind, value = await within(said.get())
        assert kind != "failed", value
        if kind == name:
            heard.append(value)
    return heard
