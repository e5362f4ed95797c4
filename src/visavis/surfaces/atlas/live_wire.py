"""What goes over the wire for live sessions."""

import re
from collections.abc import Sequence
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.json_schema import SkipJsonSchema

from visavis.core import sessions
from visavis.core.billing import money
from visavis.core.schema import Session
from visavis.core.sessions import CONVERSATION, PASSTHROUGH
from visavis.errors import RequestError, SessionModeError
from visavis.ports.conversation import TranscriptSegment
from visavis.surfaces.atlas.conversations import ConversationFields
from visavis.surfaces.atlas.wire import moment
from visavis.surfaces.shared.bodies import ABSENT_IF_EMPTY, BINARY
from visavis.surfaces.shared.uploads import UploadedFile

SESSION_ID: Final = "ses_a1b2c3d4e5f6a7b8c9d0"
ROOM_PREFIX: Final = "atlas-rt-"
_MODES: Final = (PASSTHROUGH, CONVERSATION)
_MAX_CHARS: Final = 4096  # of an address, a token or a name
_WHOLE_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_ROOM: Final = ROOM_PREFIX + SESSION_ID
_STARTED, _ENDED = "2026-04-01T01:30:00Z", "2026-04-01T01:35:22Z"
_URL: Final = "wss://livekit.example.com"


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


def _is_mode(word: str) -> str:
    if word not in _MODES:
        raise SessionModeError('mode must be "passthrough" or "conversation".')
    return word


def _seconds(value: object) -> object:
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise RequestError("idle_timeout: must be a whole number of seconds.")
    return value


def _face(value: object, info: ValidationInfo) -> object:
    if isinstance(value, str):
        return value.strip()
    if value is None or isinstance(value, UploadedFile):
        return value
    raise RequestError(f"{info.field_name}: must be a picture in base64 or its URL.")


_Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=_MAX_CHARS), ABSENT_IF_EMPTY]
_Mode = Annotated[
    str, AfterValidator(_is_mode), ABSENT_IF_EMPTY, WithJsonSchema({"type": "string", "enum": list(_MODES)})
]
_Seconds = Annotated[int, BeforeValidator(_seconds), ABSENT_IF_EMPTY]
AvatarId = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=_MAX_CHARS)] | None,
    ABSENT_IF_EMPTY,
    WithJsonSchema({"type": "string"}),
    Field(description="ID of a saved avatar, instead of a picture."),
]
_FaceText = Annotated[str | None, BeforeValidator(_face), WithJsonSchema({"type": "string"})]
_FaceUrl = Annotated[
    str | None,
    BeforeValidator(_face),
    ABSENT_IF_EMPTY,
    WithJsonSchema({"type": "string", "format": "uri", "maxLength": 2048}),
]
_Face = Annotated[
    InstanceOf[UploadedFile] | str | None,
    BeforeValidator(_face),
    WithJsonSchema(
        {
            "anyOf": [
                {**BINARY, "description": "PNG, JPEG or WebP, at most 10 MB."},
                {
                    "type": "string",
                    "description": "A face written as text: PNG, JPEG or WebP in base64, or as a data URL; "
                    "at most 10 MB.",
                },
            ]
        }
    ),
]


class _LiveRequest(BaseModel):
    model_config = ConfigDict(strict=True)


class _SessionFields(_LiveRequest):
    face: _Face = None
    face_url: _FaceUrl = Field(default=None, description="HTTPS address of a face.")
    avatar_id: AvatarId = None
    agent_id: _Word = Field(
        default="",
        description="Code of an agent: its face, voice and prompt count where the request names none. The "
        "mode is then conversation, if it names none.",
    )
    mode: _Mode = PASSTHROUGH
    idle_timeout: _Seconds = Field(
        default=300,
        description="Seconds that an empty or inactive room stays open; 30 to 3600, else the nearest.",
    )


class SessionRequest(ConversationFields, _SessionFields):
    """A session to be opened."""


class SwapRequest(_LiveRequest):
    """Another face for a session."""

    model_config = ConfigDict(json_schema_extra={"required": ["face"]})

    face: _Face = None
    face_url: SkipJsonSchema[_FaceUrl] = None
    avatar_id: AvatarId = None


class ExternalRequest(_LiveRequest):
    """A room that an avatar is to join."""

    livekit_url: _Word = Field(examples=["wss://livekit.example.com"])
    livekit_token: _Word = Field(description="Joins the room; of kind agent.")
    room_name: _Word
    avatar_image_url: _FaceUrl = Field(default=None, description="HTTPS address of a face.")
    avatar_id: AvatarId = None
    image: _FaceText = Field(default=None, description="A face: an HTTPS address, or the picture in base64.")
    avatar_image: _Face = None


class Created(_Wire):
    """A session was opened."""

    session_id: str = Field(pattern="^ses_[0-9a-f]{20}$", examples=[SESSION_ID])
    livekit_url: str = Field(examples=[_URL])
    token: str = Field(description="Joins the room: may speak, be seen, send data and watch.")
    room: str = Field(examples=[_ROOM])
    mode: Literal["passthrough", "conversation"]
    max_duration_seconds: int | None = Field(description="Nothing: no limit.")
    pricing: str = Field(examples=["$7/hour, prorated per second"])


class Viewer(_Wire):
    """A token that can only watch."""

    session_id: str = Field(examples=[SESSION_ID])
    viewer_id: str = Field(examples=["viewer-0a1b2c3d4e5f"])
    role: Literal["viewer"]
    livekit_url: str = Field(examples=[_URL])
    token: str
    room: str = Field(examples=[_ROOM])


class Recording(_Wire):
    """The recording of a session."""

    session_id: str = Field(examples=[SESSION_ID])
    job_id: str = Field(examples=["a1b2c3d4e5f6"], description="The job that finishes it, once it has ended.")
    status: Literal["recording", "saving"]


class SegmentRow(_Wire):
    """What one side said at a time."""

    id: str = Field(examples=["SG_0a1b2c3d4e5f"], description="The same as in the room.")
    role: Literal["user", "agent"]
    text: str = Field(examples=["What are your opening hours?"])
    start_seconds: float = Field(examples=[3.2], description="Since the conversation began.")
    end_seconds: float = Field(examples=[4.7])
    interrupted: bool = Field(description="Whether the user interrupted it; then the text is what was heard.")
    sources: list[str] = Field(description="Names of the agent's documents that it came from.")


class SessionAnswer(_Wire):
    """A session."""

    session_id: str = Field(examples=[SESSION_ID])
    status: Literal["active", "ended"]
    room: str = Field(examples=[_ROOM])
    mode: Literal["passthrough", "conversation", "external"]
    started_at: str = Field(examples=[_STARTED], description="When it was created.")
    ended_at: str | None = Field(examples=[_ENDED])
    duration_seconds: float = Field(examples=[322.0], description="Since the avatar first came.")
    max_duration_seconds: int | None
    end_reason: str | None = Field(
        examples=["deleted"],
        description="Of ended sessions: deleted, idle_timeout, max_duration, room_deleted, room_lost, "
        "worker_lost or failed.",
    )
    transcript: list[SegmentRow] | None = Field(
        default=None,
        description="What was said, if the session was created with `transcript`. Nothing otherwise. It is "
        "kept as long as results of jobs.",
    )


class Swapped(_Wire):
    """A session was given another face."""

    session_id: str = Field(examples=[SESSION_ID])
    status: Literal["active"]
    face_updated: bool
    metadata_pushed: bool = Field(description="The avatar shows it, and its metadata in the room says so.")
    message: str = Field(examples=["Face updated successfully."])


class Ended(_Wire):
    """A session was ended."""

    session_id: str = Field(examples=[SESSION_ID])
    status: Literal["ended"]
    duration_seconds: float = Field(examples=[322.0])
    estimated_cost: str = Field(examples=["$0.63"])
    credits_deducted_cents: int = Field(examples=[63])


class Joined(_Wire):
    """An avatar is on its way into a room of yours."""

    session_id: str = Field(examples=[SESSION_ID])
    status: Literal["ok"]


def created(row: Session, token: str) -> Created:
    """The answer to a creation."""
    return Created.model_validate(
        {
            "session_id": row.id,
            "livekit_url": row.livekit_url,
            "token": token,
            "room": row.room,
            "mode": row.mode,
            "max_duration_seconds": row.max_duration_s,
            "pricing": f"${money.to_usd(row.price_per_hour_micros):g}/hour, prorated per second",
        }
    )


def session_answer(row: Session, transcript: Sequence[TranscriptSegment] | None) -> SessionAnswer:
    """A session.

    Args:
        row: Its row.
        transcript: What was said in it; `None` if that is not kept.
    """
    said = None if transcript is None else [_segment(each) for each in transcript]
    return SessionAnswer.model_validate(
        {
            "session_id": row.id,
            "status": row.status,
            "room": row.room,
            "mode": row.mode,
            "started_at": moment(row.started_at),
            "ended_at": moment(row.ended_at),
            "duration_seconds": sessions.bill(row).duration_s,
            "max_duration_seconds": row.max_duration_s,
            "end_reason": row.reason,
            "transcript": said,
        }
    )


def _segment(said: TranscriptSegment) -> SegmentRow:
    return SegmentRow(
        id=said.id,
        role="user" if said.role == "user" else "agent",
        text=said.text,
        start_seconds=round(said.start_s, 3),
        end_seconds=round(said.end_s, 3),
        interrupted=said.is_interrupted,
        sources=list(said.sources),
    )


def ended(row: Session) -> Ended:
    """The answer to an end."""
    bill = sessions.bill(row)
    return Ended(
        session_id=row.id,
        status="ended",
        duration_seconds=bill.duration_s,
        estimated_cost=f"${bill.cents / 100:.2f}",
        credits_deducted_cents=bill.cents,
    )
