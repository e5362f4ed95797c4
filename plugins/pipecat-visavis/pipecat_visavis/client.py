"""A session on a visavis server: sound goes in, picture and sound of the avatar come out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
from livekit import rtc
from loguru import logger

_QUEUE_MS: Final = 200  # that an interruption has to clear
_TAIL_S: Final = 0.5  # from the end of the sound sent to the end of the sound heard
_REQUEST_S: Final = 60.0


class VisavisError(Exception):
    """The server refused a request, or could not be reached."""


@dataclass(frozen=True)
class Face:
    """The face to show; the built-in one if nothing is given.

    Attributes:
        picture: Path or bytes of a PNG, JPEG or WebP picture.
        url: HTTPS address of a picture.
        avatar_id: ID of an avatar saved on the server.
    """

    picture: Path | bytes | None = None
    url: str | None = None
    avatar_id: str | None = None

    def form(self) -> aiohttp.FormData:
        """The fields of a request."""
        form = aiohttp.FormData(default_to_multipart=True)
        form.add_field("mode", "passthrough")
        if self.picture is not None:
            content = self.picture.read_bytes() if isinstance(self.picture, Path) else self.picture
            form.add_field("face", content, filename="face", content_type="application/octet-stream")
        for name, value in (("face_url", self.url), ("avatar_id", self.avatar_id)):
            if value is not None:
                form.add_field(name, value)
        return form


@dataclass(frozen=True)
class Listener:
    """What is called with what the avatar does.

    Attributes:
        on_video: Called with each frame, as RGB bytes, and its width and height.
        on_audio: Called with each piece of sound, 16-bit mono at the rate of the client.
        on_joined: Called when the avatar is there.
        on_left: Called when it has gone before the client stopped.
    """

    on_video: Callable[[bytes, tuple[int, int]], Awaitable[None]]
    on_audio: Callable[[bytes], Awaitable[None]]
    on_joined: Callable[[], Awaitable[None]]
    on_left: Callable[[], Awaitable[None]]


class AvatarClient:
    """One session, from `start` to `stop`."""

    def __init__(
        self, http: aiohttp.ClientSession, *, api_url: str, api_key: str, face: Face, rate_hz: int
    ) -> None:
        """Prepare; this sends nothing yet.

        Args:
            http: Session for requests.
            api_url: URL of the server.
            api_key: API key for it.
            face: The face to show.
            rate_hz: Sample rate of the sound that goes in and comes out.
        """
        self._http, self._face, self._rate_hz = http, face, rate_hz
        self._url = f"{api_url.rstrip('/')}/v1/realtime/session"
        self._headers = {"Authorization": f"Bearer {api_key}"}
        self._room = rtc.Room()
        self._source = rtc.AudioSource(rate_hz, 1, queue_size_ms=_QUEUE_MS)
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_stopped = False
        self.session_id: str | None = None

    async def start(self, listener: Listener) -> None:
        """Open a session and join its room.

        Raises:
            VisavisError: The server refused it, or could not be reached.
        """
        made = await self._open()
        self.session_id = made["session_id"]
        self._room.on("track_subscribed", lambda track, _pub, person: self._begin(track, person, listener))
        self._room.on("participant_disconnected", lambda person: self._note_gone(person, listener))
        self._room.on("disconnected", lambda _reason: self._note_lost(listener))
        track = rtc.LocalAudioTrack.create_audio_track("speech", self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False)
        try:
            await self._room.connect(made["livekit_url"], made["token"])
            await self._room.local_participant.publish_track(track, options)
        except (rtc.ConnectError, rtc.participant.PublishTrackError) as error:
            await self.stop()
            raise VisavisError(f"The room cannot be joined ({type(error).__name__}).") from error

    async def say(self, pcm: bytes) -> None:
        """Send sound, 16-bit mono. It returns when the sound before it has nearly been sent."""
        samples = len(pcm) // 2
        if samples:
            await self._source.capture_frame(rtc.AudioFrame(pcm[: 2 * samples], self._rate_hz, 1, samples))

    def hush(self) -> None:
        """Drop the sound that has not been sent yet."""
        self._source.clear_queue()

    async def finish(self) -> None:
        """Wait until the avatar has said everything."""
        await self._source.wait_for_playout()
        await asyncio.sleep(_TAIL_S)

    async def stop(self) -> None:
        """End the session and leave the room; harmless when repeated."""
        if self._is_stopped:
            return
        self._is_stopped = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._room.disconnect()
        await self._source.aclose()
        if self.session_id is not None:
            await self._close(self.session_id)

    async def _open(self) -> dict[str, Any]:
        timeout = aiohttp.ClientTimeout(total=_REQUEST_S)
        try:
            async with self._http.post(
                self._url, data=self._face.form(), headers=self._headers, timeout=timeout
            ) as answer:
                said: dict[str, Any] = await answer.json(content_type=None)
                if not answer.ok:
                    message = said.get("message", "") if isinstance(said, dict) else ""
                    raise VisavisError(f"The server answered {answer.status}: {message}")
                return said
        except (TimeoutError, ValueError, aiohttp.ClientError) as error:
            raise VisavisError(f"The server cannot be reached ({type(error).__name__}).") from error

    async def _close(self, session_id: str) -> None:
        timeout = aiohttp.ClientTimeout(total=_REQUEST_S)
        try:
            async with self._http.delete(
                f"{self._url}/{session_id}", headers=self._headers, timeout=timeout
            ) as answer:
                await answer.read()
        except (TimeoutError, aiohttp.ClientError) as error:
            # It ends by itself when nobody is in its room.
            logger.warning(f"visavis: the session was not ended ({type(error).__name__})")

    def _begin(self, track: rtc.Track, person: rtc.RemoteParticipant, listener: Listener) -> None:
        if person.kind != rtc.ParticipantKind.PARTICIPANT_KIND_AGENT or self._is_stopped:
            return
        if track.kind == rtc.TrackKind.KIND_VIDEO:
            self._run(listener.on_joined())
            self._run(_watch(track, listener))
        else:
            self._run(_listen(track, listener, self._rate_hz))

    def _note_gone(self, person: rtc.RemoteParticipant, listener: Listener) -> None:
        if person.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT and not self._is_stopped:
            self._run(listener.on_left())

    def _note_lost(self, listener: Listener) -> None:
        if not self._is_stopped:
            self._run(listener.on_left())

    def _run(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _watch(track: rtc.Track, listener: Listener) -> None:
    async with contextlib.aclosing(rtc.VideoStream(track, format=rtc.VideoBufferType.RGB24)) as stream:
        async for event in stream:
            frame = event.frame
            await listener.on_video(bytes(frame.data), (frame.width, frame.height))


async def _listen(track: rtc.Track, listener: Listener, rate_hz: int) -> None:
    async with contextlib.aclosing(rtc.AudioStream(track, sample_rate=rate_hz, num_channels=1)) as stream:
        async for event in stream:
            await listener.on_audio(bytes(event.frame.data))
