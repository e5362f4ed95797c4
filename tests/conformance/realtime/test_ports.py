"""The implementations of the ports of live sessions, in rooms of a real room server."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field

import numpy as np
import pytest
from harness.room_clients import DEADLINE_S, Target, asynchronous, joined, new_room
from harness.room_servers import embedded
from harness.viewing import speaking
from livekit import rtc
from livekit.agents.voice.avatar import DataStreamAudioOutput
from tests.conformance.realtime.checks import (
    check_audio_input,
    check_av_output,
    check_silent,
    check_unconnected_input,
    level_of,
    tone_of,
)

from visavis.engine.arrays import Floats
from visavis.engine.speech import Phoneme
from visavis.realtime.avatar_link import AvatarLink, close_stream
from visavis.realtime.inputs.agent_stream import TOPIC, AgentStream
from visavis.realtime.inputs.audio_mixer import AudioMixer
from visavis.realtime.inputs.room_tracks import RoomTracks
from visavis.realtime.known_speech import TOPIC as PHONEMES
from visavis.realtime.known_speech import send_phonemes
from visavis.realtime.outputs.livekit import LiveKitOutput
from visavis.realtime.ports import VideoSettings
from visavis.realtime.room import AvatarRoom
from visavis.realtime.sentences import ATTRIBUTE, Sentence
from visavis.realtime.sound import BLOCK_S, BLOCK_SAMPLES, RATE_HZ, is_audible, to_pcm

AGENT = "the-agent"
VIDEO = VideoSettings(size_px=128, fps=25, codec="vp8", kbps=500)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with embedded(tmp_path_factory.mktemp("rooms") / "rooms.log") as server:
        yield server.target


@asynccontextmanager
async def avatar_in(
    target: Target, room: str, on_spoken: Callable[[Sentence], None] = lambda _: None, **attributes: str
) -> AsyncIterator[AvatarRoom]:
    """An avatar named like its room: livekit-agents distinguishes avatars in one process by name."""
    stay = AvatarRoom(
        LiveKitOutput(VIDEO),
        mixer=AudioMixer(),
        on_gone=lambda _why: None,
        on_change=lambda: None,
        on_spoken=on_spoken,
    )
    try:
        await stay.join(target.url, target.token(room, room, kind="agent", attributes=attributes))
        yield stay
    finally:
        await stay.leave()


@asynchronous
async def test_inputs_without_a_connection_are_silent() -> None:
    room = rtc.Room()
    await check_unconnected_input(RoomTracks(room, AudioMixer(), on_change=lambda: None))
    await check_unconnected_input(AgentStream(room, on_interrupt=lambda: None))


@asynchronous
async def test_tracks_of_a_room_are_an_input(target: Target) -> None:
    name = new_room()
    async with joined(target, name, "speaker") as speaker, avatar_in(target, name) as avatar:
        subscribed = asyncio.Event()
        speaker.room.on("local_track_subscribed", lambda _track: subscribed.set())
        async with speaking(speaker.room) as voice:
            await subscribed.wait()
            assert isinstance(avatar.audio_input, RoomTracks)
            await check_audio_input(avatar.audio_input, voice.say)


@asynchronous
async def test_the_stream_of_an_agent_is_an_input(target: Target) -> None:
    name = new_room()
    async with (
        joined(target, name, AGENT, kind="agent") as agent,
        avatar_in(target, name, **{"lk.publish_on_behalf": AGENT}) as avatar,
    ):
        assert isinstance(avatar.audio_input, AgentStream)
        voice = DataStreamAudioOutput(agent.room, destination_identity=name, sample_rate=RATE_HZ)

        async def say(samples: Floats) -> None:
            await voice.capture_frame(rtc.AudioFrame(to_pcm(samples), RATE_HZ, 1, len(samples)))
            voice.flush()

        await check_audio_input(avatar.audio_input, say)


@asynchronous
async def test_phonemes_of_an_agent_come_with_its_sound(target: Target) -> None:
    name, said = new_room(), [Phoneme("p", 0.0, 0.1), Phoneme("ɑː", 0.1, 0.3)]
    async with (
        joined(target, name, AGENT, kind="agent") as agent,
        joined(target, name, "stranger") as stranger,
        avatar_in(target, name, **{"lk.publish_on_behalf": AGENT}) as avatar,
    ):
        writer = await agent.room.local_participant.stream_bytes(
            name="speech",
            topic=TOPIC,
            destination_identities=[name],
            attributes={"sample_rate": str(RATE_HZ), "num_channels": "1"},
        )
        stream_id = writer.info.stream_id
        await send_phonemes(stranger.room, name, stream_id, [Phoneme("ʃ", 0.0, 0.1)])
        await agent.room.local_participant.send_text("no phonemes", topic=PHONEMES)
        await send_phonemes(agent.room, name, stream_id, said)
        await writer.write(bytes(2 * RATE_HZ))
        await writer.aclose()
        told: list[Phoneme] = []
        async with asyncio.timeout(DEADLINE_S):
            while len(told) < len(said):
                told += avatar.audio_input.take().phonemes
                await asyncio.sleep(BLOCK_S)  # at the pace of a session
        assert [phoneme.ipa for phoneme in told] == ["p", "ɑː"]


@asynchronous
async def test_an_avatar_reports_the_sentences_that_it_has_spoken_to_their_end(target: Target) -> None:
    name, spoken = new_room(), list[Sentence]()
    first, last = (Sentence(sequence=7, position=n, is_last=n == 2) for n in (1, 2))
    async with (
        joined(target, name, AGENT, kind="agent") as agent,
        avatar_in(target, name, spoken.append, **{"lk.publish_on_behalf": AGENT}) as avatar,
    ):
        link = AvatarLink(agent.room, name)

        async def say(attributes: dict[str, str] | None) -> None:
            writer = await link.open_stream(RATE_HZ)
            await writer.write(bytes(2 * RATE_HZ // 5))
            await close_stream(writer, attributes)

        await say(first.to_attributes())
        await say(None)  # as when it is paused
        await say({ATTRIBUTE: '{"sequence": -1}'})
        await say(last.to_attributes())
        async with asyncio.timeout(DEADLINE_S):
            while spoken != [first, last]:
                assert spoken in ([], [first])
                avatar.audio_input.take()
                await asyncio.sleep(BLOCK_S)  # at the pace of a session


@dataclass
class Watcher:
    """Hears and sees the avatar of a room."""

    tones_hz: list[int] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)

    async def watch(self, track: rtc.Track) -> None:
        await (self._hear if track.kind == rtc.TrackKind.KIND_AUDIO else self._see)(track)

    async def _hear(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=RATE_HZ, num_channels=1, frame_size_ms=10)
        async with aclosing(stream):
            async for event in stream:
                samples = np.frombuffer(event.frame.data, np.int16).astype(np.float32) / 32768
                if len(samples) == BLOCK_SAMPLES and is_audible(samples):
                    self.tones_hz.append(tone_of(samples))

    async def _see(self, track: rtc.Track) -> None:
        stream = rtc.VideoStream(track, format=rtc.VideoBufferType.RGB24)
        async with aclosing(stream):
            async for event in stream:
                self.levels.append(level_of(np.frombuffer(event.frame.data, np.uint8)))


@asynchronous
async def test_tracks_of_livekit_are_an_output(target: Target) -> None:
    name = new_room()
    unopened = LiveKitOutput(VIDEO)
    await check_silent(unopened, side_px=VIDEO.size_px)
    await unopened.close()
    async with joined(target, name, "viewer") as viewer, avatar_in(target, name) as avatar:
        watcher = Watcher()
        await viewer.until(lambda: viewer.count("track_subscribed") == 2)
        tracks = [arguments[0] for kind, arguments in viewer.events if kind == "track_subscribed"]
        watching = [asyncio.create_task(watcher.watch(track)) for track in tracks]
        try:
            await check_av_output(avatar.output, watcher, side_px=VIDEO.size_px)
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
