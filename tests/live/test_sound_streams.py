"""Sound that clients stream, through real processes and a real room server, to an avatar."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from signal import SIGKILL

import numpy as np
import pytest
from harness.room_clients import Target, asynchronous, new_room
from harness.room_servers import embedded
from harness.streamed_sound import cut, decoded, streamed, voice

from visavis.adapters import tethered
from visavis.engine.arrays import Floats
from visavis.errors import SoundError
from visavis.ports.sound import SoundEnd, SoundEvent, SoundPlayed, SoundRefused, SoundStream
from visavis.realtime.inputs.audio_mixer import AudioMixer
from visavis.realtime.outputs.livekit import LiveKitOutput
from visavis.realtime.ports import VideoSettings
from visavis.realtime.room import AvatarRoom
from visavis.realtime.sound import BLOCK_SAMPLES, RATE_HZ, Block, to_pcm
from visavis.realtime.sound_source.source import MAX_WAITING_S
from visavis.worker.child_process import ChildProcess
from visavis.worker.process_pool import ProcessPool
from visavis.worker.protocol import BeginSound
from visavis.worker.sound_streams import SoundStreamsByProcess

AVATAR, SOURCE = "avatar", "source"
VIDEO = VideoSettings(size_px=128, fps=25, codec="vp8", kbps=500)
TICK_S, TICK_BLOCKS = 0.01, 10  # ten times as fast as it is spoken
PCM_S = 32_000  # bytes of a second


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with embedded(tmp_path_factory.mktemp("rooms") / "rooms.log") as server:
        yield server.target


@dataclass
class Stage:
    """An avatar that plays what it gets, and the streams of sound to it."""

    room: str
    streams: SoundStreamsByProcess
    avatar: AvatarRoom
    played: list[Block] = field(default_factory=list)
    is_paused: bool = False
    tick_blocks: int = TICK_BLOCKS

    @property
    def heard(self) -> Floats:
        """What was spoken, without the silence between."""
        spoken = [each.samples[: each.count] for each in self.played if each.segment is not None]
        return np.concatenate([np.zeros(0, np.float32), *spoken])

    async def play(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            if not self.is_paused:
                blocks = [self.avatar.audio_input.take() for _ in range(self.tick_blocks)]
                self.avatar.audio_input.note_played(blocks, held_blocks=0)
                self.played += blocks


@asynccontextmanager
async def staged(target: Target, *, kept_s: float = 30.0) -> AsyncIterator[Stage]:
    room = new_room()

    def begin(name: str) -> BeginSound:
        return BeginSound(
            server_url=target.url, token=target.token(SOURCE, name, kind="agent"), avatar=AVATAR
        )

    command = tethered.command([sys.executable, "-m", "visavis.cli.sound_process"], on_parents_death=SIGKILL)
    avatar = AvatarRoom(
        LiveKitOutput(VIDEO), mixer=AudioMixer(), on_gone=lambda _why: None, on_change=lambda: None
    )
    async with (
        ProcessPool(partial(ChildProcess.start, command, None), size=0, single_use=True) as pool,
        SoundStreamsByProcess(pool, begin, kept_s=kept_s) as streams,
    ):
        attributes = {"lk.publish_on_behalf": SOURCE}
        await avatar.join(target.url, target.token(AVATAR, room, kind="agent", attributes=attributes))
        stage = Stage(room, streams, avatar)
        playing = asyncio.create_task(stage.play())
        try:
            yield stage
        finally:
            playing.cancel()
            await asyncio.gather(playing, return_exceptions=True)
            await avatar.leave()


async def until(sound: SoundStream, is_it: Callable[[SoundEvent], bool]) -> list[SoundEvent]:
    """The events of a stream, up to one."""
    seen = []
    async for event in sound.events():
        seen.append(event)
        if is_it(event):
            return seen
    raise AssertionError(f"the stream ended: {seen}")


def is_last(event: SoundEvent) -> bool:
    return isinstance(event, SoundPlayed) and event.is_last


@asynchronous
async def test_utterances_of_all_kinds_are_played_whole_and_reported(target: Target) -> None:
    chance = random.Random(1)
    async with staged(target) as stage, stage.streams.connect("one", stage.room) as sound:
        expected = np.zeros(0, np.float32)
        for number, kind in enumerate(("mp3", "pcm", "ogg opus", "m4a"), 1):
            for piece in cut(streamed(kind), chance):
                await sound.send(piece)
            await sound.finish()
            events = await until(sound, is_last)
            of_it = decoded([streamed(kind)])
            expected = np.concatenate([expected, of_it])
            positions = [each.position_s for each in events if isinstance(each, SoundPlayed)]
            assert {each.utterance for each in events if isinstance(each, SoundPlayed)} == {number}
            assert positions == sorted(positions)
            assert positions[-1] == pytest.approx(len(of_it) / RATE_HZ, abs=0.001)
        assert len(stage.heard) == len(expected)
        np.testing.assert_allclose(stage.heard, expected, atol=1 / 32_000)


@asynchronous
async def test_an_interruption_drops_what_was_not_played_and_the_next_utterance_is_heard(
    target: Target,
) -> None:
    async with staged(target) as stage, stage.streams.connect("one", stage.room) as sound:
        await sound.send(to_pcm(voice(30.0, 16_000)))
        await until(sound, lambda each: isinstance(each, SoundPlayed))
        await sound.interrupt()
        ended = (await until(sound, is_last))[-1]
        assert isinstance(ended, SoundPlayed)
        assert ended.is_interrupted
        assert 1.0 <= ended.position_s < 30.0
        heard = len(stage.heard)
        await sound.send(streamed("mp3"))
        await sound.finish()
        ended = (await until(sound, is_last))[-1]
        assert isinstance(ended, SoundPlayed)
        assert (ended.utterance, ended.is_interrupted) == (2, False)
        assert len(stage.heard) - heard == pytest.approx(len(decoded([streamed("mp3")])), abs=RATE_HZ // 10)


@asynchronous
async def test_a_client_that_sends_ahead_of_time_waits(target: Target) -> None:
    async with staged(target) as stage, stage.streams.connect("one", stage.room) as sound:
        await sound.send(bytes(16 * 2**20))
        await until(sound, lambda each: isinstance(each, SoundPlayed))
        stage.is_paused = True
        waiting = [asyncio.create_task(sound.send(bytes(4 * 2**20))) for _ in range(2)]
        await asyncio.wait(waiting, timeout=1.0)
        assert not any(each.done() for each in waiting)
        stage.is_paused = False
        await sound.interrupt()
        await asyncio.gather(*waiting)
        ended = (await until(sound, is_last))[-1]
        assert isinstance(ended, SoundPlayed)
        assert ended.is_interrupted


@asynchronous
async def test_a_client_that_is_far_ahead_connects_again_and_loses_nothing(target: Target) -> None:
    seconds = round(MAX_WAITING_S) + 15  # more than waits to be played, and more than is being decoded
    async with staged(target) as stage:
        stage.is_paused, stage.tick_blocks = True, 10 * TICK_BLOCKS
        async with stage.streams.connect("one", stage.room) as sound:
            for _ in range(seconds):
                await sound.send(bytes(PCM_S))
            await sound.finish()
            await sound.send(streamed("mp3")[:3000])
        stage.is_paused = False
        async with stage.streams.connect("one", stage.room) as again:
            await again.send(streamed("mp3")[3000:])
            await again.finish()
            first, second = [(await until(again, is_last))[-1] for _ in range(2)]
        assert isinstance(first, SoundPlayed)
        assert (first.utterance, first.is_interrupted) == (1, False)
        assert first.position_s == pytest.approx(seconds, abs=0.001)
        assert isinstance(second, SoundPlayed)
        assert (second.utterance, second.is_interrupted) == (2, False)
        assert second.position_s == pytest.approx(len(decoded([streamed("mp3")])) / RATE_HZ, abs=0.001)


@asynchronous
async def test_a_client_that_connects_again_goes_on_and_one_beside_it_takes_over(target: Target) -> None:
    data = streamed("mp3")
    async with staged(target) as stage:
        async with stage.streams.connect("one", stage.room) as first:
            await first.send(data[:3000])
        async with stage.streams.connect("one", stage.room) as again:
            await again.send(data[3000:])
            await again.finish()
            ended = (await until(again, is_last))[-1]
            assert isinstance(ended, SoundPlayed)
            assert ended.utterance == 1
            assert ended.position_s == pytest.approx(len(decoded([data])) / RATE_HZ, abs=0.001)
            async with stage.streams.connect("one", stage.room) as beside:
                assert [each async for each in again.events()] == [SoundEnd.REPLACED]
                await beside.send(streamed("pcm"))
                await beside.finish()
                assert isinstance((await until(beside, is_last))[-1], SoundPlayed)
            # The same from another server: it joins under the same identity.
            async with stage.streams.connect("one", stage.room) as here, joined_elsewhere(target, stage.room):
                assert (await until(here, lambda each: isinstance(each, SoundEnd)))[-1] is SoundEnd.REPLACED


@asynccontextmanager
async def joined_elsewhere(target: Target, room: str) -> AsyncIterator[None]:
    from harness.room_clients import joined

    async with joined(target, room, SOURCE, kind="agent"):
        yield


@asynchronous
async def test_sound_that_cannot_be_decoded_is_refused_and_the_next_is_played(target: Target) -> None:
    async with staged(target, kept_s=0.0) as stage:
        async with stage.streams.connect("one", stage.room) as sound:
            await sound.send(b'{"detail": "quota exceeded"}')
            await sound.finish()
            refused = (await until(sound, lambda each: isinstance(each, SoundRefused)))[-1]
            assert isinstance(refused, SoundRefused)
            assert refused.code == SoundError.code
            await sound.send(streamed("flac"))
            await sound.finish()
            await until(sound, is_last)
        assert len(stage.heard) == pytest.approx(len(decoded([streamed("flac")])), abs=BLOCK_SAMPLES)
