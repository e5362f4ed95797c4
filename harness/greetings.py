"""Agents that greet as soon as an avatar's video appears, and an avatar that plays what it gets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
from livekit import rtc
from livekit.agents.voice.avatar import DataStreamAudioOutput
from livekit.agents.voice.io import PlaybackFinishedEvent

from harness.room_clients import Target, new_room
from visavis.realtime.clock import MonotonicClock
from visavis.realtime.inputs.audio_mixer import AudioMixer
from visavis.realtime.outputs.livekit import LiveKitOutput
from visavis.realtime.ports import VideoSettings
from visavis.realtime.room import AvatarRoom
from visavis.realtime.sound import BLOCK_S

AGENT, SENT_HZ = "the-agent", 24_000
GREETING_S = 0.2
WAIT_S = 5.0
_VIDEO = VideoSettings(size_px=128, fps=10, codec="vp8", kbps=100)


async def greet(target: Target, *, hold: bool = False) -> float:
    """Let an agent greet through an avatar, in a new room. Returns the length of the played sound, in s.

    Args:
        target: The room server.
        hold: Whether the avatar is slow: its face is visible, but it joins only after the greeting was sent.
    """
    name = new_room()  # the avatar's too: the agents' library tells avatars of one process apart by it
    agent = rtc.Room()
    await agent.connect(target.url, target.token(AGENT, name, kind="agent"))
    try:
        voice = DataStreamAudioOutput(
            agent,
            destination_identity=name,
            sample_rate=SENT_HZ,
            wait_remote_track=rtc.TrackKind.KIND_VIDEO,
        )
        finished: asyncio.Future[PlaybackFinishedEvent] = asyncio.get_running_loop().create_future()
        voice.on("playback_finished", lambda event: finished.done() or finished.set_result(event))
        pcm = np.full(round(GREETING_S * SENT_HZ), 8000, np.int16)
        greeting = rtc.AudioFrame(pcm.tobytes(), SENT_HZ, 1, len(pcm))
        pushing = asyncio.create_task(voice.capture_frame(greeting))  # it waits for the video by itself
        pushing.add_done_callback(lambda _: voice.flush())
        async with avatar(target, name, seen=pushing if hold else None):
            await pushing
            try:
                async with asyncio.timeout(WAIT_S):
                    return (await finished).playback_position
            except TimeoutError:
                return 0.0
    finally:
        await agent.disconnect()


@asynccontextmanager
async def avatar(
    target: Target, room: str, *, seen: asyncio.Task[None] | None = None
) -> AsyncIterator[AvatarRoom]:
    """An avatar without a face, named like its room, that plays the sound of its agent.

    Args:
        target: The room server.
        room: Name of the room and the avatar.
        seen: Task to wait for between the first picture and the end of joining.
    """
    output = LiveKitOutput(_VIDEO) if seen is None else _SlowOutput(_VIDEO, seen)
    stay = AvatarRoom(output, mixer=AudioMixer(), on_gone=lambda _why: None, on_change=lambda: None)
    playing = asyncio.create_task(_play(stay))
    try:
        attributes = {"lk.publish_on_behalf": AGENT}
        await stay.join(target.url, target.token(room, room, kind="agent", attributes=attributes))
        yield stay
    finally:
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)
        await stay.leave()


class _SlowOutput(LiveKitOutput):
    """Output of an avatar on a busy machine."""

    def __init__(self, video: VideoSettings, seen: asyncio.Task[None]) -> None:
        super().__init__(video)
        self._seen = seen

    async def publish_face(self, me: rtc.LocalParticipant) -> rtc.LocalVideoTrack:
        face = await super().publish_face(me)
        await self._seen
        return face


async def _play(stay: AvatarRoom) -> None:
    clock = MonotonicClock()
    due_s = clock.now_s()
    while True:
        await clock.sleep_until(due_s)
        audio_input = stay.audio_input
        blocks = [audio_input.take() for _ in range(2)]
        await stay.output.play(blocks, due_s)
        audio_input.note_played(blocks, held_blocks=0)
        due_s += 2 * BLOCK_S
