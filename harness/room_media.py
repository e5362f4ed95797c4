"""Pictures whose colour is a number, a tone of known pitch, and functions to read them back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
from livekit import rtc

from harness.room_clients import Client

WIDTH, HEIGHT = 160, 120  # small, so that a busy machine keeps up
LARGE = (640, 480)  # enough for two layers
FPS = 15
LEVELS = (40, 90, 140, 190, 240)
RATE_HZ = 48000
TONE_HZ = 1000
BLOCK = RATE_HZ // 100
STREAM = "person"  # clients synchronize tracks of one stream


def paint(level: int, width: int = WIDTH, height: int = HEIGHT) -> rtc.VideoFrame:
    """A picture of one grey; encoders change it by a few steps at most."""
    picture = np.full((height, width, 4), level, np.uint8)
    picture[..., 3] = 255
    return rtc.VideoFrame(width, height, rtc.VideoBufferType.RGBA, picture.tobytes())


def read_level(frame: rtc.VideoFrame) -> int:
    """Grey of the middle of a picture."""
    picture = np.frombuffer(frame.convert(rtc.VideoBufferType.RGBA).data, np.uint8)
    picture = picture.reshape(frame.height, frame.width, 4)
    return round(
        float(
            picture[frame.height // 4 : -frame.height // 4, frame.width // 4 : -frame.width // 4, :3].mean()
        )
    )


@asynccontextmanager
async def showing(
    client: Client, *, simulcast: bool = False, codec: int = rtc.VideoCodec.VP8
) -> AsyncIterator[rtc.LocalTrackPublication]:
    """Publish pictures that cycle through `LEVELS`, each for five frames."""
    size = LARGE if simulcast else (WIDTH, HEIGHT)
    source = rtc.VideoSource(*size)
    track = rtc.LocalVideoTrack.create_video_track("pictures", source)
    options = rtc.TrackPublishOptions(
        source=rtc.TrackSource.SOURCE_CAMERA, simulcast=simulcast, video_codec=codec, stream=STREAM
    )
    publication = await client.me.publish_track(track, options)

    async def feed() -> None:
        loop = asyncio.get_running_loop()
        start_s, count = loop.time(), 0
        while True:
            source.capture_frame(paint(LEVELS[count // 5 % len(LEVELS)], *size))
            count += 1
            await asyncio.sleep(max(0.0, start_s + count / FPS - loop.time()))

    feeding = asyncio.create_task(feed())
    try:
        yield publication
    finally:
        feeding.cancel()
        await source.aclose()


@asynccontextmanager
async def sounding(client: Client) -> AsyncIterator[rtc.LocalTrackPublication]:
    """Publish a tone of `TONE_HZ`."""
    source = rtc.AudioSource(RATE_HZ, 1)
    track = rtc.LocalAudioTrack.create_audio_track("tone", source)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, stream=STREAM)
    publication = await client.me.publish_track(track, options)

    async def feed() -> None:
        position = 0
        while True:
            turns = (np.arange(BLOCK) + position) * (TONE_HZ / RATE_HZ)
            samples = (np.sin(2 * np.pi * turns) * 12000).astype(np.int16)
            position += BLOCK
            await source.capture_frame(rtc.AudioFrame(samples.tobytes(), RATE_HZ, 1, BLOCK))

    feeding = asyncio.create_task(feed())
    try:
        yield publication
    finally:
        feeding.cancel()
        await source.aclose()


async def read_levels(track: rtc.Track, wanted: int) -> list[int]:
    """Greys of a track, in order, without repetitions."""
    stream = rtc.VideoStream(track)
    seen: list[int] = []
    try:
        async for event in stream:
            level = min(LEVELS, key=lambda each: abs(each - read_level(event.frame)))
            if abs(level - read_level(event.frame)) < 20 and (not seen or seen[-1] != level):
                seen.append(level)
            if len(seen) >= wanted:
                return seen
    finally:
        await stream.aclose()
    return seen


async def read_pitch(track: rtc.Track) -> float:
    """Pitch of half a second of a track, after sound has started."""
    stream = rtc.AudioStream(track, sample_rate=RATE_HZ, num_channels=1)
    heard: list[np.ndarray] = []
    try:
        async for event in stream:
            samples = np.frombuffer(event.frame.data, np.int16)
            if heard or np.abs(samples.astype(float)).mean() > 1000:
                heard.append(samples)
            if sum(map(len, heard)) >= RATE_HZ // 2:
                break
    finally:
        await stream.aclose()
    sound = np.concatenate(heard).astype(float)
    return float(np.abs(np.fft.rfft(sound)).argmax() * RATE_HZ / len(sound))
