"""What goes over the wire."""

import json
import re
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from visavis.core import paid_sessions, sessions
from visavis.core.billing import money
from visavis.core.billing.prepaid import MINUTE_S
from visavis.core.identity.wallets import WalletAddress
from visavis.core.schema import ACTIVE, Session
from visavis.errors import RequestError
from visavis.ports.video import BACKGROUND, VideoSize
from visavis.surfaces.shared.bodies import ABSENT_IF_EMPTY, File

_MAX_CHARS: Final = 4096
_MAX_OUTPUTS: Final = 100  # that are looked at; a setting says how many there may be
_WHOLE_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,9}")
_TRUE, _FALSE = frozenset({"true", "1", "yes", "on"}), frozenset({"false", "0", "no", "off"})
_FAILURES: Final = frozenset({sessions.Reason.FAILED, sessions.Reason.WORKER_LOST, sessions.Reason.ROOM_LOST})
SESSION_ID: Final = "ses_a1b2c3d4e5f6a7b8c9d0"
_VIEW_URL: Final = f"https://avatars.example.com/view/{SESSION_ID}?share=…"


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


def _minutes(value: object) -> object:
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise RequestError("duration_minutes: must be a whole number of minutes.")
    return value


def _flag(value: object) -> object:
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise RequestError("accept_tos: must be true or false.")


_Minutes = Annotated[int, BeforeValidator(_minutes), ABSENT_IF_EMPTY, WithJsonSchema({"type": "integer"})]
_Flag = Annotated[bool, BeforeValidator(_flag), ABSENT_IF_EMPTY, WithJsonSchema({"type": "boolean"})]
_Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=_MAX_CHARS), ABSENT_IF_EMPTY]


def _outputs(value: object) -> object:
    """A list of outputs, from its JSON text; an address alone stands for itself."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise RequestError("outputs: must be a JSON list of addresses or objects.") from error
    if value is None:
        return []
    if not isinstance(value, list):
        raise RequestError("outputs: must be a JSON list of addresses or objects.")
    return [{"url": each} if isinstance(each, str) else each for each in value]


class OutputRequest(BaseModel):
    """A server that the video of a session is sent to.

    Attributes:
        url: `rtmp://` or `rtmps://` with the key of the stream, or `wss://` of a LiveKit server.
        token: Token for the room of a LiveKit server, unless it is in the URL.
        size: Size of the picture by RTMP.
        background: Colour around the picture by RTMP.
    """

    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=_MAX_CHARS)]
    token: Annotated[str, StringConstraints(strip_whitespace=True, max_length=_MAX_CHARS)] | None = None
    size: VideoSize = "512x512"
    background: str = Field(default="#000000", pattern=BACKGROUND)


class PaidSessionRequest(BaseModel):
    """A session to be paid and opened."""

    reference_image: File = Field(description="A face: PNG, JPEG or WebP, at most 10 MB.")
    accept_tos: _Flag = Field(default=False, description="Must be true: the terms are at `GET /tos`.")
    duration_minutes: _Minutes | SkipJsonSchema[None] = Field(default=None, description="15 if not given.")
    output_url: _Word | SkipJsonSchema[None] = Field(
        default=None,
        description="Another place to send the video to: `wss://` of a LiveKit server, with the token of a "
        "room as `?token=` or in `output_token`, or `rtmp://` or `rtmps://` with the stream key.",
    )
    output_token: _Word | SkipJsonSchema[None] = Field(
        default=None, description="Token for the room of `output_url`, if it is not in the address."
    )
    output_size: Annotated[VideoSize, ABSENT_IF_EMPTY] = Field(
        default="512x512", description="Size of the picture at `output_url`, by RTMP."
    )
    output_background: Annotated[str, ABSENT_IF_EMPTY] = Field(
        default="#000000",
        pattern=BACKGROUND,
        description="Colour around the picture at `output_url`, by RTMP.",
    )
    outputs: Annotated[
        list[OutputRequest],
        BeforeValidator(_outputs),
        ABSENT_IF_EMPTY,
        WithJsonSchema({"type": "string", "contentMediaType": "application/json"}),
    ] = Field(
        default=[],
        max_length=_MAX_OUTPUTS,
        description="Further places to send the video to at the same time: a JSON list of addresses as in "
        "`output_url`, or of objects with `url`, `token`, `size` (`512x512`, `1280x720` or `720x1280`) and "
        "`background` (such as `#202020`). Size and background are for RTMP.",
        examples=['[{"url": "rtmp://live.example.com/app/key", "size": "1280x720"}]'],
    )
    wallet: _Word | SkipJsonSchema[None] = Field(default=None, description="Address of the wallet that pays.")


class ExtensionRequest(BaseModel):
    """Time to be added to a session."""

    duration_minutes: _Minutes = Field(default=5, description="Minutes to add.")


class HealthAnswer(_Wire):
    """Whether sessions can be opened, and what they cost."""

    status: Literal["available", "busy", "unavailable"]
    available: bool
    livekit_enabled: bool
    livekit_url: str = Field(examples=["wss://avatars.example.com"])
    price_per_minute_usd: float = Field(examples=[0.10])
    free_trial_minutes: int = Field(examples=[5])
    min_duration_minutes: int = Field(examples=[10])


class PaidSessionCreated(_Wire):
    """A session was opened."""

    session_id: str = Field(examples=[SESSION_ID])
    token: str = Field(examples=["sk_…"], description="Acts on this session. It is shown once.")
    status: Literal["warming"]
    output_protocol: Literal["livekit", "rtmp"]
    livekit_url: str = Field(examples=["wss://avatars.example.com"])
    view_url: str | None = Field(
        examples=[_VIEW_URL], description="Page to watch it; nothing if it is in a room of yours."
    )
    websocket_url: str
    status_url: str
    estimated_ready_seconds: int
    duration_minutes: int = Field(examples=[15])
    price_usd: float = Field(examples=[1.00])
    wallet: str | None = Field(examples=["0x…"], description="Wallet that paid; nothing if nothing was paid.")


class PaidSessionAnswer(_Wire):
    """A session."""

    session_id: str = Field(examples=[SESSION_ID])
    status: Literal["warming", "active", "ended", "failed"]
    ready: bool
    output_protocol: Literal["livekit", "rtmp"]
    livekit_url: str
    view_url: str | None
    remaining_seconds: int = Field(description="Paid time that is left. It runs from `started_at` on.")
    duration_minutes: int
    expires_at: str | None = Field(examples=["2026-02-24T12:15:00Z"])
    started_at: str | None = Field(description="When the avatar first came.")
    warming_started_at: str
    ended_at: str | None
    wallet: str | None
    failure_reason: str | None = Field(examples=["worker_lost"])


class ShareCreated(_Wire):
    """A link to watch a session by."""

    session_id: str = Field(examples=[SESSION_ID])
    share_url: str
    view_url: str
    share_kind: Literal["view"]


class SharesRevoked(_Wire):
    """Links that do not work any more."""

    session_id: str = Field(examples=[SESSION_ID])
    revoked: int = Field(description="Number of links.")


class ViewCredentials(_Wire):
    """What a player needs to show a session."""

    session_id: str = Field(examples=[SESSION_ID])
    status: Literal["warming", "active", "ended", "failed"]
    ready: bool
    output_protocol: Literal["livekit", "rtmp"]
    livekit_url: str | None
    livekit_access_token: str | None = Field(description="Watches and hears; nothing once it has ended.")


class Extended(_Wire):
    """Time was added."""

    session_id: str = Field(examples=[SESSION_ID])
    added_minutes: int
    new_expires_at: str | None = Field(description="Nothing while the avatar has not come.")
    total_remaining_seconds: int
    price_usd: float


class PaidSessionEnded(_Wire):
    """A session was ended."""

    session_id: str = Field(examples=[SESSION_ID])
    status: Literal["ended"]
    gpu_seconds_used: int = Field(examples=[420], description="Seconds since the avatar first came.")


class ErrorAnswer(_Wire):
    """How every error looks."""

    error: str = Field(description="A stable code.")
    message: str
    retry_after_seconds: int | None = None


def main_output(body: PaidSessionRequest) -> OutputRequest | None:
    """The main output that is wanted; `None` for a room of our own."""
    if not body.output_url:
        return None
    return OutputRequest(
        url=body.output_url,
        token=body.output_token,
        size=body.output_size,
        background=body.output_background,
    )


def moment(at: datetime | None) -> str | None:
    """A time in UTC, to the second."""
    return None if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def status_of(row: Session) -> Literal["warming", "active", "ended", "failed"]:
    """How a session is."""
    if row.status == ACTIVE:
        return "warming" if row.joined_at is None else "active"
    return "failed" if row.reason in _FAILURES else "ended"


def protocol_of(row: Session) -> Literal["livekit", "rtmp"]:
    """Protocol of the main output of a session."""
    return "rtmp" if row.output_protocol == "rtmp" else "livekit"


def session_answer(row: Session, *, view_url: str | None, wallet: WalletAddress | None) -> PaidSessionAnswer:
    """The answer about a session."""
    status = status_of(row)
    return PaidSessionAnswer(
        session_id=row.id,
        status=status,
        ready=status == "active",
        output_protocol=protocol_of(row),
        livekit_url=row.livekit_url,
        view_url=view_url,
        remaining_seconds=round(paid_sessions.remaining_s(row)),
        duration_minutes=minutes_of(row),
        expires_at=moment(paid_sessions.expires_at(row)),
        started_at=moment(row.joined_at),
        warming_started_at=str(moment(row.started_at)),
        ended_at=moment(row.ended_at),
        wallet=wallet.address if wallet else None,
        failure_reason=row.reason if status == "failed" else None,
    )


def minutes_of(row: Session) -> int:
    """Minutes that a session has in all."""
    return (row.max_duration_s or 0) // MINUTE_S


def extended(row: Session, *, minutes: int, price_micros: int) -> Extended:
    """The answer to an extension."""
    return Extended(
        session_id=row.id,
        added_minutes=minutes,
        new_expires_at=moment(paid_sessions.expires_at(row)),
        total_remaining_seconds=round(paid_sessions.remaining_s(row)),
        price_usd=money.to_usd(price_micros),
    )
