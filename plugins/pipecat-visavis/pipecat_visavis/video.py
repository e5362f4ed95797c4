"""A video service for Pipecat: speech frames become an avatar that says them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
from pipecat.audio.utils import create_stream_resampler
from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    CancelFrame,
    EndFrame,
    Frame,
    InterruptionFrame,
    OutputImageRawFrame,
    SpeechOutputAudioRawFrame,
    StartFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessorSetup
from pipecat.services.ai_service import AIService
from pipecat.services.settings import ServiceSettings

from .client import AvatarClient, Face, Listener, VisavisError


@dataclass
class VisavisVideoSettings(ServiceSettings):
    """Settings of the service."""


class VisavisVideoService(AIService):
    """An avatar between the speech synthesis and the output of a pipeline.

    It takes the frames of the speech synthesis, and pushes picture and sound of the avatar instead. An
    interruption drops what the avatar has not said yet.

    Event handlers:

    - on_avatar_joined: The avatar can be seen.
    - on_avatar_left: The avatar has gone before the pipeline ended.
    """

    Settings = VisavisVideoSettings
    _settings: Settings

    def __init__(
        self,
        *,
        api_url: str,
        api_key: str,
        session: aiohttp.ClientSession,
        face: Path | bytes | None = None,
        face_url: str | None = None,
        avatar_id: str | None = None,
        settings: Settings | None = None,
        **kwargs: Any,
    ) -> None:
        """Configure the avatar. It joins when the pipeline starts.

        Args:
            api_url: URL of the visavis server.
            api_key: API key for that server.
            session: HTTP session for requests to the server.
            face: Path or bytes of a PNG, JPEG or WebP picture. Defaults to the built-in face.
            face_url: HTTPS address of a picture.
            avatar_id: ID of an avatar saved on the server.
            settings: Settings of the service.
            **kwargs: For `AIService`.
        """
        default_settings = VisavisVideoSettings(model=None)
        if settings is not None:
            default_settings.apply_update(settings)
        super().__init__(settings=default_settings, **kwargs)
        self._api_url, self._api_key, self._http = api_url, api_key, session
        self._face = Face(face, face_url, avatar_id)
        self._rate_hz = 0
        self._client: AvatarClient | None = None
        self._resampler = create_stream_resampler()
        self._speech: asyncio.Queue[TTSAudioRawFrame] = asyncio.Queue()
        self._sender: asyncio.Task[None] | None = None
        self._register_event_handler("on_avatar_joined")
        self._register_event_handler("on_avatar_left")

    @property
    def session_id(self) -> str | None:
        """ID of the session on the server; `None` before the pipeline has started."""
        return self._client.session_id if self._client is not None else None

    def can_generate_metrics(self) -> bool:
        """Whether the service measures how soon the avatar speaks."""
        return True

    async def setup(self, setup: FrameProcessorSetup) -> None:
        """Take over the sample rate of the pipeline."""
        await super().setup(setup)
        self._rate_hz = setup.audio_out_sample_rate

    async def start(self, frame: StartFrame) -> None:
        """Let the avatar join."""
        await super().start(frame)
        self._client = AvatarClient(
            self._http,
            api_url=self._api_url,
            api_key=self._api_key,
            face=self._face,
            rate_hz=self._rate_hz,
        )
        try:
            await self._client.start(
                Listener(self._push_video, self._push_audio, self._note_joined, self._note_left)
            )
        except VisavisError as error:
            self._client = None
            await self.push_error(error_msg=str(error), exception=error)
            return
        self._sender = self.create_task(self._send())

    async def stop(self, frame: EndFrame) -> None:
        """Let the avatar finish, then end its session."""
        await super().stop(frame)
        if self._client is not None:
            await self._speech.join()
            await self._client.finish()
        await self._close()

    async def cancel(self, frame: CancelFrame) -> None:
        """End the session at once."""
        await super().cancel(frame)
        await self._close()

    async def cleanup(self) -> None:
        """End the session, if that has not been done."""
        await super().cleanup()
        await self._close()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take the frames of the speech synthesis, and pass on all others."""
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSAudioRawFrame):
            if self._client is not None:
                self._speech.put_nowait(frame)
                return
        elif isinstance(frame, TTSStartedFrame):
            await self.start_ttfb_metrics()
        elif isinstance(frame, BotStartedSpeakingFrame):
            await self.stop_ttfb_metrics()
        elif isinstance(frame, InterruptionFrame):
            await self._interrupt()
        if isinstance(frame, TTSStartedFrame | TTSStoppedFrame) and self._client is not None:
            return  # the output sees in the avatar's sound when it speaks
        await self.push_frame(frame, direction)

    async def _interrupt(self) -> None:
        """Drop what has not been said, also what is being sent."""
        if self._client is None or self._sender is None:
            return
        await self.cancel_task(self._sender)
        self._speech = asyncio.Queue()
        self._client.hush()
        self._sender = self.create_task(self._send())

    async def _send(self) -> None:
        """Send speech to the avatar as fast as it says it."""
        while self._client is not None:
            frame = await self._speech.get()
            try:
                pcm = await self._resampler.resample(_mono(frame), frame.sample_rate, self._rate_hz)
                await self._client.say(pcm)
            finally:
                self._speech.task_done()

    async def _close(self) -> None:
        if self._sender is not None:
            await self.cancel_task(self._sender)
            self._sender = None
        if self._client is not None:
            client, self._client = self._client, None
            await client.stop()

    async def _push_video(self, rgb: bytes, size: tuple[int, int]) -> None:
        await self.push_frame(OutputImageRawFrame(image=rgb, size=size, format="RGB"))

    async def _push_audio(self, pcm: bytes) -> None:
        await self.push_frame(SpeechOutputAudioRawFrame(audio=pcm, sample_rate=self._rate_hz, num_channels=1))

    async def _note_joined(self) -> None:
        await self._call_event_handler("on_avatar_joined")

    async def _note_left(self) -> None:
        await self._call_event_handler("on_avatar_left")


def _mono(frame: TTSAudioRawFrame) -> bytes:
    """The sound of a frame with its channels mixed."""
    if frame.num_channels == 1:
        return frame.audio
    samples = np.frombuffer(frame.audio, np.int16).reshape(-1, frame.num_channels)
    mixed: bytes = samples.mean(axis=1).astype(np.int16).tobytes()
    return mixed
