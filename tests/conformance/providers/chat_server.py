"""A small HTTP server that speaks OpenAI's chat completions over server-sent events, for tests of clients."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

KEY = "sk-of-the-test"
MODEL = "echo"
Behaviour = Callable[[web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]


@dataclass
class ChatServer:
    """What the server did, and what it shall do.

    Attributes:
        url: Base URL.
        behave: Answers a request that has the right key and model.
        requests: Bodies of the requests, in order.
        left: Set when a client left in the middle of an answer.
    """

    url: str = ""
    behave: Behaviour = field(default_factory=lambda: echo)
    requests: list[dict[str, Any]] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(body)
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return error(401, "invalid_api_key")
        if body["model"] != MODEL:
            return error(404, "model_not_found")
        try:
            return await self.behave(request, body)
        except (ConnectionResetError, asyncio.CancelledError):
            self.left.set()
            raise


@asynccontextmanager
async def chat_server() -> AsyncIterator[ChatServer]:
    """A server on a free port, in the test's own event loop."""
    server = ChatServer()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", server.handle)
    runner = web.AppRunner(app, handler_cancellation=True)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        server.url = f"http://{host}:{port}/v1"
        yield server
    finally:
        await runner.cleanup()


def error(status: int, code: str) -> web.Response:
    """An error in OpenAI's shape. Its text holds what must not reach logs."""
    body = {"error": {"message": f"Incorrect: {KEY}", "type": "test", "param": None, "code": code}}
    return web.json_response(body, status=status)


async def begin(request: web.Request) -> web.StreamResponse:
    """The head of a stream of events."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
    await response.prepare(request)
    return response


async def send(response: web.StreamResponse, delta: dict[str, Any], finish: str | None = None) -> None:
    """Send a chunk."""
    chunk = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": MODEL,
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    await response.write(b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n")


async def end(response: web.StreamResponse, finish: str = "stop") -> web.StreamResponse:
    """Send the last chunk, the usage and the end."""
    await send(response, {}, finish)
    await response.write(
        b'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[],"usage":{}}\n\n'
    )
    await response.write(b"data: [DONE]\n\n")
    return response


async def echo(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """Repeat the last message, letter by letter; call the first tool unless its result is there."""
    response = await begin(request)
    await send(response, {"role": "assistant", "content": ""})
    last = body["messages"][-1] if body["messages"] else {"role": "user", "content": "nothing"}
    if body.get("tools") and last["role"] != "tool":
        name, arguments = body["tools"][0]["function"]["name"], json.dumps({"said": last["content"]})
        head = {"index": 0, "id": "call_1", "type": "function", "function": {"name": name, "arguments": ""}}
        await send(response, {"tool_calls": [head]})
        for letter in arguments:
            await send(response, {"tool_calls": [{"index": 0, "function": {"arguments": letter}}]})
        return await end(response, "tool_calls")
    for letter in last["content"]:
        await send(response, {"content": letter})
    return await end(response)
