"""A small HTTP server that speaks as OpenAI's and ElevenLabs' speech services do, for tests of clients."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from aiohttp import web

from visavis.engine.arrays import Floats

KEY = "sk-of-the-test"
VOICE = "nova"
VOICE_ID = "EXAVITQu4vr4xnSDxMaL"
RATE_HZ = 24_000
CHARACTER_S = 0.06
Behaviour = Callable[[web.Request, bytes], Awaitable[web.StreamResponse]]


def tone(text: str) -> bytes:
    """The speech of a text: a tone, as long as the text, as PCM."""
    count = round(CHARACTER_S * RATE_HZ) * len(text)
    wave: Floats = 0.3 * np.sin(np.arange(count) * 0.1)
    return (wave * 32_767).astype("<i2").tobytes()


async def whole(request: web.Request, pcm: bytes) -> web.StreamResponse:
    """Send all of it, in pieces of odd lengths."""
    response = await _begin(request)
    for begin in range(0, len(pcm), 4_001):
        await response.write(pcm[begin : begin + 4_001])
    await response.write_eof()
    return response


async def cut_off(request: web.Request, pcm: bytes) -> web.StreamResponse:
    """Break the connection in the middle."""
    response = await _begin(request)
    await response.write(pcm[: len(pcm) // 2])
    assert request.transport
    request.transport.close()
    return response


async def stall(request: web.Request, pcm: bytes) -> web.StreamResponse:
    """Send the begin, and then nothing."""
    response = await _begin(request)
    await response.write(pcm[:2])
    await asyncio.Event().wait()
    return response


async def silent(request: web.Request, pcm: bytes) -> web.StreamResponse:
    """Send no sound."""
    return web.Response(body=b"", content_type="audio/pcm")


async def garbage(request: web.Request, pcm: bytes) -> web.StreamResponse:
    """Send a page."""
    return web.Response(text="<html>Welcome</html>", content_type="text/html")


async def wav(request: web.Request, pcm: bytes) -> web.StreamResponse:
    """Send another format than was asked for."""
    return web.Response(body=b"RIFF" + pcm, content_type="audio/wav")


async def endless(request: web.Request, pcm: bytes) -> web.StreamResponse:
    """Never stop."""
    response = await _begin(request)
    while True:
        await response.write(bytes(1 << 20))


def refuse(status: int) -> Behaviour:
    """Refuse with a status; the text repeats the key, as some services do."""

    async def behave(request: web.Request, pcm: bytes) -> web.StreamResponse:
        return web.json_response({"error": {"message": f"bad {KEY}"}}, status=status)

    return behave


async def _begin(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "audio/pcm"})
    await response.prepare(request)
    return response


def timestamps(text: str, pcm: bytes, *, is_relative: bool) -> bytes:
    """ElevenLabs' lines: two chunks of sound, each with the times of its characters."""
    half = len(text) // 2
    lines = []
    for begin, end in ((0, half), (half, len(text))):
        shift = begin if is_relative else 0
        chunk = {
            "audio_base64": base64.b64encode(
                pcm[len(pcm) * begin // len(text) // 2 * 2 : len(pcm) * end // len(text) // 2 * 2]
            ).decode(),
            "alignment": {
                "characters": list(text[begin:end]),
                "character_start_times_seconds": [(at - shift) * CHARACTER_S for at in range(begin, end)],
                "character_end_times_seconds": [(at + 1 - shift) * CHARACTER_S for at in range(begin, end)],
            },
            "normalized_alignment": None,
        }
        lines.append(json.dumps(chunk).encode())
    return b"\n".join([*lines, b""])


@dataclass
class SpeechServer:
    """What the server did, and what it shall do.

    Attributes:
        url: Address.
        behave: Answers a request that has the right key.
        is_relative: Whether times count from the begin of a chunk.
        requests: Bodies of the requests, in order.
    """

    url: str = ""
    behave: Behaviour = whole
    is_relative: bool = False
    requests: list[dict[str, Any]] = field(default_factory=list)

    async def openai(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(body)
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return await refuse(401)(request, b"")
        if body["response_format"] != "pcm" or body["voice"] != VOICE or not body["model"]:
            return await refuse(400)(request, b"")
        return await self.behave(request, tone(body["input"]))

    async def elevenlabs(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(body)
        if request.headers.get("xi-api-key") != KEY:
            return await refuse(401)(request, b"")
        if request.match_info["voice"] != VOICE_ID or request.query["output_format"] != "pcm_24000":
            return await refuse(404)(request, b"")
        lines = timestamps(body["text"], tone(body["text"]), is_relative=self.is_relative)
        return await self.behave(request, lines)


@asynccontextmanager
async def speech_server() -> AsyncIterator[SpeechServer]:
    """A server on a free port, in the test's own event loop."""
    server = SpeechServer()
    app = web.Application()
    app.router.add_post("/v1/audio/speech", server.openai)
    app.router.add_post("/v1/text-to-speech/{voice}/stream/with-timestamps", server.elevenlabs)
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
