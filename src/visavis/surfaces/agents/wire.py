"""What goes over the wire: field names and shapes of the API."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, InstanceOf, StringConstraints

from visavis.core.agents import AgentState
from visavis.core.schema import COMPLETED, FAILED, GENERATING, PENDING, READY, Agent, AgentDocument
from visavis.errors import RequestError
from visavis.surfaces.shared.bodies import ABSENT_IF_EMPTY, File
from visavis.surfaces.shared.uploads import UploadedFile

MAX_PROMPT_CHARS: Final = 16_000
MAX_MESSAGE_CHARS: Final = 5_000
MAX_CONTEXT_CHARS: Final = 16_000
MAX_DOCUMENT_CHARS: Final = 1_000_000
MIN_DURATION_S, MAX_DURATION_S = 2.0, 60.0
CODE: Final = "A91XMB7113"
MODEL: Final = "visavis"
_PAYMENT, _DONE, _LIP_CREATED = "payment", "done", "lip_created"
_MESSAGES: Final = {
    _PAYMENT: "Waiting for a free worker",
    "persona": "Writing the persona",
    "voice_image": "Reading the face and the voice",
    "video": "Rendering the introduction",
    "lip_sync": "Preparing the lips",
    _DONE: "Storing the files",
}

AspectRatio = Literal["16:9", "9:16", "1:1"]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


def _number(value: object) -> object:
    """A number, also as forms send it."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _media(value: object) -> object:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, UploadedFile):
        return value
    raise RequestError("image, video and audio: must be a URL, a file in base64, or a file.")


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_Prompt = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=MAX_PROMPT_CHARS), ABSENT_IF_EMPTY
]
_Media = Annotated[InstanceOf[UploadedFile] | str | None, BeforeValidator(_media), ABSENT_IF_EMPTY]
_RoomId = Annotated[str, StringConstraints(strip_whitespace=True, max_length=256), ABSENT_IF_EMPTY]


class GenerateRequest(BaseModel):
    """An agent to make."""

    model_config = ConfigDict(strict=True, arbitrary_types_allowed=True)

    prompt: _Prompt = Field(default="", description="How the agent is to be. A random persona if empty.")
    image: _Media = Field(
        default=None,
        json_schema_extra={"type": "string", "anyOf": []},
        description="The face: an HTTPS URL, or PNG, JPEG or WebP in base64.",
    )
    video: _Media = Field(
        default=None,
        description="The face and its manner: an HTTPS URL, or MP4 or WebM in base64.",
    )
    audio: _Media = Field(default=None, description="The voice: an HTTPS URL, or a sound file in base64.")
    aspect_ratio: Annotated[AspectRatio, ABSENT_IF_EMPTY] = "16:9"
    video_aspect_ratio: Annotated[AspectRatio, ABSENT_IF_EMPTY] = "16:9"
    agent_id: Annotated[str, ABSENT_IF_EMPTY] = Field(
        default="", description="Code of the agent; made up if empty."
    )
    duration: Annotated[float, BeforeValidator(_number), ABSENT_IF_EMPTY] = Field(
        default=10.0, ge=MIN_DURATION_S, le=MAX_DURATION_S, description="Length of the clip, in seconds."
    )


class UpdateRequest(BaseModel):
    """A change of an agent."""

    model_config = ConfigDict(strict=True)

    system_prompt: Annotated[_Text, StringConstraints(max_length=MAX_PROMPT_CHARS)]


class SpeakRequest(BaseModel):
    """A text to speak."""

    model_config = ConfigDict(strict=True)

    message: Annotated[_Text, StringConstraints(max_length=MAX_MESSAGE_CHARS)]
    room_id: _RoomId = Field(
        default="", description="Only this room, by its name or its session's ID. All rooms if empty."
    )
    priority: Annotated[Literal["normal", "now"], ABSENT_IF_EMPTY] = Field(
        default="normal",
        description="`normal`: after what the agent says at the moment. `now`: that is cut off.",
    )


class ContextRequest(BaseModel):
    """Knowledge, or a text to speak."""

    model_config = ConfigDict(strict=True, arbitrary_types_allowed=True)

    context: Annotated[_Text, StringConstraints(max_length=MAX_DOCUMENT_CHARS), ABSENT_IF_EMPTY] = Field(
        default="",
        description="Knowledge, or the text to speak. A text of more than "
        f"{MAX_CONTEXT_CHARS:,} characters becomes a document.",
    )
    file: File | None = Field(default=None, description="A document: PDF, HTML, Markdown or text.")
    url: Annotated[str, StringConstraints(strip_whitespace=True), ABSENT_IF_EMPTY] = Field(
        default="", description="HTTPS URL of a document."
    )
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), ABSENT_IF_EMPTY] = Field(
        default="",
        description="Name of the document in the sources of answers. If empty: its title, or the name of its "
        "file, or its URL.",
    )
    type: Annotated[Literal["add_context", "speak"], ABSENT_IF_EMPTY] = "add_context"
    room_id: _RoomId = ""


class Valid(_Wire):
    """The secret is valid."""

    valid: Literal[True]


class Started(_Wire):
    """An agent is being made."""

    success: Literal[True] = True
    message: str = Field(examples=["Agent generation started"])
    agent_id: str = Field(examples=[CODE])
    status: str = Field(examples=["processing"])


class AgentData(_Wire):
    """An agent, and how far it is."""

    agent_id: str = Field(examples=[CODE])
    code: str = Field(examples=[CODE])
    status: Literal["processing", "generating", "completed", "ready", "failed"]
    progress: float = Field(examples=[1.0], description="Finished share, 0..1.")
    progress_msg: str = Field(examples=["Done"])
    current_step: str = Field(examples=[_LIP_CREATED])
    error_message: str | None
    system_prompt: str
    image_url: str | None
    video_url: str | None
    model_url: str | None
    name: str | None
    model: str
    supported_models: tuple[str, ...]
    voice_id: str | None
    created_at: str


class AgentAnswer(_Wire):
    """An agent."""

    success: Literal[True] = True
    data: AgentData


class Pagination(_Wire):
    """Which part of a list this is."""

    limit: int
    offset: int
    total: int
    has_more: bool


class AgentList(_Wire):
    """Agents, newest first."""

    success: Literal[True] = True
    data: list[AgentData]
    pagination: Pagination


class Updated(_Wire):
    """An agent was changed."""

    agent_code: str = Field(examples=[CODE])
    updated: Literal[True] = True


class Deleted(_Wire):
    """An agent was deleted."""

    agent_code: str = Field(examples=[CODE])
    deleted: Literal[True] = True


class Delivered(_Wire):
    """Rooms were told something."""

    agent_code: str = Field(examples=["A12345678"])
    context_type: Literal["speak", "add_context"]
    delivered_to_rooms: int = Field(examples=[1], description="Rooms that confirmed it.")


class DocumentData(_Wire):
    """A document that an agent knows."""

    document_id: str = Field(examples=["doc_0123456789abcdef"])
    name: str = Field(examples=["Handbook"])
    kind: Literal["pdf", "html", "markdown", "text"]
    chars: int
    passages: int
    created_at: str


class Learned(Delivered):
    """An agent knows a document, in all its rooms."""

    context_type: Literal["add_context"] = "add_context"
    document: DocumentData


class DocumentList(_Wire):
    """Documents that an agent knows, newest first."""

    success: Literal[True] = True
    data: list[DocumentData]
    pagination: Pagination


class DocumentDeleted(_Wire):
    """An agent has forgotten a document."""

    document_id: str
    deleted: Literal[True] = True


class Links(_Wire):
    """Links to the files of an agent."""

    image_url: str | None = None
    video_url: str | None = None
    model_url: str | None = None


def moment(at: datetime) -> str:
    """A time in UTC, to the second, as RFC 3339 writes it."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def agent_data(found: AgentState, links: Links) -> AgentData:
    """An agent, and how far it is."""
    agent, job = found.agent, found.job
    status, step, progress = found.status, job.stage or _PAYMENT, job.progress
    if status == GENERATING and step == _DONE:
        status = COMPLETED
    if status in (READY, COMPLETED):
        progress = 1.0 if status == READY else max(progress, 0.97)
        step = _LIP_CREATED if status == READY else _DONE
    message = {READY: "Done", FAILED: "Failed"}.get(status) or _MESSAGES.get(step, "")
    return AgentData.model_validate(
        {
            **_unchanging(agent),
            "status": "processing" if status == PENDING else status,
            "progress": round(progress, 3),
            "progress_msg": message,
            "current_step": step,
            "error_message": job.error if status == FAILED else None,
            **links.model_dump(),
        }
    )


def document_data(row: AgentDocument) -> DocumentData:
    """A document that an agent knows."""
    return DocumentData.model_validate(
        {
            "document_id": row.id,
            "name": row.name,
            "kind": row.kind,
            "chars": row.chars,
            "passages": row.passages,
            "created_at": moment(row.created_at),
        }
    )


def _unchanging(agent: Agent) -> dict[str, Any]:
    return {
        "agent_id": agent.code,
        "code": agent.code,
        "system_prompt": agent.system_prompt,
        "name": agent.name,
        "model": MODEL,
        "supported_models": (MODEL,),
        "voice_id": (agent.voice or {}).get("name") or None,
        "created_at": moment(agent.created_at),
    }
