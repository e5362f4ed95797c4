"""A small HTTP server that speaks as OpenAI's image service does, for tests of clients."""

import asyncio
import base64
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web
from PIL import Image

KEY = "sk-of-the-test"
MODEL = "gpt-image-1"
MAX_REQUEST_BYTES = 128 * 2**20
Behaviour = Callable[["ImageServer", web.Request, bytes], Awaitable[web.StreamResponse]]


async def in_base64(server: "ImageServer", request: web.Request, picture: bytes) -> web.StreamResponse:
    return web.json_response({"created": 1, "data": [{"b64_json": base64.b64encode(picture).decode()}]})


async def by_link(server: "ImageServer", request: web.Request, picture: bytes) -> web.StreamResponse:
    """Keep the picture, and send a link to it, as servers on one's own machine do."""
    server.kept = picture
    return web.json_response({"created": 1, "data": [{"url": f"{server.url}/kept.png"}]})


async def by_private_link(server: "ImageServer", request: web.Request, picture: bytes) -> web.StreamResponse:
    """Send a link into the network of whoever asks."""
    return web.json_response({"created": 1, "data": [{"url": "https://127.0.0.1:1/kept.png"}]})


async def stall(server: "ImageServer", request: web.Request, picture: bytes) -> web.StreamResponse:
    """Send the begin, and then nothing."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"data": [')
    await asyncio.Event().wait()
    return response


async def cut_off(server: "ImageServer", request: web.Request, picture: bytes) -> web.StreamResponse:
    """Break the connection in the middle."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"data": [')
    assert request.transport
    request.transport.close()
    return response


async def endless(server: "ImageServer", request: web.Request, picture: bytes) -> web.StreamResponse:
    """Never stop."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    while True:
        await response.write(b" " * 2**20)


def says(text: str) -> Behaviour:
    async def behave(server: "ImageServer", request: web.Request, picture: bytes) -> web.StreamResponse:
        return web.Response(text=text, content_type="application/json")

    return behave


def refuse(status: int, code: str = "") -> Behaviour:
    """Refuse with a status; the text repeats the key, as some services do."""

    async def behave(server: "ImageServer", request: web.Request, picture: bytes) -> web.StreamResponse:
        return web.json_response({"error": {"message": f"bad {KEY}", "code": code}}, status=status)

    return behave


@dataclass
class ImageServer:
    """What the server did, and what it shall do.

    Attributes:
        url: Address.
        picture: What it makes, whatever it is asked for; a plain picture of the wanted size if `None`.
        behave: Answers a request that has the right key.
        behaviours: Answer the first requests, one each.
        requests: Fields of the requests, with the path; files as (name, type, size).
        kept: The picture behind its link.
    """

    url: str = ""
    picture: bytes | None = None
    behave: Behaviour = in_base64
    behaviours: list[Behaviour] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    kept: bytes = b""

    async def generations(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, await request.json())

    async def edits(self, request: web.Request) -> web.StreamResponse:
        fields: dict[str, Any] = {"files": []}
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            content = await part.read()
            if part.filename:
                fields["files"].append((part.name, part.headers["Content-Type"], len(content)))
            else:
                fields[part.name or ""] = content.decode()
        return await self._answer(request, fields)

    async def picture_kept(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=self.kept, content_type="image/png")

    async def _answer(self, request: web.Request, fields: dict[str, Any]) -> web.StreamResponse:
        self.requests.append({"path": request.path, **fields})
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return await refuse(401)(self, request, b"")
        is_newest = fields["model"].startswith("gpt-image")
        if is_newest == ("response_format" in fields) or int(fields["n"]) != 1 or not fields["prompt"]:
            return await refuse(400)(self, request, b"")
        behave = self.behaviours.pop(0) if self.behaviours else self.behave
        return await behave(self, request, self.picture or plain(fields["size"]))


def plain(size: str) -> bytes:
    width, _, height = size.partition("x")
    file = io.BytesIO()
    Image.new("RGB", (int(width), int(height)), "teal").save(file, "PNG")
    return file.getvalue()


@asynccontextmanager
async def image_server() -> AsyncIterator[ImageServer]:
    """A server on a free port, in the test's own event loop."""
    server = ImageServer()
    app = web.Application(client_max_size=MAX_REQUEST_BYTES)
    app.router.add_post("/v1/images/generations", server.generations)
    app.router.add_post("/v1/images/edits", server.edits)
    app.router.add_get("/kept.png", server.picture_kept)
    runner = web.AppRunner(app, handler_cancellation=True)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        server.url = f"http://{host}:{port}"
        yield server
    finally:
        await runner.cleanup()
