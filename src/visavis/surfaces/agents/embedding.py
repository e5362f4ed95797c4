"""Agents in web pages: tokens for pages, and the sessions that their visitors open with these."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Path, Query, Request

from visavis.core import agents, rates, sessions
from visavis.core.agents import embedding
from visavis.core.agents.embedding import Embedding, NewEmbedToken
from visavis.core.billing import money
from visavis.errors import ConversationDisabledError, ForeignOriginError
from visavis.ports.conversation import ConversationConfig
from visavis.surfaces.agents import embed_wire, wire
from visavis.surfaces.agents.documented import errors
from visavis.surfaces.agents.error_responses import (
    EMBED_LIMIT,
    EMBED_TOKEN,
    ENDED,
    FORBIDDEN,
    FOREIGN,
    NO_AGENT,
    NO_CAPACITY,
    NO_EMBED_TOKEN,
    NO_SESSION,
    NOT_READY,
)
from visavis.surfaces.agents.principals import KeyPrincipal, PollingPrincipal
from visavis.surfaces.shared.authentication import bearer
from visavis.surfaces.shared.bodies import ALL_KINDS, BodyType
from visavis.surfaces.shared.connections import owner_of
from visavis.surfaces.shared.context import Context, Given
from visavis.surfaces.shared.fields import MAX_TEXT_BYTES
from visavis.surfaces.shared.links import link_to
from visavis.surfaces.shared.origins import ORIGIN, is_own_origin

EMBED_PATH: Final = "/embed/"
_ROOM_PREFIX: Final = "embed-"
_IDLE_TIMEOUT_S: Final = 300  # without an open microphone and without an answer
_ID_BYTES: Final = 6
_LOOKS_PER_MINUTE: Final = 120  # of one machine
_SESSIONS_PER_MINUTE: Final = 6  # of one visitor
_MAX_OFFSET: Final = 2**31
_NEW: Final = BodyType(embed_wire.EmbedTokenRequest, ALL_KINDS)
_TOKEN: Final = bearer("Use: Authorization: Bearer <embed token>")

router = APIRouter(tags=["Web pages"])
EmbedTokenId = Annotated[str, Path(description="ID of the token.", examples=[embed_wire.TOKEN_ID])]
SessionId = Annotated[str, Path(description="As the creation gave it.")]


def _visitor(*, may_be_expired: bool = False) -> Callable[..., Awaitable[Embedding]]:
    """What finds what the token of a visitor stands for, in a request from a page of this server."""

    async def find(token: Annotated[str, Depends(_TOKEN)], request: Request, context: Given) -> Embedding:
        async with context.database.transaction() as tx:
            looks = f"embed:{owner_of(request.client)}"
            await rates.take_named(tx, looks, max_per_minute=_LOOKS_PER_MINUTE)
        async with context.database.transaction() as tx:
            found = await embedding.find(tx, token, may_be_expired=may_be_expired)
        origin = request.headers.get(ORIGIN)
        if origin is not None and not is_own_origin(origin, request, context):
            raise ForeignOriginError("The request comes from a page of another origin.")
        return found

    return find


Visitor = Annotated[Embedding, Depends(_visitor())]
LeavingVisitor = Annotated[Embedding, Depends(_visitor(may_be_expired=True))]


@router.post(
    "/v1/embed-tokens/request",
    responses=errors(NO_AGENT, NOT_READY, EMBED_LIMIT),
    openapi_extra=_NEW.openapi(),
)
async def issue(request: Request, principal: KeyPrincipal, context: Given) -> embed_wire.EmbedTokenAnswer:
    """A token for a web page: its visitors talk to the agent, on your account, within the token's limits."""
    async with _NEW.read(
        request, folder=context.folder, max_bytes=MAX_TEXT_BYTES, max_json_bytes=MAX_TEXT_BYTES
    ) as sent:
        body = sent.fields
    wanted = NewEmbedToken(
        domains=body.domains,
        visitor=body.fingerprint,
        ttl_s=body.expires_in,
        max_sessions=body.max_sessions,
        max_concurrent_sessions=body.max_concurrent_sessions,
    )
    async with context.database.transaction() as tx:
        agent = await agents.find_ready(tx, principal, body.agent_id)
        row, token = await embedding.issue(tx, principal, agent, wanted)
    address = f"{context.base_url(request)}{EMBED_PATH}{quote(agent.code)}?{urlencode({'token': token})}"
    return embed_wire.EmbedTokenAnswer(
        data=embed_wire.EmbedTokenData(
            token=token,
            sid=row.id,
            agent_id=agent.code,
            url=address,
            expires_at=wire.moment(row.expires_at),
            domains=row.domains,
        )
    )


@router.get("/v1/embed-tokens", responses=errors())
async def list_tokens(
    principal: PollingPrincipal,
    context: Given,
    limit: Annotated[int, Query(ge=1, le=100, description="Tokens to return.")] = 20,
    offset: Annotated[int, Query(ge=0, le=_MAX_OFFSET, description="Tokens to skip.")] = 0,
) -> embed_wire.EmbedTokenList:
    """Your embed tokens, newest first; those that have expired for seven more days."""
    async with context.database.transaction() as tx:
        page = await embedding.page(tx, principal, limit=limit, offset=offset)
    rows = [embed_wire.token_row(row, code) for row, code in page.rows]
    return embed_wire.EmbedTokenList(
        data=rows,
        pagination=wire.Pagination(
            limit=limit, offset=offset, total=page.count, has_more=offset + len(rows) < page.count
        ),
    )


@router.delete("/v1/embed-tokens/{embed_token_id}", responses=errors(NO_EMBED_TOKEN))
async def revoke(
    embed_token_id: EmbedTokenId, principal: KeyPrincipal, context: Given
) -> embed_wire.EmbedTokenRevoked:
    """Delete an embed token. Nobody opens a session with it any more; those that are active go on."""
    async with context.database.transaction() as tx:
        await embedding.revoke(tx, principal, embed_token_id)
    return embed_wire.EmbedTokenRevoked()


@router.get("/v1/embed/agent", responses=errors(EMBED_TOKEN, FOREIGN))
async def look(visitor: Visitor, request: Request, context: Given) -> embed_wire.EmbeddedAgent:
    """What a page shows of an agent before a session begins. The key is an embed token."""
    agent = visitor.agent
    picture = await link_to(context, request, agent.picture_path) if agent.picture_path else None
    return embed_wire.EmbeddedAgent(agent_id=agent.code, name=agent.name or "", image_url=picture)


@router.post(
    "/v1/embed/sessions", responses=errors(EMBED_TOKEN, FOREIGN, FORBIDDEN, EMBED_LIMIT, NO_CAPACITY)
)
async def open_session(visitor: Visitor, context: Given) -> embed_wire.EmbeddedSession:
    """Open a session in which a visitor talks to the agent. The key is an embed token."""
    wanted = await _session_of(visitor, context)
    if visitor.token.visitor is not None:
        name = f"embed-visitor:{visitor.principal.account_id}:{visitor.token.visitor.hex()}"
        async with context.database.transaction() as tx:
            await rates.take_named(tx, name, max_per_minute=_SESSIONS_PER_MINUTE)
    async with context.database.transaction() as tx:
        row = await embedding.open_session(tx, visitor, wanted)
    return embed_wire.EmbeddedSession(
        session_id=row.id,
        livekit_url=row.livekit_url,
        token=context.rooms.token(row.room, f"user-{secrets.token_hex(_ID_BYTES)}", role="user"),
        room=row.room,
    )


@router.delete("/v1/embed/sessions/{session_id}", responses=errors(EMBED_TOKEN, FOREIGN, NO_SESSION, ENDED))
async def end_session(
    session_id: SessionId, visitor: LeavingVisitor, context: Given
) -> embed_wire.EmbeddedSessionEnded:
    """End a session that was opened with the same embed token, which may have expired since."""
    async with context.database.transaction() as tx:
        await embedding.end_session(tx, visitor, session_id)
    return embed_wire.EmbeddedSessionEnded(session_id=session_id)


async def _session_of(visitor: Embedding, context: Context) -> sessions.NewSession:
    """The session that a visitor gets: the agent as it is, in a conversation."""
    if not visitor.principal.credential.allowance.allows_conversation:
        raise ConversationDisabledError("The key of this page may not open conversations.")
    agent, voice = visitor.agent, agents.voice_of(visitor.agent)
    config = ConversationConfig(
        instructions=agent.system_prompt,
        language=voice.language,
        voice=voice.name,
        tempo=voice.tempo,
        pitch=voice.pitch,
    )
    await context.check_conversation(config)
    if agent.rig_id is None:
        raise TypeError("an agent that is ready has no rig")
    return sessions.NewSession(
        mode=sessions.CONVERSATION,
        livekit_url=context.rooms.url,
        rig_id=agent.rig_id,
        idle_timeout_s=_IDLE_TIMEOUT_S,
        max_duration_s=context.live.max_duration_s,
        price_per_hour_micros=money.from_usd(context.live.conversation_price_per_hour_usd),
        room_prefix=_ROOM_PREFIX,
        conversation=config,
        agent_id=agent.id,
        embed_token_id=visitor.token.id,
    )
