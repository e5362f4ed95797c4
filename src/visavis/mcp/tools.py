"""The tools, as agents see them: names, arguments, descriptions."""

import asyncio
import base64
import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Annotated, Any, Final

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from visavis import __version__
from visavis.mcp.api import Api
from visavis.mcp.files import FileAccess
from visavis.mcp.results import EndedSession, Job, OpenedSession, SessionState, Spoken, Voice

_INSTRUCTIONS: Final = (
    "visavis makes a photo of a face speak, with lips that fit. `make_video` makes a video from a photo and "
    "a text or a recording. `create_session` opens a live session, `speak` has its avatar say a text, and "
    "`end_session` ends it: live sessions cost money for as long as they are open. Use only faces and voices "
    "that the user may use."
)
_POLL_S: Final = 1.0
_MAX_SESSIONS: Final = 1000

_Photo = Annotated[
    str | None,
    Field(description="The face: path of a PNG, JPEG or WebP on this machine, or the file in base64."),
]
_AvatarId = Annotated[str | None, Field(description="ID of a saved avatar, instead of a photo.")]
_VoiceId = Annotated[str, Field(description="ID of a voice (`list_voices`).")]
_Language = Annotated[str, Field(description="Language of the text, as a BCP 47 tag such as en-GB or de.")]
_READS: Final = ToolAnnotations(read_only_hint=True)
_ENDS: Final = ToolAnnotations(destructive_hint=True, idempotent_hint=True)


@dataclass(frozen=True)
class _Room:
    """How to speak in the room of a session."""

    livekit_url: str
    token: str


class Tools:
    """Makes videos and opens sessions on one server."""

    def __init__(self, api: Api, key: str | None, files: FileAccess) -> None:
        """Prepare.

        Args:
            api: The server.
            key: API key of clients that send none; `None` to refuse them.
            files: Whether tools may read and write files of this machine.
        """
        self._api, self._key, self._files = api, key, files
        self._rooms: OrderedDict[tuple[bytes, str], _Room] = OrderedDict()

    def server(self) -> MCPServer[Any]:
        """The MCP server with all tools."""
        server: MCPServer[Any] = MCPServer(
            "visavis", version=__version__, instructions=_INSTRUCTIONS, log_level="WARNING"
        )
        server.add_tool(self.make_video, title="Make a video")
        server.add_tool(self.get_job, title="Get a job", annotations=_READS)
        server.add_tool(self.list_voices, title="List voices", annotations=_READS)
        server.add_tool(self.create_session, title="Open a live session")
        server.add_tool(self.speak, title="Speak in a live session")
        server.add_tool(self.get_session, title="Get a live session", annotations=_READS)
        server.add_tool(self.end_session, title="End a live session", annotations=_ENDS)
        return server

    async def make_video(
        self,
        context: Context[Any, Any],
        text: Annotated[str | None, Field(description="What the face says.")] = None,
        audio: Annotated[
            str | None,
            Field(description="A recording instead of a text: path of a sound file, or the file in base64."),
        ] = None,
        photo: _Photo = None,
        avatar_id: _AvatarId = None,
        voice: _VoiceId = "",
        language: _Language = "",
        captions: Annotated[str, Field(description="`none`, `burned` or `file`.")] = "none",
        output: Annotated[
            str | None,
            Field(description="Path of the MP4 to write on this machine. Without it, the result has a link."),
        ] = None,
        wait: Annotated[
            bool, Field(description="Whether to wait for the video. Otherwise ask for it with `get_job`.")
        ] = True,
    ) -> Job:
        """Make a video in which a face says a text or a recording. Takes about half as long as it is long."""
        key = self._key_of(context)
        if (text is None) == (audio is None):
            raise ToolError("Give either text or audio.")
        if (photo is None) == (avatar_id is None):
            raise ToolError("Give either photo or avatar_id.")
        target = self._files.output(output) if output else None
        fields = {"captions": captions, "voice": voice, "language": language, "avatar_id": avatar_id}
        files = {}
        if photo is not None:
            files["image"] = ("photo", self._files.read("photo", photo))
        if audio is not None:
            files["audio"] = ("audio", self._files.read("audio", audio))
        data = {name: value for name, value in {**fields, "text": text}.items() if value}
        path = "/v1/generate" if audio is not None else "/v1/tts/generate-video"
        # Without a file the form would not be multipart.
        parts = {**files, **{name: (None, value) for name, value in data.items()}}
        accepted = await self._api.send(key, "POST", path, files=parts)
        if not wait and target is None:
            return await self._job(key, accepted["job_id"])
        job = await self._finished(key, accepted["job_id"], context)
        if job.status == "completed" and job.url is not None and target is not None:
            await self._api.save(job.url, target)
            job = job.model_copy(update={"file": str(target)})
        return job

    async def get_job(self, context: Context[Any, Any], job_id: str) -> Job:
        """Get the state of a job, and the link to its video."""
        return await self._job(self._key_of(context), job_id)

    async def list_voices(
        self,
        context: Context[Any, Any],
        language: Annotated[str, Field(description="Only voices that speak it; a BCP 47 tag.")] = "",
    ) -> list[Voice]:
        """List the voices."""
        answer = await self._api.send(
            self._key_of(context), "GET", "/v1/voices", params={"language": language}
        )
        return [Voice.model_validate(each) for each in answer["voices"]]

    async def create_session(
        self,
        context: Context[Any, Any],
        photo: _Photo = None,
        avatar_id: _AvatarId = None,
        agent_id: Annotated[
            str | None, Field(description="Code of an agent: its face, voice and prompt are used.")
        ] = None,
        mode: Annotated[
            str,
            Field(description="`passthrough`: says what it is told. `conversation`: also answers people."),
        ] = "passthrough",
        system_prompt: Annotated[str, Field(description="How it answers, in the mode conversation.")] = "",
        voice: _VoiceId = "",
        language: _Language = "",
        idle_timeout_s: Annotated[
            int, Field(ge=30, le=3600, description="Ends after this time without anybody's microphone.")
        ] = 300,
    ) -> OpenedSession:
        """Open a live session. Give people its `watch_url`, `speak` in it, and end it when you are done."""
        key = self._key_of(context)
        body: dict[str, Any] = {
            "avatar_id": avatar_id,
            "agent_id": agent_id,
            "system_prompt": system_prompt,
            "voice": voice,
            "language": language,
            "mode": None if agent_id and mode == "passthrough" else mode,
        }
        if photo is not None:
            body["face"] = base64.b64encode(self._files.read("photo", photo)).decode()
        body = {name: value for name, value in body.items() if value} | {"idle_timeout": idle_timeout_s}
        made = await self._api.send(key, "POST", "/v1/realtime/session", json=body)
        session_id = str(made["session_id"])
        self._remember(key, session_id, _Room(made["livekit_url"], made["token"]))
        watch_url = await self._api.share(key, session_id)
        return OpenedSession.model_validate({**made, "watch_url": watch_url})

    async def speak(
        self,
        context: Context[Any, Any],
        session_id: Annotated[str, Field(description="A session that `create_session` opened here.")],
        text: Annotated[str, Field(min_length=1, max_length=5000, description="What the avatar says.")],
    ) -> Spoken:
        """Have the avatar of a live session say a text, after what it says already."""
        from visavis.mcp.speaking import say

        room = self._rooms.get((_digest(self._key_of(context)), session_id))
        if room is None:
            raise ToolError("This session was not opened here. Open one with create_session.")
        await say(room.livekit_url, room.token, text)
        return Spoken(session_id=session_id, accepted=True)

    async def get_session(self, context: Context[Any, Any], session_id: str) -> SessionState:
        """Get the state of a live session."""
        answer = await self._api.send(self._key_of(context), "GET", f"/v1/realtime/session/{session_id}")
        return SessionState.model_validate({**answer, "seconds": answer["duration_seconds"]})

    async def end_session(self, context: Context[Any, Any], session_id: str) -> EndedSession:
        """End a live session, and get what it cost."""
        key = self._key_of(context)
        answer = await self._api.send(key, "DELETE", f"/v1/realtime/session/{session_id}")
        self._rooms.pop((_digest(key), session_id), None)
        return EndedSession(
            session_id=session_id, seconds=answer["duration_seconds"], cost=answer["estimated_cost"]
        )

    def _key_of(self, context: Context[Any, Any]) -> str:
        """The key of a request: its own, over HTTP, or that of this process."""
        scheme, _, sent = (context.headers or {}).get("authorization", "").partition(" ")
        key = sent.strip() if scheme.lower() == "bearer" else self._key
        if not key:
            raise ToolError(
                "No API key. Send it as `Authorization: Bearer …`, or start this server with VISAVIS_API_KEY."
            )
        return key

    def _remember(self, key: str, session_id: str, room: _Room) -> None:
        self._rooms[_digest(key), session_id] = room
        while len(self._rooms) > _MAX_SESSIONS:
            self._rooms.popitem(last=False)

    async def _finished(self, key: str, job_id: str, context: Context[Any, Any]) -> Job:
        begun = time.monotonic()
        while True:
            job = await self._job(key, job_id)
            if job.status in {"completed", "failed"}:
                return job
            waits = f"number {job.queue_position} in the queue" if job.queue_position else "rendering"
            await context.report_progress(round(time.monotonic() - begun, 1), message=f"{job_id}: {waits}")
            await asyncio.sleep(_POLL_S)

    async def _job(self, key: str, job_id: str) -> Job:
        answer = await self._api.send(key, "GET", f"/v1/jobs/{job_id}")
        made = answer["output"]
        return Job.model_validate(
            {
                **answer,
                "seconds": made["duration"],
                "warnings": made.get("warnings") or [],
                "url_expires_in_s": answer.get("expires_in"),
            }
        )


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
