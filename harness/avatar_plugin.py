"""A LiveKit avatar plugin in a real agent session: what a viewer sees and hears of its avatar.

Authors of plugins use it as the tests do: `observe` runs the session, and `faults` says what is wrong.
"""

import asyncio
import os
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from unittest.mock import patch

import numpy as np
from livekit import rtc
from livekit.agents import Agent, AgentSession, utils
from livekit.agents.job import (
    JobAcceptArguments,
    JobContext,
    JobExecutorType,
    JobProcess,
    RunningJobInfo,
    _JobContextVar,
)
from livekit.agents.voice.io import PlaybackFinishedEvent
from livekit.agents.voice.room_io import RoomOptions
from livekit.protocol import agent as agent_protocol
from livekit.protocol import models

from harness.room_clients import Target
from harness.viewing import BLOCK, RATE_HZ, Track, Viewer, sentence, watching

AGENT: Final = "the-agent"
SENT_HZ: Final = 24_000
_FRAME_S: Final = 0.05
_SENTENCE_S: Final = 2.0
_SPOKEN_S: Final = 1.0  # before it is interrupted
_LOUD: Final = 0.2
_SILENCE_S: Final = 1.0
_WAIT_S: Final = 30.0
_POSITION_TOLERANCE_S: Final = 0.06
_INTERRUPTED_TOLERANCE_S: Final = 0.35
_MIN_LIP_MOVEMENT: Final = 0.05

Start = Callable[[AgentSession[None], rtc.Room], Awaitable[Any]]
"""Makes a plugin's avatar session, starts it with the agent session and the room, and returns it.

The address, the key and the secret of the room server are in the environment, as in a job.
"""


@dataclass
class Sentence:
    """What became of something that the agent said.

    Attributes:
        position_s: Position at the end, as the avatar told the agent.
        interrupted: Whether the avatar told the agent that it was interrupted.
        heard_s: How long the viewer heard it.
    """

    position_s: float
    interrupted: bool
    heard_s: float


@dataclass
class Observed:
    """What became of an avatar.

    Attributes:
        joined_s: Seconds from the start of the avatar session to the first picture at the viewer.
        publishers: Identities of those who published tracks.
        avatar: Identity of the avatar.
        lip_movement: Range of the openness of the mouth while it spoke, 0..1.
        whole: A sentence that was said to its end.
        cut: One that was interrupted.
        again: One that was said after the interruption.
        has_left: Whether the avatar left the room at the end.
    """

    joined_s: float
    avatar: str
    publishers: set[str] = field(default_factory=set)
    lip_movement: float = 0.0
    whole: Sentence | None = None
    cut: Sentence | None = None
    again: Sentence | None = None
    has_left: bool = False


def faults(seen: Observed) -> list[str]:
    """What is wrong with an avatar; empty if nothing is."""
    found = []
    if seen.publishers != {seen.avatar}:
        found.append(f"published by {sorted(seen.publishers)}, not by {seen.avatar} alone")
    if seen.lip_movement < _MIN_LIP_MOVEMENT:
        found.append(f"the lips moved by {seen.lip_movement:.2f}")
    for name, said in (("first", seen.whole), ("last", seen.again)):
        if said is None or said.interrupted or abs(said.position_s - _SENTENCE_S) > _POSITION_TOLERANCE_S:
            found.append(f"the {name} sentence of {_SENTENCE_S} s: {said}")
    cut = seen.cut
    if cut is None or not cut.interrupted or abs(cut.position_s - cut.heard_s) > _INTERRUPTED_TOLERANCE_S:
        found.append(f"the interrupted sentence: {cut}")
    if not seen.has_left:
        found.append("the avatar did not leave")
    return found


async def observe(start: Start, server: Target, mouth: tuple[slice, slice]) -> Observed:
    """Run an agent session with an avatar: a sentence, one that is interrupted, another one, the end.

    Args:
        start: Starts the plugin's avatar session.
        server: The room server.
        mouth: Rows and columns of the mouth in the avatar's pictures.

    Raises:
        TimeoutError: The avatar does not come, or does not say that it has spoken.
    """
    name = f"plugin-{uuid.uuid4().hex[:12]}"
    viewer_token = server.token("viewer", name)
    async with watching(server.url, viewer_token, mouth) as viewer, _job(server, name) as job:
        publishers: set[str] = set()
        viewer.room.on("track_published", lambda _publication, person: publishers.add(person.identity))
        began_s = time.monotonic()
        session: AgentSession[None] = AgentSession()
        avatar = await start(session, job.room)
        await session.start(Agent(instructions=""), room=job.room, room_options=_OPTIONS, record=False)
        await avatar.wait_for_join()
        await viewer.until(lambda: viewer.frames > 0, within_s=_WAIT_S)
        seen = Observed((viewer.first_frame_s or 0.0) - began_s, avatar.avatar_identity, publishers)
        talk = _Talk(session, viewer)
        seen.whole = await talk.say(_SENTENCE_S)
        seen.lip_movement = max(viewer.lips.values) - min(viewer.lips.values)
        seen.cut = await talk.say(len(sentence()) / RATE_HZ, interrupt_after_s=_SPOKEN_S)
        seen.again = await talk.say(_SENTENCE_S)
        await session.aclose()
        for end in job._shutdown_callbacks:
            await end("")
        seen.has_left = await _has_left(viewer.room, avatar.avatar_identity)
    return seen


_OPTIONS: Final = RoomOptions(audio_input=False, text_input=False, text_output=False)


class _Talk:
    """What an agent says, and what is heard of it."""

    def __init__(self, session: AgentSession[None], viewer: Viewer) -> None:
        self._session, self._viewer = session, viewer
        self._ended: asyncio.Queue[PlaybackFinishedEvent] = asyncio.Queue()
        output = session.output.audio
        assert output is not None
        output.on("playback_finished", self._ended.put_nowait)

    async def say(self, length_s: float, *, interrupt_after_s: float | None = None) -> Sentence:
        """Say the beginning of the built-in sentence, and wait until the viewer hears it no more."""
        sound, since_s = self._viewer.sound, time.monotonic()

        def loud() -> list[float]:
            return _loud_times(sound, since_s)

        self._session.say("…", audio=_frames(length_s), allow_interruptions=True)
        if interrupt_after_s is not None:
            await self._viewer.until(
                lambda: bool(loud()) and sound.times_s[-1] > loud()[0] + interrupt_after_s, within_s=_WAIT_S
            )
            await self._session.interrupt()
        async with asyncio.timeout(_WAIT_S):
            event = await self._ended.get()
        await self._viewer.until(
            lambda: not loud() or sound.times_s[-1] > loud()[-1] + _SILENCE_S, within_s=_WAIT_S
        )
        heard_s = _heard_s(sound, since_s)
        return Sentence(event.playback_position, event.interrupted, round(heard_s, 3))


def _heard_s(sound: Track, since_s: float) -> float:
    """How long there was speech, counted in blocks: a busy machine delays them and loses none."""
    pairs = zip(sound.times_s, sound.values, strict=True)
    loud = [at for at, (time_s, level) in enumerate(pairs) if time_s > since_s and level > _LOUD]
    return (loud[-1] + 1 - loud[0]) * BLOCK / RATE_HZ if loud else 0.0


def _loud_times(sound: Track, since_s: float) -> list[float]:
    return [
        time_s
        for time_s, level in zip(sound.times_s, sound.values, strict=True)
        if time_s > since_s and level > _LOUD
    ]


async def _frames(length_s: float) -> AsyncIterator[rtc.AudioFrame]:
    """The beginning of the built-in sentence, in pieces."""
    samples = sentence()[: round(length_s * RATE_HZ) : RATE_HZ // SENT_HZ]
    pcm = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
    step = round(SENT_HZ * _FRAME_S)
    for at in range(0, len(pcm), step):
        part = pcm[at : at + step]
        yield rtc.AudioFrame(part.tobytes(), SENT_HZ, 1, len(part))


async def _has_left(room: rtc.Room, identity: str) -> bool:
    """Whether a participant leaves before long."""
    left = asyncio.Event()
    room.on("participant_disconnected", lambda person: left.set() if person.identity == identity else None)
    if identity not in room.remote_participants:
        return True
    try:
        async with asyncio.timeout(_WAIT_S):
            await left.wait()
    except TimeoutError:
        return False
    return True


@asynccontextmanager
async def _job(server: Target, name: str) -> AsyncIterator[JobContext]:
    """A job of livekit-agents in a room, as a worker gives it to an agent."""
    token = server.token(AGENT, name, kind="agent")
    info = RunningJobInfo(
        accept_arguments=JobAcceptArguments(name=AGENT, identity=AGENT, metadata=""),
        job=agent_protocol.Job(id=f"job-{name}", room=models.Room(name=name)),
        url=server.url,
        token=token,
        worker_id="worker",
        fake_job=True,
    )
    process = JobProcess(executor_type=JobExecutorType.THREAD, user_arguments=None, http_proxy=None)
    inference: Any = None  # for models that agents load, of which there are none
    job = JobContext(
        proc=process,
        info=info,
        room=rtc.Room(),
        on_connect=lambda: None,
        on_shutdown=lambda _reason: None,
        inference_executor=inference,
    )
    with _environment(server):
        before = _JobContextVar.set(job)
        try:
            async with utils.http_context.open():
                await job.connect()
                try:
                    yield job
                finally:
                    await job.room.disconnect()
        finally:
            _JobContextVar.reset(before)


@contextmanager
def _environment(server: Target) -> Iterator[None]:
    """What a worker puts into the environment of its jobs."""
    given = {
        "LIVEKIT_URL": server.url,
        "LIVEKIT_API_KEY": server.key,
        "LIVEKIT_API_SECRET": server.secret,
    }
    with patch.dict(os.environ, given):
        yield
