"""What goes over the wire when an agent is embedded in a web page."""

from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from visavis.core.agents.embedding import MAX_DOMAINS, check_domain
from visavis.core.schema import EmbedToken
from visavis.surfaces.agents.wire import CODE, MODEL, Pagination, moment
from visavis.surfaces.shared.bodies import ABSENT_IF_EMPTY

MIN_TTL_S, DEFAULT_TTL_S, MAX_TTL_S = 60, 3600, 366 * 86_400
MAX_SESSIONS: Final = 1_000_000
MAX_CONCURRENT_SESSIONS: Final = 1_000
_DEFAULT_SESSIONS, _DEFAULT_CONCURRENT = 10, 2
TOKEN_ID: Final = "emb_0a1b2c3d4e5f60718293"  # noqa: S105 - names one


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


def _number(value: object) -> object:
    """A whole number, also as forms send it."""
    return int(value) if isinstance(value, str) and value.isascii() and value.strip().isdigit() else value


def _domains(value: object) -> object:
    """A list of domains; a form sends them with commas between them."""
    if isinstance(value, str):
        return [each.strip() for each in value.split(",") if each.strip()]
    return value


_Domain = Annotated[str, StringConstraints(max_length=300), AfterValidator(check_domain)]
_Number = Annotated[int, BeforeValidator(_number), ABSENT_IF_EMPTY]


class EmbedTokenRequest(BaseModel):
    """An embed token to issue."""

    model_config = ConfigDict(strict=True)

    agent_id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)] = Field(
        description="Code of the agent.", examples=[CODE]
    )
    fingerprint: Annotated[str, StringConstraints(strip_whitespace=True, max_length=256), ABSENT_IF_EMPTY] = (
        Field(
            default="",
            description="What you call the visitor: whoever has tokens with it opens at most 6 sessions a "
            "minute. Only a digest is kept.",
        )
    )
    domains: Annotated[
        list[_Domain],
        BeforeValidator(_domains),
        ABSENT_IF_EMPTY,
        Field(max_length=MAX_DOMAINS),
        WithJsonSchema({"type": "array", "maxItems": MAX_DOMAINS, "items": {"type": "string"}}),
    ] = Field(
        default=[],
        description="Domains whose pages may show the agent, such as `example.com` or `*.example.com`; "
        "all if empty.",
    )
    expires_in: _Number = Field(
        default=DEFAULT_TTL_S,
        ge=MIN_TTL_S,
        le=MAX_TTL_S,
        description="Seconds for which sessions can be opened with it.",
    )
    max_sessions: _Number = Field(
        default=_DEFAULT_SESSIONS,
        ge=1,
        le=MAX_SESSIONS,
        description="Number of sessions that can be opened with it.",
    )
    max_concurrent_sessions: _Number = Field(
        default=_DEFAULT_CONCURRENT,
        ge=1,
        le=MAX_CONCURRENT_SESSIONS,
        description="Number of sessions at a time.",
    )


class EmbedTokenData(_Wire):
    """An embed token that was issued. It is shown only here."""

    token: str = Field(examples=["embt_…"])
    sid: str = Field(examples=[TOKEN_ID])
    agent_id: str = Field(examples=[CODE])
    url: str = Field(description="Address for the iframe.", examples=["https://example.com/embed/…?token=…"])
    expires_at: str
    domains: list[str] = Field(examples=[["https://example.com"]])
    supported_models: tuple[str, ...] = (MODEL,)


class EmbedTokenAnswer(_Wire):
    """An embed token that was issued."""

    success: Literal[True] = True
    status: Literal["success"] = "success"
    status_code: Literal[200] = 200
    data: EmbedTokenData


class EmbedTokenRow(_Wire):
    """An embed token, without itself."""

    sid: str = Field(examples=[TOKEN_ID])
    agent_id: str = Field(examples=[CODE])
    domains: list[str]
    expires_at: str
    max_sessions: int
    max_concurrent_sessions: int
    sessions: int = Field(description="Sessions that were opened with it.")
    created_at: str


class EmbedTokenList(_Wire):
    """Embed tokens, newest first."""

    success: Literal[True] = True
    data: list[EmbedTokenRow]
    pagination: Pagination


class EmbedTokenRevoked(_Wire):
    """An embed token was deleted."""

    success: Literal[True] = True
    deleted: Literal[True] = True


class EmbeddedAgent(_Wire):
    """What a page shows of an agent before a session begins."""

    agent_id: str = Field(examples=[CODE])
    name: str
    image_url: str | None


class EmbeddedSession(_Wire):
    """A session that a visitor opened."""

    session_id: str = Field(examples=["ses_a1b2c3d4e5f6a7b8c9d0"])
    livekit_url: str
    token: str = Field(description="Joins the room, with the microphone.")
    room: str


class EmbeddedSessionEnded(_Wire):
    """A session that a visitor ended."""

    session_id: str
    status: Literal["ended"] = "ended"


def token_row(row: EmbedToken, code: str) -> EmbedTokenRow:
    """An embed token as its account sees it."""
    return EmbedTokenRow(
        sid=row.id,
        agent_id=code,
        domains=row.domains,
        expires_at=moment(row.expires_at),
        max_sessions=row.max_sessions,
        max_concurrent_sessions=row.max_concurrent_sessions,
        sessions=row.sessions,
        created_at=moment(row.created_at),
    )
