"""The avatar protocol of livekit-agents: an agent speaks through an avatar's worker, and is interrupted."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest
from harness.room_clients import Client, Target, asynchronous, joined, new_room, within
from harness.room_media import HEIGHT, LEVELS, TONE_HZ, WIDTH, paint, read_levels, read_pitch
from livekit import rtc
from livekit.agents.voice.avatar import (
    AudioSegmentEnd,
    AvatarOptions,
    AvatarRunner,
    DataStreamAudioOutput,
    DataStreamAudioReceiver,
    VideoGenerator,
)
from tests.conformance.rooms.test_media import follows, is_video

VOICE_HZ = 24000
FPS = 10  # one picture for each 100 ms of sound that the receiver gives out
SENTENCE_S = 4.0
BLOCK_S = 0.1


class Face(VideoGenerator):
    """Shows a grey for each piece of sound.

    Attributes:
        whole: Has something for each segment that has come to its end.
    """

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[rtc.AudioFrame | AudioSegmentEnd] = asyncio.Queue()
        self.whole: asyncio.Queue[AudioSegmentEnd] = asyncio.Queue()

    async def push_audio(self, frame: rtc.AudioFrame | AudioSegmentEnd) -> None:
        await self._waiting.put(frame)
        if isinstance(frame, AudioSegmentEnd):
            await self.whole.put(frame)

    def clear_buffer(self) -> None:
        while not self._waiting.empty():
            self._waiting.get_nowait()

    async def __aiter__(self) -> AsyncIterator[rtc.VideoFrame | rtc.AudioFrame | AudioSegmentEnd]:
        count = 0
        while True:
            frame = await self._waiting.get()
            if isinstance(frame, rtc.AudioFrame):
                yield paint(LEVELS[count // 3 % len(LEVELS)])
                count += 1
            yield frame


async def speak(voice: DataStreamAudioOutput, seconds: float) -> None:
    """Hand over a tone, as fast as it goes, and end the segment."""
    block = int(VOICE_HZ * BLOCK_S)
    for index in range(round(seconds / BLOCK_S)):
        turns = (np.arange(block) + index * block) * (TONE_HZ / VOICE_HZ)
        samples = (np.sin(2 * np.pi * turns) * 12000).astype(np.int16)
        await voice.capture_frame(rtc.AudioFrame(samples.tobytes(), VOICE_HZ, 1, block))
    voice.flush()


def runner_of(avatar: Client, face: Face) -> AvatarRunner:
    options = AvatarOptions(WIDTH, HEIGHT, FPS, VOICE_HZ, 1)
    receiver = DataStreamAudioReceiver(avatar.room, sender_identity="agent")
    return AvatarRunner(avatar.room, audio_recv=receiver, video_gen=face, options=options)


@asynchronous
async def test_an_agent_speaks_through_an_avatar_and_is_interrupted(target: Target) -> None:
    room = new_room()
    behalf = {"lk.publish_on_behalf": "agent"}
    async with (
        joined(target, room, "user") as user,
        joined(target, room, "agent", kind="agent") as agent,
        joined(target, room, "avatar", kind="agent", attributes=behalf) as avatar,
    ):
        await user.until(lambda: {"agent", "avatar"} <= set(user.room.remote_participants))
        seen = user.room.remote_participants["avatar"]
        assert seen.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT
        assert seen.attributes == behalf
        face = Face()
        runner = runner_of(avatar, face)
        await within(runner.start())
        voice = DataStreamAudioOutput(
            agent.room, destination_identity="avatar", sample_rate=VOICE_HZ, wait_playback_start=True
        )
        started: asyncio.Queue[object] = asyncio.Queue()
        voice.on("playback_started", started.put_nowait)
        try:
            await within(speak(voice, SENTENCE_S))
            await within(started.get())
            video, _, who = await user.event("track_subscribed", is_video)
            audio, _, _ = await user.event("track_subscribed", lambda *new: not is_video(*new))
            assert who.identity == "avatar"
            levels, pitch = await within(asyncio.gather(read_levels(video, 3), read_pitch(audio)))
            assert follows(levels)
            assert pitch == pytest.approx(TONE_HZ, abs=5)
            finished = await within(voice.wait_for_playout())
            assert not finished.interrupted
            assert finished.playback_position == pytest.approx(SENTENCE_S)
            await within(face.whole.get())

            await within(speak(voice, 5 * SENTENCE_S))
            await within(started.get())
            # What of a segment comes after it was cleared the worker takes for the next one.
            await within(face.whole.get())
            voice.clear_buffer()
            finished = await within(voice.wait_for_playout())
            assert finished.interrupted
            assert 0 < finished.playback_position < 5 * SENTENCE_S

            await within(speak(voice, 1.0))
            await within(started.get())
            finished = await within(voice.wait_for_playout())
            assert not finished.interrupted
            # the worker counts a piece that was on its way when it was cleared
            assert finished.playback_position == pytest.approx(1.0, abs=BLOCK_S * 1.01)
        finally:
            await runner.aclose()
