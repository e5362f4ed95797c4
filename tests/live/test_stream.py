"""Paid sessions with sound by WebSocket and video by RTMP, on a whole server; here nothing is to be paid."""

import asyncio
import base64
import contextlib
import json
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import websockets
from harness.rtmp_server import module, pull, rtmp_server
from harness.streamed_sound import cut, streamed, voice
from harness.viewing import mouth_box, watching
from tests.support.live import Stage, asynchronous
from tests.support.server import Server

from visavis.realtime.sound import to_pcm
from visavis.samples import write_portrait
from visavis.surfaces.console.pages import PLAYER, STATIC

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("stage", ["embedded"], indirect=True)]


@pytest.fixture
def server(stage: Stage) -> Server:
    return stage.server


@pytest.fixture(scope="module")
def face(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("faces") / "face.png"
    write_portrait(path)
    return path


@contextlib.asynccontextmanager
async def session(server: Server, face: Path, **data: str) -> AsyncIterator[dict[str, Any]]:
    """A session that is active; it is ended at the end, unless that has happened."""
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        files = {"reference_image": (face.name, face.read_bytes(), "image/png")}
        answer = await client.post("/v1/sessions", files=files, data={"accept_tos": "true"} | data)
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        headers = {"Authorization": f"Bearer {made['token']}"}
        try:
            state = f"/v1/sessions/{made['session_id']}"
            while (await client.get(state, headers=headers)).json()["status"] != "active":
                await asyncio.sleep(0.1)
            yield made
        finally:
            ended = await client.delete(f"/v1/sessions/{made['session_id']}", headers=headers)
            assert ended.status_code in {200, 409}


async def until(socket: Any, is_it: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """The messages of a server, up to one."""
    seen = []
    async for text in socket:
        seen.append(json.loads(text))
        if is_it(seen[-1]):
            return seen
    raise AssertionError(f"closed with {socket.close_code} after {seen}")


def is_last(message: dict[str, Any]) -> bool:
    return message["type"] == "chunk_done" and bool(message["last"])


@asynchronous
async def test_lips_move_while_sound_is_streamed_and_the_client_hears_how_it_goes(
    stage: Stage, server: Server, face: Path
) -> None:
    async with session(server, face) as made, websockets.connect(made["websocket_url"]) as socket:
        async with httpx.AsyncClient(base_url=server.url) as client:
            share = made["view_url"].partition("share=")[2]
            view = (await client.get(f"/v1/view/{made['session_id']}", params={"share": share})).json()
        async with watching(
            view["livekit_url"], view["livekit_access_token"], mouth_box(stage.rig)
        ) as viewer:
            await viewer.until(lambda: viewer.frames > 0)
            for piece in cut(streamed("mp3", 3.0), random.Random(1)):
                await socket.send(piece)
            await socket.send(json.dumps({"type": "speak_done"}))
            done = await until(socket, is_last)
            assert [each["utterance"] for each in done] == [1] * len(done)
            assert done[-1]["position_seconds"] == pytest.approx(3.0, abs=0.1)
            assert np.ptp(viewer.lips.values) > 0.05
            assert max(viewer.sound.values) > 0.1
        await socket.send("not JSON")
        assert (await until(socket, lambda each: each["type"] == "error"))[-1]["error"] == "invalid_message"
        await socket.send(b'{"error": "no credit"}')
        await socket.send(json.dumps({"type": "speak_done"}))
        await until(socket, lambda each: each["type"] == "error")
        await socket.send(to_pcm(voice(20.0, 16_000)))
        await until(socket, lambda each: each["type"] == "chunk_done")
        await socket.send(json.dumps({"type": "interrupt"}))
        assert (await until(socket, is_last))[-1]["interrupted"]
        image = base64.b64encode(face.read_bytes()).decode()
        await socket.send(json.dumps({"type": "change_reference", "reference_image_b64": image}))
        await until(socket, lambda each: each["type"] == "reference_changed")
        await socket.send(json.dumps({"type": "change_reference", "reference_image_b64": "bm8="}))
        await until(socket, lambda each: each["type"] == "error")
        await socket.send(json.dumps({"type": "stop"}))
        ended = (await until(socket, lambda each: each["type"] == "ended"))[-1]
        assert ended["reason"] == "deleted"
        assert ended["gpu_seconds_used"] >= 3
        await socket.wait_closed()
        assert socket.close_code == 1000


@asynchronous
async def test_a_second_connection_takes_over_and_wrong_tokens_are_refused(
    server: Server, face: Path
) -> None:
    async with session(server, face) as made, websockets.connect(made["websocket_url"]) as first:
        async with websockets.connect(made["websocket_url"]) as second:
            await first.wait_closed()
            assert first.close_code == 4001
            await second.send(streamed("pcm"))
            await second.send(json.dumps({"type": "speak_done"}))
            await until(second, is_last)
        for address, status in (
            (made["websocket_url"] + "x", 401),
            (made["websocket_url"].partition("?")[0], 401),
            (made["websocket_url"].replace(made["session_id"], "ses_other"), 404),
        ):
            with pytest.raises(websockets.InvalidStatus) as refused:
                await websockets.connect(address)
            assert refused.value.response.status_code == status


@asynchronous
async def test_links_are_embedded_elsewhere_and_can_be_revoked(server: Server, face: Path) -> None:
    async with session(server, face) as made, httpx.AsyncClient(base_url=server.url) as client:
        path, headers = f"/v1/sessions/{made['session_id']}", {"Authorization": f"Bearer {made['token']}"}
        other = (await client.post(f"{path}/share", headers=headers)).json()["share_url"]

        async def embedded(link: str) -> httpx.Response:
            return await client.get("/oembed", params={"url": link, "maxwidth": "200"})

        shown = (await embedded(other)).json()
        assert (shown["version"], shown["type"], shown["width"], shown["height"]) == (
            "1.0",
            "video",
            200,
            200,
        )
        assert f'src="{other}"' in shown["html"]
        for wrong in (f"{other}x", other.replace("/view/", "/jobs/"), "https://elsewhere.example/view/x", ""):
            assert (await embedded(wrong)).status_code == 404
        if (STATIC / PLAYER).is_file():  # the pages are built
            assert f'property="og:url" content="{other}"' in (await client.get(other)).text

        share = other.partition("share=")[2]
        revoked = await client.delete(f"{path}/share", params={"share": share}, headers=headers)
        assert revoked.json() == {"session_id": made["session_id"], "revoked": 1}
        assert (
            await client.delete(f"{path}/share", params={"share": share}, headers=headers)
        ).status_code == 404
        for link, status in ((other, 404), (made["view_url"], 200)):
            assert (await client.get(link.replace("/view/", "/v1/view/"))).status_code == status
            assert (await embedded(link)).status_code == status
        assert (await client.delete(f"{path}/share", headers=headers)).json()["revoked"] == 1
        assert (await client.get(made["view_url"].replace("/view/", "/v1/view/"))).status_code == 404
        assert (await client.get(path, headers=headers)).json()["view_url"] is None


def leave(server: Server, made: dict[str, Any], seconds: int) -> None:
    """Leave so much of the paid time of a session."""
    statement = (
        "UPDATE sessions SET max_duration_s = extract(epoch FROM now() - joined_at)::int + %s "
        "WHERE id = %s RETURNING id"
    )
    server.rows(statement, seconds, made["session_id"])


@asynchronous
async def test_the_end_of_paid_time_is_announced_and_then_told(server: Server, face: Path) -> None:
    async with session(server, face) as made, websockets.connect(made["websocket_url"]) as socket:
        leave(server, made, 61)
        warned = (await until(socket, lambda each: each["type"] == "time_warning"))[-1]
        assert 50 <= warned["remaining_seconds"] <= 60
        leave(server, made, 11)
        warned = (await until(socket, lambda each: each["type"] == "time_warning"))[-1]
        assert warned["remaining_seconds"] <= 10
        leave(server, made, 1)
        ended = (await until(socket, lambda each: each["type"] == "ended"))[-1]
        assert ended["reason"] == "max_duration"


@pytest.mark.skipif(module() is None, reason="needs nginx with the module of libnginx-mod-rtmp")
@asynchronous
async def test_the_video_goes_to_an_rtmp_server(server: Server, face: Path, tmp_path: Path) -> None:
    with rtmp_server(tmp_path) as receiver:
        async with session(server, face, output_url=receiver.url) as made:
            assert made["output_protocol"] == "rtmp"
            while True:
                try:
                    pulled = await asyncio.to_thread(pull, receiver.url, seconds=2.0, open_s=3.0)
                    break
                except OSError:
                    await asyncio.sleep(0.1)
            assert pulled.codecs == ["aac", "h264"]
            assert pulled.last is not None
            assert np.ptp(pulled.last.mean(axis=2)) > 60  # a face, and no plain grey
        assert "secret-key" not in server.log.read_text()
