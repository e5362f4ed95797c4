"""Paid sessions with sound by WebSocket and video by RTMP, on a whole server; here nothing is to be paid."""

import asyncio
import base64
import contextlib
import json
import random
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import websockets
from harness.room_clients import Target
from harness.room_servers import NoReferenceError, reference
from harness.rtmp_server import Pulled, is_installed, pull, rtmp_server
from harness.streamed_sound import cut, speech, streamed, voice
from harness.viewing import Viewer, mouth_box, watching
from livekit import rtc
from tests.support.live import Stage, asynchronous
from tests.support.server import Server

from visavis.realtime.sound import to_pcm
from visavis.samples import write_portrait
from visavis.surfaces.console.pages import PLAYER, STATIC

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("stage", ["embedded"], indirect=True)]
SPOKEN_S = 2.0
GRACE_S = 5


@pytest.fixture
def server(stage: Stage) -> Server:
    return stage.server


@pytest.fixture(scope="module")
def face(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("faces") / "face.png"
    write_portrait(path)
    return path


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A LiveKit server of somebody else."""
    with contextlib.ExitStack() as stack:
        try:
            yield stack.enter_context(reference(tmp_path_factory.mktemp("theirs") / "livekit.log")).target
        except NoReferenceError as reason:
            pytest.skip(str(reason))


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


@contextlib.asynccontextmanager
async def watched(stage: Stage, made: dict[str, Any], link: str | None = None) -> AsyncIterator[Viewer]:
    """A viewer who came by a link of a session, once the avatar is seen."""
    async with httpx.AsyncClient() as client:
        view = (await client.get((link or made["view_url"]).replace("/view/", "/v1/view/"))).json()
    async with watching(view["livekit_url"], view["livekit_access_token"], mouth_box(stage.rig)) as viewer:
        await viewer.until(lambda: viewer.frames > 0)
        yield viewer


def gone(viewer: Viewer) -> asyncio.Event:
    """Is set when a viewer is sent away."""
    event = asyncio.Event()
    viewer.room.on("disconnected", lambda _: event.set())
    return event


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
        async with watched(stage, made) as viewer:
            for piece in cut(streamed("mp3", SPOKEN_S, speech), random.Random(1)):
                await socket.send(piece)
            await socket.send(json.dumps({"type": "speak_done"}))
            done = await until(socket, is_last)
            assert [each["utterance"] for each in done] == [1] * len(done)
            assert done[-1]["position_seconds"] == pytest.approx(SPOKEN_S, abs=0.1)
            await viewer.until(lambda: np.ptp(viewer.lips.values) > 0.05)
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
        assert ended["gpu_seconds_used"] >= SPOKEN_S
        await socket.wait_closed()
        assert socket.close_code == 1000


@asynchronous
async def test_agents_send_pcm_in_chunks_and_mp3_as_one_message(
    stage: Stage, server: Server, face: Path
) -> None:
    async with (
        session(server, face) as made,
        watched(stage, made) as viewer,
        websockets.connect(made["websocket_url"], ping_interval=None) as socket,
    ):
        for number, kind in enumerate(("pcm", "mp3"), start=1):
            began, data = len(viewer.lips.values), streamed(kind, SPOKEN_S, speech)
            chunk = 3200 if kind == "pcm" else len(data)
            for at in range(0, len(data), chunk):
                await socket.send(data[at : at + chunk])
                await asyncio.sleep(0.1)  # as the sound is made
            await socket.send(json.dumps({"type": "speak_done"}))
            done = await until(socket, is_last)
            assert {each["utterance"] for each in done} == {number}
            assert done[-1]["position_seconds"] == pytest.approx(SPOKEN_S, abs=0.1)
            await viewer.until(lambda since=began: np.ptp(viewer.lips.values[since:]) > 0.05)
        headers = {"Authorization": f"Bearer {made['token']}"}
        async with httpx.AsyncClient(base_url=server.url, headers=headers) as client:
            assert (await client.delete(f"/v1/sessions/{made['session_id']}")).status_code == 200
        assert (await until(socket, lambda each: each["type"] == "ended"))[-1]["reason"] == "deleted"


@asynchronous
async def test_a_client_connects_again_another_one_takes_over_and_wrong_tokens_are_refused(
    server: Server, face: Path
) -> None:
    async with session(server, face) as made:
        data = streamed("mp3")
        async with websockets.connect(made["websocket_url"]) as first:
            await first.send(data[: len(data) // 2])
        async with websockets.connect(made["websocket_url"]) as first:
            await first.send(data[len(data) // 2 :])
            await first.send(json.dumps({"type": "speak_done"}))
            done = (await until(first, is_last))[-1]
            assert (done["utterance"], done["interrupted"]) == (1, False)
            assert done["position_seconds"] == pytest.approx(1.5, abs=0.1)
        async with (
            websockets.connect(made["websocket_url"]) as first,
            websockets.connect(made["websocket_url"]) as second,
        ):
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
async def test_links_are_embedded_elsewhere_and_can_be_revoked(
    stage: Stage, server: Server, face: Path
) -> None:
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
        view = (await client.get(other.replace("/view/", "/v1/view/"))).json()
        async with watched(stage, made, other) as viewer, watched(stage, made) as stays:
            is_gone = gone(viewer)
            revoked = await client.delete(f"{path}/share", params={"share": share}, headers=headers)
            assert revoked.json() == {"session_id": made["session_id"], "revoked": 1}
            await is_gone.wait()
            with contextlib.suppress(rtc.ConnectError):  # sent away before it has come in
                async with watching(view["livekit_url"], view["livekit_access_token"], stays.box) as again:
                    await gone(again).wait()  # the token that it was given before does not help
            seen = stays.frames
            await stays.until(lambda: stays.frames > seen)
            assert stays.room.isconnected()
        assert (
            await client.delete(f"{path}/share", params={"share": share}, headers=headers)
        ).status_code == 404
        for link, status in ((other, 404), (made["view_url"], 200)):
            assert (await client.get(link.replace("/view/", "/v1/view/"))).status_code == status
            assert (await embedded(link)).status_code == status
        assert (await client.delete(f"{path}/share", headers=headers)).json()["revoked"] == 1
        assert (await client.get(made["view_url"].replace("/view/", "/v1/view/"))).status_code == 404
        assert (await client.get(path, headers=headers)).json()["view_url"] is None


def leave(server: Server, made: dict[str, Any], seconds: int) -> int:
    """Leave so much of the paid time of a session. Returns the whole of it, in seconds."""
    statement = (
        "UPDATE sessions SET max_duration_s = extract(epoch FROM now() - joined_at)::int + %s "
        "WHERE id = %s RETURNING max_duration_s"
    )
    return int(server.rows(statement, seconds, made["session_id"])[0][0])


@asynchronous
async def test_the_end_of_paid_time_is_announced_put_off_and_then_told_to_all(
    stage: Stage, server: Server, face: Path
) -> None:
    async with (
        session(server, face) as made,
        watched(stage, made) as viewer,
        websockets.connect(made["websocket_url"]) as socket,
    ):
        is_gone = gone(viewer)
        leave(server, made, 61)
        warned = (await until(socket, lambda each: each["type"] == "time_warning"))[-1]
        assert 50 <= warned["remaining_seconds"] <= 60
        leave(server, made, 11)
        warned = (await until(socket, lambda each: each["type"] == "time_warning"))[-1]
        assert warned["remaining_seconds"] <= 10
        await socket.send(to_pcm(voice(SPOKEN_S, 16_000)))
        headers = {"Authorization": f"Bearer {made['token']}"}
        async with httpx.AsyncClient(base_url=server.url, headers=headers) as client:
            path = f"/v1/sessions/{made['session_id']}"
            extended = (await client.post(f"{path}/extend", json={"duration_minutes": 1})).json()
        assert 60 - GRACE_S < extended["total_remaining_seconds"] <= 70
        await socket.send(json.dumps({"type": "speak_done"}))
        done = (await until(socket, is_last))[-1]
        assert (done["utterance"], done["interrupted"]) == (1, False)
        assert done["position_seconds"] == pytest.approx(SPOKEN_S, abs=0.01)
        assert server.rows("SELECT placements FROM sessions WHERE id = %s", made["session_id"]) == [(1,)]
        assert not is_gone.is_set()
        paid_s = leave(server, made, 1)
        ended = (await until(socket, lambda each: each["type"] == "ended"))[-1]
        assert ended["reason"] == "max_duration"
        assert ended["gpu_seconds_used"] >= paid_s + GRACE_S
        await is_gone.wait()


@pytest.mark.skipif(not is_installed(), reason="needs nginx with its modules for RTMP and TLS")
@asynchronous
async def test_the_video_goes_to_several_rtmp_servers_until_the_end(
    server: Server, face: Path, tmp_path: Path
) -> None:
    with rtmp_server(tmp_path) as receiver:
        wide = {
            "output_url": receiver.url.replace("secret-key", "other-key"),
            "output_size": "1280x720",
            "output_background": "#d02020",
        }
        async with session(server, face, outputs=json.dumps([receiver.url]), **wide) as made:
            assert made["output_protocol"] == "rtmp"
            square = await pulled(receiver.url, 1.0)
            assert square.codecs == ["aac", "h264"]
            assert square.last is not None
            assert np.ptp(square.last.mean(axis=2)) > 60  # a face, and no plain grey
            in_front = await pulled(wide["output_url"], 0.2)
            assert in_front.size == (1280, 720)
            assert in_front.last is not None
            np.testing.assert_allclose(in_front.last[100, 100], (0xD0, 0x20, 0x20), atol=24)
            last = asyncio.create_task(pulled(receiver.url, 60.0))
            leave(server, made, 1)
            assert (await last).has_ended
        log = server.log.read_text()
        assert "secret-key" not in log
        assert "other-key" not in log


async def pulled(url: str, seconds: float) -> Pulled:
    """Pull as soon as there is a stream."""
    while True:
        try:
            return await asyncio.to_thread(pull, url, seconds=seconds, open_s=3.0)
        except OSError:
            await asyncio.sleep(0.1)


@asynchronous
async def test_the_video_goes_to_livekit_servers_of_others(
    stage: Stage, server: Server, face: Path, theirs: Target
) -> None:
    tokens = [theirs.token("face", room, kind="agent") for room in ("main", "further")]
    further = json.dumps([{"url": theirs.url, "token": tokens[1]}])
    main = f"{theirs.url}?token={tokens[0]}"
    async with session(server, face, output_url=main, outputs=further) as made:
        assert (made["output_protocol"], made["view_url"]) == ("livekit", None)
        assert made["livekit_url"].rstrip("/") == theirs.url
        box = mouth_box(stage.rig)
        async with (
            watching(theirs.url, theirs.token("viewer", "main"), box) as viewer,
            watching(theirs.url, theirs.token("viewer", "further"), box) as beside,
            websockets.connect(made["websocket_url"]) as socket,
        ):
            await viewer.until(lambda: viewer.frames and viewer.sound.values)
            await beside.until(lambda: beside.frames)
            await socket.send(streamed("pcm"))
            await socket.send(json.dumps({"type": "speak_done"}))
            await until(socket, is_last)
            await viewer.until(lambda: max(viewer.sound.values) > 0.1)
