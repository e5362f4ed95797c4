"""What goes over the wire for live sessions."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from visavis.core import sessions
from visavis.core.billing import money
from visavis.core.schema import Session
from visavis.surfaces.atlas.wire import moment

SESSION_ID: Final = "ses_a1b2c3d4e5f6a7b8c9d0"
ROOM_PREFIX: Final = "atlas-rt-"
_ROOM: Final = ROOM_PREFIX + SESSION_ID
_STARTED, _ENDED = "2026-04-01T01:30:00Z", "2026-04-01T01:35:22Z"
_URL: Final = "wss://livekit.example.com"


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


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


def session_answer(row: Session) -> SessionAnswer:
    """A session."""
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
        }
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
