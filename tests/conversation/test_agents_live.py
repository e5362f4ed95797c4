"""Agents in live sessions: told what to say and what to know, once each, in order, whatever dies."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from harness.sound_device import RATE_HZ, is_installed, sound_device
from harness.talking import Talker, talking
from tests.support.live import Stage, asynchronous, start_live
from tests.support.server import until

from visavis.engine.arrays import Floats
from visavis.engine.resample import Resampler
from visavis.engine.rig.model import Rig
from visavis.ports import RECOGNITION_RATE_HZ
from visavis.providers.stt.whisper import Whisper

pytestmark = pytest.mark.slow
CODE = "A12345678"
PROMPT = "You are Ada, a sales assistant. We sell bicycles."


@pytest.fixture(scope="module")
def stage(
    open_folder: Callable[[], Path], model_folder: Callable[[str], Path], portrait_rig: Rig
) -> Iterator[Stage]:
    """A server with an agent."""
    for model in ("face", "whisper-tiny.en"):
        model_folder(model)
    stage = Stage(start_live(open_folder(), VISAVIS_LIVE_SPARE_CONVERSATIONS="1"), portrait_rig)
    try:
        with stage.server.client() as client:
            body = {"prompt": PROMPT, "agent_id": CODE, "duration": 2, "video_aspect_ratio": "1:1"}
            assert client.post("/v1/agent/generate", json=body).status_code == 200

            def status() -> str:
                return str(client.get(f"/v1/agent/status/{CODE}").json()["data"]["status"])

            until(lambda: status() == "ready", within_s=120, what="the agent")
        yield stage
    finally:
        assert stage.server.stop() == 0


@asynccontextmanager
async def room(stage: Stage, **fields: Any) -> AsyncIterator[tuple[Talker, dict[str, Any]]]:
    """A live session with the agent, when it has greeted."""
    sent = {"agent_id": CODE, "greeting": "Welcome.", **fields}
    async with (
        stage.session(json=sent) as made,
        talking(made["livekit_url"], made["token"]) as talker,
    ):
        await talker.until(lambda: said(talker) == ["Welcome."], within_s=60)
        yield talker, made


def said(talker: Talker) -> list[str]:
    return [line.text.strip() for line in talker.finals("avatar")]


def shown(talker: Talker) -> str:
    """The transcript so far, final or not."""
    return " ".join(line.text for line in talker.lines.values())


async def tell(client: httpx.AsyncClient, what: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"/v1/agent/{CODE}/{what}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@asynchronous
async def test_what_is_said_reaches_every_room_once_and_in_order(stage: Stage) -> None:
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(stage.client)
        first, made = await stack.enter_async_context(room(stage))
        second, other = await stack.enter_async_context(room(stage))
        assert (made["mode"], other["mode"]) == ("conversation", "conversation")
        delivered = [await tell(client, "speak", message=f"This is number {n}.") for n in ("one", "two")]
        assert delivered == [
            {"agent_code": CODE, "context_type": "speak", "delivered_to_rooms": 2} for _ in range(2)
        ]
        only = await tell(client, "add-context", context="And three.", type="speak", room_id=made["room"])
        assert (only["context_type"], only["delivered_to_rooms"]) == ("speak", 1)
        only = await tell(client, "speak", message="And four.", room_id=other["session_id"])
        assert only["delivered_to_rooms"] == 1
        both = ["Welcome.", "This is number one.", "This is number two."]
        await first.until(lambda: said(first) == [*both, "And three."], within_s=60)
        await second.until(lambda: said(second) == [*both, "And four."], within_s=60)
        known = await tell(client, "add-context", context="The colour of the year is violet.")
        assert known == {"agent_code": CODE, "context_type": "add_context", "delivered_to_rooms": 2}
        await first.room.local_participant.send_text("What is the colour of the year?", topic="lk.chat")
        await first.until(lambda: "violet" in said(first)[-1], within_s=60)
        none = await client.post(f"/v1/agent/{CODE}/speak", json={"message": "x", "room_id": "nowhere"})
        assert (none.status_code, none.json()["error"]["code"]) == (404, "NO_ACTIVE_ROOMS")


@asynchronous
async def test_answers_come_from_documents_and_name_them(stage: Stage) -> None:
    page = b"<html><title>Warranty</title><p>The warranty of our bicycles lasts for seven years.</p></html>"
    async with stage.client as client, room(stage, transcript=True) as (talker, made):
        sent = await client.post(f"/v1/agent/{CODE}/add-context", files={"file": ("a.html", page)})
        assert (sent.status_code, sent.json()["delivered_to_rooms"]) == (200, 1)
        await talker.room.local_participant.send_text("How long is the warranty?", topic="lk.chat")
        await talker.until(lambda: "seven years" in said(talker)[-1], within_s=60)

        def sources() -> list[list[str]]:
            lines = stage.state(made)["transcript"] or []
            return [each["sources"] for each in lines if each["role"] == "agent"]

        await asyncio.to_thread(until, lambda: sources() == [[], ["Warranty"]], what="the sources")


@asynchronous
async def test_now_cuts_off_what_is_said(stage: Stage) -> None:
    long = "This is a very long sentence about bicycles with many gears and bells and lamps and baskets. " * 3
    async with stage.client as client, room(stage) as (talker, _):
        await tell(client, "speak", message=long)
        await talker.until(lambda: "gears" in shown(talker), within_s=60)
        await tell(client, "speak", message="Stop, please.", priority="now")
        await talker.until(lambda: said(talker)[-1] == "Stop, please.", within_s=60)
        await talker.until(lambda: talker.is_silent(1.0), within_s=60)
        assert said(talker)[-1] == "Stop, please."
        assert not any("baskets" in text for text in said(talker)[2:])


@asynchronous
async def test_a_worker_dies_and_nothing_is_lost_or_said_twice(stage: Stage) -> None:
    # Long enough that the worker dies in the middle of it.
    second = "Two is a lamp " + "that shines on the road at night and " * 4 + "costs ten euros."
    texts = [f"One is a bell. {second}", "Three is a basket.", "Four is a lock."]
    whole = ["One is a bell.", second, "Three is a basket.", "Four is a lock."]
    async with stage.client as client, room(stage) as (talker, made):
        for text in texts:
            await tell(client, "speak", message=text)
        begun = "SELECT position FROM session_messages WHERE session_id = %s ORDER BY sequence LIMIT 1"

        def is_first_recorded() -> bool:
            return stage.server.rows(begun, made["session_id"]) == [(1,)]

        await asyncio.to_thread(until, is_first_recorded, within_s=60, what="the first sentence")
        (worker,) = stage.server.processes()["worker"]
        os.kill(worker, signal.SIGKILL)
        await talker.until(lambda: whole[-1] in said(talker), within_s=100)
        spoken = [text for text in said(talker) if text in whole]
        assert spoken == whole

        def is_done() -> bool:
            wanted = "SELECT taken_at, done_at FROM session_messages WHERE session_id = %s"
            rows = stage.server.rows(wanted, made["session_id"])
            return len(rows) == len(texts) and all(all(row) for row in rows)

        await asyncio.to_thread(until, is_done, within_s=30, what="the record of what was said")


def talk(stage: Stage, *options: str, env: dict[str, str] | None = None) -> str:
    """What a terminal shows of a conversation with one question."""
    command = [str(Path(sys.executable).with_name("visavis")), "agents", "talk", CODE, *options]
    given = {"VISAVIS_API_URL": stage.server.url, "VISAVIS_API_KEY": stage.server.key}
    typed = "What do you sell?\n\n"
    done = subprocess.run(
        command,
        env=os.environ | given | (env or {}),
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    look = "SELECT reason FROM sessions ORDER BY created_at DESC LIMIT 1"
    assert stage.server.rows(look) == [("deleted",)]
    return done.stdout + done.stderr


def test_a_conversation_in_a_terminal(stage: Stage) -> None:
    assert "Ada: We sell bicycles." in talk(stage, "--no-sound")


@pytest.mark.quiet  # a sound device plays on while a machine that is busy stands still
def test_a_conversation_in_a_terminal_is_heard(stage: Stage, model_folder: Callable[[str], Path]) -> None:
    if not is_installed():
        pytest.skip("PulseAudio or PortAudio is not installed")
    with sound_device() as device:
        shown_text = talk(stage, env=device.env)
        heard = device.heard()
    assert "there is no sound" not in shown_text
    assert "Ada: We sell bicycles." in shown_text
    words = Whisper(model_folder("whisper-tiny.en")).recognize(voice_in(heard), "en").text
    assert "we sell bicycles" in words.lower()


def voice_in(sound: Floats) -> Floats:
    """What is not silent of a sound, and a second around it, at the rate of recognizers."""
    (loud,) = np.nonzero(np.abs(sound) > 0.02)
    assert loud.size, "nothing was heard"
    padded = np.concatenate([np.zeros(RATE_HZ), sound[loud[0] : loud[-1] + 1], np.zeros(RATE_HZ)])
    resampler = Resampler(RATE_HZ, RECOGNITION_RATE_HZ)
    return np.concatenate([resampler(padded.astype(np.float32)), resampler.finish()])


@asynchronous
async def test_what_a_dead_process_has_sent_is_not_said_besides(stage: Stage) -> None:
    """The avatar has the whole sentence ahead of its time, and the process that takes over says it again."""
    long = "This lamp " + "shines on the road at night and " * 5 + "costs ten euros."
    async with stage.client as client, room(stage) as (talker, made):
        await tell(client, "speak", message=f"One is a bell. {long}")
        await talker.until(lambda: "shines" in shown(talker), within_s=60)
        ((pid, _),) = conversations(stage, made)
        killed_s = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        await talker.until(lambda: long in said(talker), within_s=100)
        silent_s = talker.first_silence_s(killed_s)
        assert silent_s is not None
        (_, _), (_, resumed_at) = conversations(stage, made)
        # Silent when the other one begins, and not only when the sentence has ended.
        silent_at = datetime.now(UTC) - timedelta(seconds=time.monotonic() - silent_s)
        assert silent_at < resumed_at + timedelta(seconds=1)
        assert [text for text in said(talker) if text in ("One is a bell.", long)] == ["One is a bell.", long]


@asynchronous
async def test_what_was_heard_to_its_end_is_not_said_again(stage: Stage) -> None:
    """The process dies before it hears of the end of its sentence, so only the avatar can report it."""
    first = "This lamp " + "shines on the road at night and " * 4 + "costs ten euros."
    async with stage.client as client, room(stage) as (talker, made):
        await tell(client, "speak", message=f"{first} That is a bell.")
        await talker.until(lambda: "costs" in shown(talker), within_s=60)  # sent to its end long ago
        ((pid, _),) = conversations(stage, made)
        os.kill(pid, signal.SIGSTOP)
        await talker.until(lambda: talker.is_silent(1.0), within_s=60)
        os.kill(pid, signal.SIGKILL)
        await talker.until(lambda: "That is a bell." in said(talker), within_s=100)
        assert first not in said(talker)


def conversations(stage: Stage, made: dict[str, Any]) -> list[tuple[int, datetime]]:
    """Process IDs of the conversations of a session, and when each began, from the server's log."""
    lines = [json.loads(line) for line in stage.server.log.read_text().splitlines() if line.startswith("{")]
    return [
        (each["process"], datetime.fromisoformat(each["timestamp"]))
        for each in lines
        if each.get("event") == "conversation_begun" and each["session"] == made["session_id"]
    ]


def test_a_worker_dies_while_it_makes_an_agent(stage: Stage) -> None:
    with stage.server.client() as client:
        body = {"prompt": PROMPT, "agent_id": "killed", "duration": 4}
        assert client.post("/v1/agent/generate", json=body).status_code == 200

        def data() -> dict[str, Any]:
            found: dict[str, Any] = client.get("/v1/agent/status/killed").json()["data"]
            return found

        until(lambda: data()["current_step"] == "video", within_s=100, what="the clip")
        (worker,) = stage.server.processes()["worker"]
        os.kill(worker, signal.SIGKILL)
        until(lambda: data()["status"] == "ready", within_s=150, what="the agent")
        assert data()["video_url"]
    ((path,),) = stage.server.rows("SELECT clip_path FROM agents WHERE code = 'killed'")
    assert path.endswith("/2.mp4")  # of the second attempt
