"""The avatar of an agent."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import aiohttp
from livekit import api, rtc
from livekit.agents import (
    DEFAULT_API_CONNECT_OPTIONS,
    NOT_GIVEN,
    AgentSession,
    APIConnectionError,
    APIConnectOptions,
    APIStatusError,
    NotGivenOr,
    get_job_context,
    utils,
)
from livekit.agents.voice.avatar import AvatarSession as BaseAvatarSession
from livekit.agents.voice.avatar import DataStreamAudioOutput
from livekit.agents.voice.room_io import ATTRIBUTE_PUBLISH_ON_BEHALF

from .log import logger

SAMPLE_RATE = 24000
_AVATAR_IDENTITY = "visavis-avatar-agent"


class VisavisError(Exception):
    """The plugin is not configured."""


class AvatarSession(BaseAvatarSession):
    """A talking face for an agent, rendered by a visavis server."""

    def __init__(
        self,
        *,
        avatar_image: NotGivenOr[Path | bytes] = NOT_GIVEN,
        avatar_image_url: NotGivenOr[str] = NOT_GIVEN,
        avatar_id: NotGivenOr[str] = NOT_GIVEN,
        api_url: NotGivenOr[str] = NOT_GIVEN,
        api_key: NotGivenOr[str] = NOT_GIVEN,
        avatar_participant_identity: NotGivenOr[str] = NOT_GIVEN,
        avatar_participant_name: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> None:
        """Configure the avatar. `start` sends the first request.

        Args:
            avatar_image: Path or bytes of a PNG, JPEG or WebP image. Defaults to the built-in face.
            avatar_image_url: The https URL of an image.
            avatar_id: ID of an avatar saved on the server.
            api_url: URL of the visavis server. Defaults to `VISAVIS_API_URL`.
            api_key: API key for that server. Defaults to `VISAVIS_API_KEY`.
            avatar_participant_identity: Identity of the avatar in the room.
            avatar_participant_name: Display name of the avatar in the room.
            conn_options: Retries and timeout of the requests to the server.

        Raises:
            VisavisError: The URL or the API key is missing.
        """
        super().__init__()
        url = api_url or os.getenv("VISAVIS_API_URL")
        key = api_key or os.getenv("VISAVIS_API_KEY")
        if not url or not key:
            raise VisavisError("Set VISAVIS_API_URL and VISAVIS_API_KEY, or pass api_url and api_key.")
        self._api_url, self._api_key = url.rstrip("/"), key
        self._image, self._image_url, self._avatar_id = avatar_image, avatar_image_url, avatar_id
        self._identity = avatar_participant_identity or _AVATAR_IDENTITY
        self._name = avatar_participant_name or _AVATAR_IDENTITY
        self._conn_options = conn_options
        self._session_id: str | None = None

    @property
    def avatar_identity(self) -> str:
        """Identity of the avatar in the room."""
        return self._identity

    @property
    def provider(self) -> str:
        """Name of the avatar provider."""
        return "visavis"

    @property
    def session_id(self) -> str | None:
        """ID of the session on the server; `None` before `start`."""
        return self._session_id

    async def start(
        self,
        agent_session: AgentSession,
        room: rtc.Room,
        *,
        livekit_url: NotGivenOr[str] = NOT_GIVEN,
        livekit_api_key: NotGivenOr[str] = NOT_GIVEN,
        livekit_api_secret: NotGivenOr[str] = NOT_GIVEN,
    ) -> None:
        """Have the avatar join the room, and send the agent's speech to it.

        Args:
            agent_session: The agent session, not yet started.
            room: The agent's room.
            livekit_url: URL of the room server, reachable from the visavis server. Defaults to `LIVEKIT_URL`.
            livekit_api_key: Defaults to `LIVEKIT_API_KEY`.
            livekit_api_secret: Defaults to `LIVEKIT_API_SECRET`.

        Raises:
            VisavisError: The URL, the key or the secret of the room server is missing.
            APIStatusError: The server rejected the request.
            APIConnectionError: The server could not be reached.
        """
        await super().start(agent_session, room)
        url = livekit_url or os.getenv("LIVEKIT_URL")
        key = livekit_api_key or os.getenv("LIVEKIT_API_KEY")
        secret = livekit_api_secret or os.getenv("LIVEKIT_API_SECRET")
        if not url or not key or not secret:
            raise VisavisError("Set LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET, or pass them.")
        job = get_job_context(required=False)
        agent = job.local_participant_identity if job else room.local_participant.identity
        token = (
            api.AccessToken(key, secret)
            .with_kind("agent")
            .with_identity(self._identity)
            .with_name(self._name)
            .with_grants(api.VideoGrants(room_join=True, room=room.name, can_update_own_metadata=True))
            .with_attributes({ATTRIBUTE_PUBLISH_ON_BEHALF: agent})
            .to_jwt()
        )
        await self._create_session(url, token, room.name)
        agent_session.output.replace_audio_tail(
            DataStreamAudioOutput(
                room=room,
                destination_identity=self._identity,
                wait_remote_track=rtc.TrackKind.KIND_VIDEO,
                sample_rate=SAMPLE_RATE,
                wait_playback_start=True,
            )
        )

    async def _create_session(self, url: str, token: str, room: str) -> None:
        for attempt in range(self._conn_options.max_retry + 1):
            try:
                self._session_id = await self._request_session(url, token, room)
            except APIStatusError as error:
                if not error.retryable or attempt >= self._conn_options.max_retry:
                    raise
                logger.warning("visavis rejected the request", extra={"status_code": error.status_code})
            except (TimeoutError, aiohttp.ClientError) as error:
                if attempt >= self._conn_options.max_retry:
                    raise APIConnectionError("Could not reach the visavis server.") from error
                logger.warning("visavis could not be reached", extra={"attempt": attempt + 1})
            else:
                return
            await asyncio.sleep(self._conn_options.retry_interval)

    async def _request_session(self, url: str, token: str, room: str) -> str:
        form = aiohttp.FormData()
        fields = {"livekit_url": url, "livekit_token": token, "room_name": room}
        optional = {"avatar_image_url": self._image_url, "avatar_id": self._avatar_id}
        fields |= {name: value for name, value in optional.items() if value}
        for name, value in fields.items():
            # A form without a file is sent as multipart only if a field has its own content type.
            form.add_field(name, value, content_type="text/plain")
        if self._image:
            image = self._image.read_bytes() if isinstance(self._image, Path) else self._image
            form.add_field("avatar_image", image, filename="face", content_type="application/octet-stream")
        async with utils.http_context.http_session().post(
            f"{self._api_url}/v1/avatar/session",
            data=form,
            headers={"Authorization": f"Bearer {self._api_key}"},
            timeout=aiohttp.ClientTimeout(total=max(30.0, self._conn_options.timeout)),
        ) as response:
            if not response.ok:
                body = await response.text()
                raise APIStatusError(
                    "The visavis server rejected the request.", status_code=response.status, body=body
                )
            answer = await response.json()
            return str(answer["session_id"])
