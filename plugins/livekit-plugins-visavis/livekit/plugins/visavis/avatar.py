"""An avatar that speaks for an agent."""

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
    """The plugin is not set up, or the server refuses for good."""


class AvatarSession(BaseAvatarSession):
    """A face for an agent, rendered by a visavis server."""

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
        """Prepare; nothing is asked of the server yet.

        Args:
            avatar_image: A face, as a file or its bytes; the server's own face if not given.
            avatar_image_url: The same, at an https address.
            avatar_id: The same, as an avatar saved on the server.
            api_url: Of the server; `VISAVIS_API_URL` if not given.
            api_key: Of the server; `VISAVIS_API_KEY` if not given.
            avatar_participant_identity: Under which the avatar joins.
            avatar_participant_name: Which people see.
            conn_options: How often and how patiently the server is asked.

        Raises:
            VisavisError: There is no address or no key.
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
        """The identity under which the avatar is in the room."""
        return self._identity

    @property
    def provider(self) -> str:
        """Whose avatar it is."""
        return "visavis"

    @property
    def session_id(self) -> str | None:
        """The server's name for the session, once it has begun."""
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
        """Let the avatar join the room, and let the agent's voice go to it.

        Args:
            agent_session: Not yet started.
            room: The agent's.
            livekit_url: As the server can reach it; `LIVEKIT_URL` if not given.
            livekit_api_key: `LIVEKIT_API_KEY` if not given.
            livekit_api_secret: `LIVEKIT_API_SECRET` if not given.

        Raises:
            VisavisError: The room server is not named.
            APIStatusError: The server refuses.
            APIConnectionError: It cannot be reached.
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
        await self._begin(url, token, room.name)
        agent_session.output.replace_audio_tail(
            DataStreamAudioOutput(
                room=room,
                destination_identity=self._identity,
                wait_remote_track=rtc.TrackKind.KIND_VIDEO,
                sample_rate=SAMPLE_RATE,
                wait_playback_start=True,
            )
        )

    async def _begin(self, url: str, token: str, room: str) -> None:
        for attempt in range(self._conn_options.max_retry + 1):
            try:
                self._session_id = await self._ask(url, token, room)
            except APIStatusError as error:
                if not error.retryable or attempt >= self._conn_options.max_retry:
                    raise
                logger.warning("visavis refused", extra={"status_code": error.status_code})
            except (TimeoutError, aiohttp.ClientError) as error:
                if attempt >= self._conn_options.max_retry:
                    raise APIConnectionError("The visavis server cannot be reached.") from error
                logger.warning("visavis could not be reached", extra={"attempt": attempt + 1})
            else:
                return
            await asyncio.sleep(self._conn_options.retry_interval)

    async def _ask(self, url: str, token: str, room: str) -> str:
        form = aiohttp.FormData()
        fields = {"livekit_url": url, "livekit_token": token, "room_name": room}
        optional = {"avatar_image_url": self._image_url, "avatar_id": self._avatar_id}
        fields |= {name: value for name, value in optional.items() if value}
        for name, value in fields.items():
            # Without a type of its own a form that has no file is not sent as multipart.
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
                raise APIStatusError("The visavis server refuses.", status_code=response.status, body=body)
            answer = await response.json()
            return str(answer["session_id"])
