"""An avatar in an external room, with sound from livekit-agents' own sender and from the plugin."""

import asyncio
import importlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import livekit
import numpy as np
import pytest
from harness.viewing import RATE_HZ, Viewer, mouth_box, sentence, watching
from livekit import rtc
from livekit.agents import AgentSession, utils
from livekit.agents.voice.avatar import DataStreamAudioOutput
from livekit.agents.voice.io import PlaybackFinishedEvent
from tests.support.external_rooms import agent_token, rooms_of
from tests.support.live import Stage, asynchronous
from tests.support.server import until

PLUGIN = Path(__file__).parents[2] / "plugins/livekit-plugins-visavis"
AGENT, AVATAR, SENT_HZ = "the-agent", "the-avatar", 24_000


@dataclass
class Agent:
    """An agent: its room, its voice, and the playback events that it received."""

    room: rtc.Room
    voice: DataStreamAudioOutput
    finished: list[PlaybackFinishedEvent] = field(default_factory=list)
    started: int = 0
    notified: asyncio.Event = field(default_factory=asyncio.Event)

    async def push(self, samples: np.ndarray) -> None:
        """A segment, faster than it is spoken."""
        pcm = (np.clip(samples[:: RATE_HZ // SENT_HZ], -1, 1) * 32767).astype(np.int16)
        for at in range(0, len(pcm), 2400):
            part = pcm[at : at + 2400]
            await self.voice.capture_frame(rtc.AudioFrame(part.tobytes(), SENT_HZ, 1, len(part)))
        self.voice.flush()

    async def until(self, condition: Callable[[], Any], within_s: float = 40) -> None:
        async with asyncio.timeout(within_s):
            while not condition():
                self.notified.clear()
                await self.notified.wait()


@asynccontextmanager
async def agent_with_avatar(
    stage: Stage, name: str, *, foreign: bool = False
) -> AsyncIterator[tuple[Agent, Viewer]]:
    """An agent whose voice goes to an avatar, and which watches the avatar.

    Args:
        stage: The server.
        name: Of the room.
        foreign: Write the server's address in another way than it does itself: it counts as a stranger's.
    """
    server = await rooms_of(stage.server)
    own = agent_token(server, name, AGENT)
    async with watching(server.url, own, mouth_box(stage.rig)) as viewer, stage.client as client:
        voice = DataStreamAudioOutput(
            viewer.room,
            destination_identity=AVATAR,
            sample_rate=SENT_HZ,
            wait_remote_track=rtc.TrackKind.KIND_VIDEO,
            wait_playback_start=True,
        )
        agent = Agent(viewer.room, voice)

        def finished(event: PlaybackFinishedEvent) -> None:
            agent.finished.append(event)
            agent.notified.set()

        def started(_: object) -> None:
            agent.started += 1
            agent.notified.set()

        voice.on("playback_finished", finished)
        voice.on("playback_started", started)
        theirs = agent_token(server, name, AVATAR, **{"lk.publish_on_behalf": AGENT})
        url = server.url.replace("ws", "http", 1) if foreign else server.url
        sent = {"livekit_url": url, "livekit_token": theirs, "room_name": name}
        answer = await client.post("/v1/avatar/session", files={k: (None, v) for k, v in sent.items()})
        assert answer.status_code == 200, answer.text
        try:
            await viewer.until(lambda: viewer.frames > 0)
            yield agent, viewer
        finally:
            await client.delete(f"/v1/realtime/session/{answer.json()['session_id']}")


@asynchronous
async def test_each_segment_is_played_and_reported_once(stage: Stage) -> None:
    async with agent_with_avatar(stage, "agents-segments", foreign=True) as (agent, viewer):
        samples = sentence()[: 2 * RATE_HZ]
        await agent.push(samples)
        await agent.push(samples)
        await agent.until(lambda: len(agent.finished) == 2)
        assert [each.interrupted for each in agent.finished] == [False, False]
        for each in agent.finished:
            assert each.playback_position == pytest.approx(2.0, abs=0.03)
        assert agent.started == 2
        assert max(viewer.sound.values) > 0.2
        assert max(viewer.lips.values) - min(viewer.lips.values) > 0.05


@asynchronous
async def test_an_interruption_reports_how_much_was_played(stage: Stage) -> None:
    async with agent_with_avatar(stage, "agents-clear") as (agent, viewer):
        await agent.push(sentence())
        await agent.until(lambda: agent.started == 1)
        heard_from = len(viewer.sound.times_s)
        await viewer.until(lambda: max(viewer.sound.values[heard_from:], default=0) > 0.2)
        agent.voice.clear_buffer()
        await agent.until(lambda: len(agent.finished) == 1)
        (event,) = agent.finished
        assert event.interrupted
        assert 0 < event.playback_position < 5
        cleared_s = viewer.sound.times_s[-1]
        await viewer.until(lambda: viewer.sound.times_s[-1] > cleared_s + 2)
        late = [
            v for t, v in zip(viewer.sound.times_s, viewer.sound.values, strict=True) if t > cleared_s + 1
        ]
        assert max(late) < 0.1  # what was waiting is not said later
        await agent.push(sentence()[:RATE_HZ])
        await agent.until(lambda: len(agent.finished) == 2)
        assert not agent.finished[1].interrupted
        assert agent.finished[1].playback_position == pytest.approx(1.0, abs=0.03)


@asynchronous
async def test_other_participants_can_neither_speak_nor_interrupt(stage: Stage) -> None:
    server = await rooms_of(stage.server)
    async with agent_with_avatar(stage, "agents-strangers") as (_, viewer):
        stranger = rtc.Room()
        await stranger.connect(server.url, agent_token(server, "agents-strangers", "stranger"))
        try:
            refused = await stranger.local_participant.perform_rpc(
                destination_identity=AVATAR, method="lk.clear_buffer", payload=""
            )
            assert refused == "reject"
            writer = await stranger.local_participant.stream_bytes(
                name="a",
                topic="lk.audio_stream",
                destination_identities=[AVATAR],
                attributes={"sample_rate": "48000", "num_channels": "1"},
            )
            await writer.write((sentence()[:RATE_HZ] * 32767).astype(np.int16).tobytes())
            await writer.aclose()
            since_s = viewer.sound.times_s[-1] if viewer.sound.times_s else 0.0
            await viewer.until(lambda: bool(viewer.sound.times_s) and viewer.sound.times_s[-1] > since_s + 2)
            assert max(viewer.sound.values) < 0.1
        finally:
            await stranger.disconnect()


@asynchronous
async def test_an_agent_sends_its_avatar_away(stage: Stage) -> None:
    """Some plugins say it so, and stay in the room themselves; nobody else can."""
    server = await rooms_of(stage.server)
    ended = json.dumps({"type": "END_CALL"})
    gone = asyncio.Event()
    async with agent_with_avatar(stage, "agents-end") as (_, viewer):
        viewer.room.on(
            "participant_disconnected", lambda person: gone.set() if person.identity == AVATAR else 0
        )
        stranger = rtc.Room()
        await stranger.connect(server.url, agent_token(server, "agents-end", "stranger"))
        await stranger.local_participant.publish_data(ended, destination_identities=[AVATAR])
        seen = viewer.frames
        await viewer.until(lambda: viewer.frames > seen + 25)
        await stranger.disconnect()
        assert not gone.is_set()
        await viewer.room.local_participant.publish_data(ended, destination_identities=[AVATAR])
        async with asyncio.timeout(30):
            await gone.wait()
        look = "SELECT reason FROM sessions WHERE room = 'agents-end'"
        await asyncio.to_thread(until, lambda: stage.server.rows(look) == [("room_deleted",)])


@asynchronous
async def test_the_plugin_brings_a_face(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    server = await rooms_of(stage.server)
    monkeypatch.setenv("VISAVIS_API_URL", stage.server.url)
    monkeypatch.setenv("VISAVIS_API_KEY", stage.server.key)
    plugin = load_plugin()
    async with (
        utils.http_context.open(),
        watching(server.url, agent_token(server, "agents-plugin", AGENT), mouth_box(stage.rig)) as viewer,
    ):
        session: Any = AgentSession()
        avatar = plugin.AvatarSession()
        await avatar.start(
            session,
            viewer.room,
            livekit_url=server.url,
            livekit_api_key=server.key,
            livekit_api_secret=server.secret,
        )
        await avatar.wait_for_join()
        assert avatar.avatar_identity in viewer.room.remote_participants
        assert isinstance(session.output.audio, DataStreamAudioOutput)
        await viewer.until(lambda: viewer.frames > 5)
        async with stage.client as client:
            await client.delete(f"/v1/realtime/session/{avatar.session_id}")


def load_plugin() -> Any:
    """The plugin, from its folder beside the package."""
    livekit.__path__.append(str(PLUGIN / "livekit"))
    return importlib.import_module("livekit.plugins.visavis")
