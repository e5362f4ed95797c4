"""The messages on the WebSocket of a session: JSON, one object each."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from visavis.core import sessions
from visavis.core.schema import Session
from visavis.ports.sound import SoundPlayed

TAKEN_OVER, LOST = 4001, 4002
ENDED: Final = 1000
CLOSE_REASONS: Final = {
    ENDED: "The session has ended.",
    TAKEN_OVER: "Another connection streams to this session now.",
    LOST: "The avatar cannot be reached. Connect again.",
}
"""Codes with which the server closes a WebSocket, and the reasons that it gives."""


class SpeakDone(BaseModel):
    """The utterance is complete: all of it is played."""

    type: Literal["speak_done"]


class Interrupt(BaseModel):
    """Drop all sound that was not played yet, and close the mouth."""

    type: Literal["interrupt"]


class Stop(BaseModel):
    """End the session."""

    type: Literal["stop"]


class ChangeReference(BaseModel):
    """Change to another face.

    Attributes:
        reference_image_b64: PNG, JPEG or WebP in base64, or as a data URL.
    """

    type: Literal["change_reference"]
    reference_image_b64: str


Command = SpeakDone | Interrupt | Stop | ChangeReference
COMMANDS: Final[TypeAdapter[Command]] = TypeAdapter(Annotated[Command, Field(discriminator="type")])


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True)


class ChunkDone(_Said):
    """Sound was played: a second of it, or the end of an utterance.

    Attributes:
        utterance: Number of the utterance on this stream, from 1.
        position_seconds: Position in the utterance, up to which it was played.
        last: Whether no more of the utterance will be played.
        interrupted: Whether the rest of it was dropped.
    """

    type: Literal["chunk_done"] = "chunk_done"
    utterance: int
    position_seconds: float
    last: bool
    interrupted: bool


class TimeWarning(_Said):
    """The paid time is almost over.

    Attributes:
        remaining_seconds: How much of it is left.
    """

    type: Literal["time_warning"] = "time_warning"
    remaining_seconds: int


class ReferenceChanged(_Said):
    """The session shows the other face."""

    type: Literal["reference_changed"] = "reference_changed"


class Error(_Said):
    """Something that was sent cannot be used. The session goes on.

    Attributes:
        error: Stable code.
        message: What happened, and what to do.
    """

    type: Literal["error"] = "error"
    error: str
    message: str


class Ended(_Said):
    """The session has ended; the WebSocket is closed.

    Attributes:
        reason: Why.
        gpu_seconds_used: Time since the avatar appeared.
    """

    type: Literal["ended"] = "ended"
    reason: str
    gpu_seconds_used: int


UNKNOWN_MESSAGE: Final = Error(
    error="invalid_message",
    message='Send sound as binary messages, and commands as JSON: {"type": "speak_done"}, "interrupt", '
    '"stop" or "change_reference" with reference_image_b64.',
)


def chunk_done(played: SoundPlayed) -> ChunkDone:
    """What a client hears of sound that was played."""
    return ChunkDone(
        utterance=played.utterance,
        position_seconds=played.position_s,
        last=played.is_last,
        interrupted=played.is_interrupted,
    )


def ended(row: Session) -> Ended:
    """What a client hears of the end of its session."""
    return Ended(reason=row.reason or "", gpu_seconds_used=round(sessions.bill(row).duration_s))
