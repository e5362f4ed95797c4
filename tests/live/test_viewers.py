"""Participants in the rooms of a session: viewers see only the avatar; nobody stays after the end."""

import asyncio
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from harness.room_clients import Client, Target, joined, new_room, within
from harness.room_servers import embedded
from harness.viewing import speaking
from livekit import rtc
from livekit.rtc._proto import room_pb2
from tests.conformance.rooms.test_tokens import SOON_EXPIRED, until_refused
from tests.support.external_rooms import rooms_of
from tests.support.live import Stage, asynchronous

from visavis.adapters.livekit import LiveKitRooms
from visavis.engine.rig.file import save_rig
from visavis.engine.rig.model import Rig
from visavis.engine.speech import SpeechModel
from visavis.realtime.clock import MonotonicClock
from visavis.realtime.connection import RoomConfig, RoomConnection
from visavis.realtime.ports import ConnectionListener, SessionStats, VideoSettings
from visavis.realtime.sentences import Sentence
from visavis.realtime.session import LiveSession, SessionConfig

AVATARS_TRACKS = 2


def target(made: dict[str, Any]) -> Target:
    return Target(made["livekit_url"], "", "")


async def viewer_token(stage: Stage, made: dict[str, Any]) -> str:
    async with stage.client as client:
        answer = await client.post(f"/v1/realtime/session/{made['session_id']}/viewer")
        return str(answer.json()["token"])


async def until_shown(client: Client) -> None:
    """Wait until a client has sound and picture of the avatar."""
    await client.until(lambda: client.count("track_subscribed") >= AVATARS_TRACKS)


@asynchronous
async def test_viewers_receive_only_the_avatars_tracks(stage: Stage) -> None:
    """In any order of joining, and for a viewer that returns after all had left."""
    async with stage.session() as made:
        token = await viewer_token(stage, made)
        async with (
            joined(target(made), "", "", token=token) as early,
            joined(target(made), "", "", token=made["token"]) as presenter,
            speaking(presenter.room),
        ):
            await until_shown(presenter)
            await presenter.event("local_track_subscribed")  # the avatar hears
            await until_shown(early)
            late_token = await viewer_token(stage, made)
            async with joined(target(made), "", "", token=late_token) as late:
                await until_shown(late)
            await early.room.disconnect()
            async with joined(target(made), "", "", token=token) as again:
                await until_shown(again)
            for viewer in (early, late, again):
                had = [arguments for name, arguments in viewer.events if name == "track_subscribed"]
                assert sorted(track.kind for track, _, _ in had) == [
                    rtc.TrackKind.KIND_AUDIO,
                    rtc.TrackKind.KIND_VIDEO,
                ]
                assert {person.kind for _, _, person in had} == {rtc.ParticipantKind.PARTICIPANT_KIND_AGENT}


@asynchronous
async def test_no_token_revives_an_ended_session(stage: Stage) -> None:
    """Our own server admits nobody; on LiveKit's, a participant is removed within seconds."""
    async with stage.session() as made, stage.client as client:
        tokens = [made["token"], await viewer_token(stage, made)]
        async with joined(target(made), "", "", token=tokens[0]) as user:
            await until_shown(user)
            await client.delete(f"/v1/realtime/session/{made['session_id']}")
            await user.event("disconnected")
        for token in tokens:
            if "LIVEKIT_URL" in stage.server.env:
                async with joined(target(made), "", "", token=token) as late:
                    (reason,) = await late.event("disconnected")
                    assert reason == rtc.DisconnectReason.ROOM_DELETED
            else:
                with pytest.raises(rtc.ConnectError):
                    async with joined(target(made), "", "", token=token):
                        pass


@asynchronous
async def test_viewers_of_one_link_are_sent_away(stage: Stage) -> None:
    server = await rooms_of(stage.server)
    rooms = LiveKitRooms(replace(server, limits_viewers="LIVEKIT_URL" not in stage.server.env))
    theirs = Target(server.url, server.key, server.secret)
    room = new_room()
    one, other = (rooms.token(room, f"viewer-{k}-a", role="viewer") for k in range(2))
    async with joined(theirs, "", "", token=one) as goes, joined(theirs, "", "", token=other) as stays:
        assert await rooms.remove_viewers(room, "viewer-0-") == 1
        await goes.event("disconnected")
        assert stays.room.isconnected()
        assert await rooms.remove_viewers("nowhere", "viewer-") == 0


class Observer:
    """Notes each time that an avatar joins."""

    def __init__(self) -> None:
        self.joins: asyncio.Queue[None] = asyncio.Queue()

    def joined(self) -> None:
        self.joins.put_nowait(None)

    def token_refreshed(self, token: str) -> None:
        pass

    def showing(self) -> None:
        pass

    def speak_wanted(self, text: str) -> None:
        pass

    def spoken(self, sentence: Sentence) -> None:
        pass

    def report(self, stats: SessionStats, delays_ms: dict[str, float]) -> None:
        pass


@asynchronous
async def test_an_avatar_rejoins_after_its_token_expired(
    portrait_rig: Rig, speech_model: SpeechModel, tmp_path: Path
) -> None:
    """As after days, when the room server sends everybody away."""
    save_rig(portrait_rig, tmp_path / "face.visavis")
    observer = Observer()

    with embedded(tmp_path / "rooms.log") as server:
        token = server.target.token("avatar", new_room(), ttl=SOON_EXPIRED, kind="agent")
        video = VideoSettings(size_px=128, fps=25, codec="vp8", kbps=500)
        clock, made = MonotonicClock(), []

        def connect(listener: ConnectionListener) -> RoomConnection:
            room = RoomConfig(nullcontext(server.target.url), token, None)
            made.append(RoomConnection(room, video, clock, observer, listener))
            return made[0]

        config = SessionConfig(tmp_path / "face.visavis", video, idle_timeout_s=60)
        live = LiveSession(config, speech_model, clock, observer, connect)
        running = asyncio.create_task(live.run())
        try:
            await within(observer.joins.get())
            await until_refused(server.target, token)
            await within(made[0]._room.room.simulate_scenario(room_pb2.SIMULATE_SERVER_LEAVE))
            await within(observer.joins.get())
        finally:
            live.end()
            await running
