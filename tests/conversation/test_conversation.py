"""Conversations over real rooms: whole processes, real recognition, real voices."""

import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from harness.dialogues import cough, play, read_dialogues, sounds_of, speech
from harness.talking import Sound, Talker, talking
from tests.support.live import Stage, asynchronous, start_live
from tests.support.server import until

from visavis.engine.rig.model import Rig

VOICE = "kokoro-am_michael"
PROMPT = (
    "You are the receptionist of Cafe Blue. We are open from nine to six on weekdays. "
    "A coffee costs three euros. We have a garden with old trees, and a room for parties on the first floor."
)
LONG = "The first floor has a room for parties, and behind the house is a garden with very old trees."


@pytest.fixture(scope="module")
def stage(
    open_folder: Callable[[], Path], model_folder: Callable[[str], Path], portrait_rig: Rig
) -> Iterator[Stage]:
    """A server with a process that waits for a conversation."""
    for model in ("face", "whisper-tiny.en", "kokoro"):
        model_folder(model)
    server = start_live(open_folder(), VISAVIS_LIVE_SPARE_CONVERSATIONS="1")
    processes: list[int] = []
    try:
        until(lambda: server.processes()["conversation_process"], within_s=90, what="a conversation process")
        yield Stage(server, portrait_rig)
        processes = server.processes()["conversation_process"]
    finally:
        assert server.stop() == 0
    assert not [pid for pid in processes if Path(f"/proc/{pid}").exists()]


@asynccontextmanager
async def conversation(stage: Stage, **fields: Any) -> AsyncIterator[tuple[Talker, dict[str, Any]]]:
    """A conversation, when the avatar has greeted."""
    sent = {"mode": "conversation", "instructions": PROMPT, "greeting": "Welcome.", **fields}
    async with (
        stage.session(json=sent) as made,
        talking(made["livekit_url"], made["token"]) as talker,
    ):
        await talker.until(lambda: talker.finals("avatar"), within_s=60)
        await talker.until(lambda: talker.is_silent(0.5))
        yield talker, made


@pytest.fixture(scope="module")
def question() -> Sound:
    return speech("How much is a coffee?", VOICE)


@pytest.fixture(scope="module")
def order() -> Sound:
    return speech("Stop. How much is a coffee?", VOICE)


@asynchronous
async def test_a_question_is_answered_and_both_sides_are_in_the_transcript(
    stage: Stage, question: Sound
) -> None:
    async with conversation(stage, transcript=True) as (talker, made):
        _, ended_s = await talker.say(question)
        await talker.until(lambda: len(talker.finals("avatar")) == 2)
        assert talker.first_sound_s(ended_s) is not None
        assert "three euros" in talker.finals("avatar")[1].text
        (asked,) = [line for line in talker.finals() if line.speaker.startswith("user-")]
        assert "coffee" in asked.text.lower()
        assert asked.text.endswith("?")
        ids = {line.id for line in talker.finals()}
        await talker.until(lambda: ids <= {each for each, _, is_final in talker.packets if is_final})
        kept = stage.state(made)["transcript"]
        assert [each["role"] for each in kept] == ["agent", "user", "agent"]


@pytest.mark.quiet
@asynchronous
async def test_a_voice_interrupts_and_is_answered(stage: Stage, order: Sound) -> None:
    async with conversation(stage) as (talker, _):
        await talker.speak_request(LONG)
        began_s = (await talker.say(np.zeros(1, np.float32)))[1]
        await talker.until(lambda: talker.first_sound_s(began_s))
        _, ended_s = await talker.say(order)
        cut = talker.first_silence_s(ended_s - len(order) / 48_000)
        assert cut is not None
        assert cut < ended_s
        await talker.until(lambda: len(talker.finals("avatar")) == 3)
        _, spoken, _answer = talker.finals("avatar")
        assert spoken.text != LONG
        assert LONG.startswith(spoken.text)  # only what was heard of it


@pytest.mark.quiet
@asynchronous
async def test_a_cough_lets_the_avatar_go_on_where_it_was(stage: Stage) -> None:
    async with conversation(stage) as (talker, _):
        await talker.speak_request(LONG)
        _, asked_s = await talker.say(np.zeros(1, np.float32))
        await talker.until(lambda: talker.first_sound_s(asked_s))
        await talker.say(cough())
        await talker.until(lambda: len(talker.finals("avatar")) == 2)
        assert talker.finals("avatar")[1].text == LONG
        assert not [line for line in talker.finals() if line.speaker.startswith("user-")]


@asynchronous
async def test_a_client_stops_what_is_said_and_what_waits(stage: Stage) -> None:
    async with conversation(stage) as (talker, _):
        await talker.speak_request(LONG)
        await talker.speak_request("This waits for the first text to end.")
        _, asked_s = await talker.say(np.zeros(1, np.float32))
        await talker.until(lambda: talker.first_sound_s(asked_s))
        await talker.room.local_participant.publish_data(json.dumps({"type": "interrupt"}))
        await talker.until(lambda: len(talker.finals("avatar")) == 2)
        await talker.speak_request("Goodbye.")
        await talker.until(lambda: talker.finals("avatar")[-1].text == "Goodbye.")
        _, cut, _goodbye = talker.finals("avatar")
        assert cut.text != LONG
        assert LONG.startswith(cut.text)


@asynchronous
async def test_what_users_write_is_answered(stage: Stage) -> None:
    async with conversation(stage) as (talker, _):
        await talker.room.local_participant.send_text("How much is a coffee?", topic="lk.chat")
        await talker.until(lambda: len(talker.finals("avatar")) == 2)
        assert "three euros" in talker.finals("avatar")[1].text


@pytest.mark.quiet
@asynchronous
async def test_another_process_goes_on_when_one_dies(stage: Stage, question: Sound) -> None:
    async with conversation(stage) as (talker, made):
        (pid,) = processes_of(stage, made)
        os.kill(pid, signal.SIGKILL)
        await talker.until(lambda: talker.left.count("agent") == 1)
        await talker.until(lambda: talker.agent_state() == "listening", within_s=60)
        await talker.say(question)
        await talker.until(lambda: len(talker.finals("avatar")) == 2)
        assert "three euros" in talker.finals("avatar")[1].text  # and no second greeting
        assert stage.state(made)["status"] == "active"


@asynchronous
async def test_a_session_without_conversation_speaks_texts(stage: Stage) -> None:
    async with (
        stage.session(json={"mode": "passthrough"}) as made,
        talking(made["livekit_url"], made["token"], microphone=False) as talker,
    ):
        await talker.until(lambda: "avatar" in talker.room.remote_participants)
        await talker.speak_request("Good morning.", "a")
        await talker.until(lambda: talker.results)
        await talker.until(lambda: talker.finals("avatar"))
        assert talker.finals("avatar")[0].text == "Good morning."
        assert max(level for _, level in talker.levels(0.0)) > 0.02
        await talker.speak_request("x" * 5001, "b")
        await talker.until(lambda: len(talker.results) == 2)
        assert [(each["id"], each["status"]) for each in talker.results] == [
            ("a", "accepted"),
            ("b", "rejected"),
        ]


@pytest.mark.quiet
@pytest.mark.parametrize("name", ["users: one after the other", "noises: coffee at 10 dB"])
def test_a_scripted_dialogue(stage: Stage, name: str) -> None:
    (dialogue,) = read_dialogues(name)
    sounds = sounds_of(dialogue)

    @asynchronous
    async def hold() -> None:
        async with stage.client as client:
            await play(dialogue, sounds, client, stage.server.data)

    hold()


def processes_of(stage: Stage, made: dict[str, Any]) -> list[int]:
    """Process IDs of the conversation of a session, from the server's log."""
    lines = [json.loads(line) for line in stage.server.log.read_text().splitlines() if line.startswith("{")]
    return [
        line["process"]
        for line in lines
        if line.get("event") == "conversation_begun" and line["session"] == made["session_id"]
    ]
