"""`visavis mcp`, asked by the client of the official SDK, in front of a real server."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import av
import httpx
import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from tests.support.server import Server, until
from visavis.adapters import tethered

TOOLS = {
    *("make_video", "get_job", "list_voices"),
    *("create_session", "speak", "get_session", "end_session"),
}


def _text(result: CallToolResult) -> str:
    return "\n".join(each.text for each in result.content if isinstance(each, TextContent))


async def _call(client: Client, tool: str, **arguments: Any) -> Any:
    """What a tool returns."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, _text(result)
    assert result.structured_content is not None
    return result.structured_content.get("result", result.structured_content)


async def _refused(client: Client, tool: str, **arguments: Any) -> str:
    """What a tool says when it refuses."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return _text(result)


@pytest.mark.slow
def test_an_agent_makes_a_video_and_holds_a_session(
    server: Server, freed: None, media: Path, tmp_path: Path
) -> None:
    face, video, seen = str(media / "face.jpg"), tmp_path / "hello.mp4", []

    async def progress(done: float, total: float | None, message: str | None) -> None:
        seen.append((done, message))

    async def act() -> None:
        visavis = str(Path(sys.executable).with_name("visavis"))
        env = {"VISAVIS_API_URL": server.url, "VISAVIS_API_KEY": server.key}
        async with Client(StdioServerParameters(command=visavis, args=["mcp"], env=env)) as client:
            assert {each.name for each in (await client.list_tools()).tools} == TOOLS
            voices = await _call(client, "list_voices", language="en-GB")
            assert "hibari" in {each["id"] for each in voices}
            wanted = {"text": "Hello, I am your avatar.", "photo": face, "output": str(video)}
            made = await client.call_tool("make_video", wanted, progress_callback=progress)
            assert not made.is_error, _text(made)
            await _check_video(client, made.structured_content or {})
            assert "exists already" in await _refused(client, "make_video", **wanted)
            refused = await _refused(client, "make_video", text="Hello", photo=str(media / "short.wav"))
            assert "unsupported_media_type" in refused
            await _hold_session(client, face)

    async def _check_video(client: Client, made: dict[str, Any]) -> None:
        assert (made["status"], made["file"]) == ("completed", str(video))
        with av.open(str(video)) as file:
            assert float(file.duration or 0) / 1e6 == pytest.approx(made["seconds"], abs=0.2)
        again = await _call(client, "get_job", job_id=made["job_id"])
        assert (again["status"], again["file"]) == ("completed", None)

    async def _hold_session(client: Client, face: str) -> None:
        opened = await _call(client, "create_session", photo=face, language="en-us")
        session_id = opened["session_id"]
        assert httpx.get(opened["watch_url"]).status_code == 200
        spoken = await _call(client, "speak", session_id=session_id, text="Welcome.")
        assert spoken == {"session_id": session_id, "accepted": True}
        assert (await _call(client, "get_session", session_id=session_id))["status"] == "active"
        assert (await _call(client, "end_session", session_id=session_id))["cost"].startswith("$")
        assert (await _call(client, "get_session", session_id=session_id))["end_reason"] == "deleted"
        assert "not opened here" in await _refused(client, "speak", session_id=session_id, text="Hello?")

    asyncio.run(act())
    assert seen == sorted(seen)
    assert any("rendering" in message or "queue" in message for _, message in seen)


def test_over_http_each_client_has_its_own_key(server: Server, media: Path) -> None:
    async def act(url: str) -> None:
        async with Client(url) as stranger:
            assert "No API key" in await _refused(stranger, "list_voices")
        wrong = {"Authorization": "Bearer sk_live_nobody"}
        async with _connected(url, wrong) as client:
            assert "forbidden" in await _refused(client, "list_voices")
        right = {"Authorization": f"Bearer {server.key}"}
        async with _connected(url, right) as client:
            assert await _call(client, "list_voices", language="en")
            path = str(media / "face.jpg")
            refused = await _refused(client, "make_video", text="Hello", photo=path)
            assert "paths are not read" in refused
            refused = await _refused(client, "make_video", text="Hello", photo="QUJD", output="a.mp4")
            assert "writes no files" in refused
        foreign = httpx.post(url, json={}, headers={"Origin": "https://example.com", **right})
        assert foreign.status_code == 403

    with _mcp_over_http(server) as url:
        asyncio.run(act(url))


def test_without_a_key_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISAVIS_API_KEY", raising=False)
    visavis = str(Path(sys.executable).with_name("visavis"))
    done = subprocess.run([visavis, "mcp"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "visavis keys create" in done.stderr


@asynccontextmanager
async def _connected(url: str, headers: dict[str, str]) -> AsyncIterator[Client]:
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        yield client


@contextmanager
def _mcp_over_http(server: Server) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    visavis = str(Path(sys.executable).with_name("visavis"))
    command = tethered.command(
        [visavis, "mcp", "--http", "--port", str(port)], on_parents_death=signal.SIGKILL
    )
    process = subprocess.Popen(command, env={"PATH": "", "VISAVIS_API_URL": server.url})
    try:
        until(lambda: _listens(port), within_s=30, what="the MCP server")
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
