"""Embed tokens: with one, visitors of web pages open sessions of one agent, and do nothing else."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select

from visavis.core import sessions
from visavis.core.database import Tx
from visavis.core.identity import keys
from visavis.core.identity.principals import Principal
from visavis.core.paging import Page, read_page
from visavis.core.schema import ACTIVE, READY, Agent, ApiKey, EmbedToken, Session
from visavis.core.secret import digest
from visavis.core.urls import parse_url
from visavis.errors import (
    EmbedLimitError,
    EmbedTokenError,
    EmbedTokenMissingError,
    RequestError,
    SessionEndedError,
    SessionMissingError,
    UrlError,
)

MAX_TOKENS: Final = 10_000
"""Number of valid tokens of an account."""
MAX_DOMAINS: Final = 32
_ID_BEGIN, _ID_BYTES = "emb_", 10
_TOKEN_BEGIN, _TOKEN_BYTES = "embt_", 24
_KEPT_AFTER_EXPIRY: Final = timedelta(days=7)  # so long it is listed, and its sessions name it
_PAGES: Final = frozenset({"http", "https"})
_WILDCARD: Final = "*."
_LOOPBACK: Final = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?")


@dataclass(frozen=True)
class NewEmbedToken:
    """An embed token that a client asks for.

    Attributes:
        domains: Origins of the pages that may show the agent, from `check_domain`; all if empty.
        visitor: What the client calls its visitor; empty if the token is for anybody.
        ttl_s: Time for which sessions can be opened with it, in seconds.
        max_sessions: Number of sessions that can be opened with it.
        max_concurrent_sessions: Number of them at a time.
    """

    domains: Sequence[str]
    visitor: str
    ttl_s: int
    max_sessions: int
    max_concurrent_sessions: int


@dataclass(frozen=True)
class Embedding:
    """What an embed token stands for.

    Attributes:
        token: Its row.
        agent: The agent.
        principal: The principal of the key that asked for it.
    """

    token: EmbedToken
    agent: Agent
    principal: Principal


def check_domain(text: str) -> str:
    """Read the domain of pages that may show an agent.

    Args:
        text: Text of the client: a domain such as `example.com` or `*.example.com`, with a port where it has
            one, or an origin such as `http://localhost:3000`.

    Returns:
        The origin, as browsers write it. A domain alone means HTTPS, and one of this machine HTTP.

    Raises:
        RequestError: It is neither.
    """
    scheme, separator, host = text.strip().rpartition("://")
    if not separator:
        scheme = "http" if _LOOPBACK.fullmatch(host) else "https"
    is_wildcard = host.startswith(_WILDCARD)
    try:
        url = parse_url(f"{scheme}://{host.removeprefix(_WILDCARD)}", "domains", schemes=_PAGES)
    except UrlError as error:
        raise RequestError(
            "domains: each must be a domain such as example.com or *.example.com, or an origin such as "
            "https://example.com."
        ) from error
    if url.target != "/":
        raise RequestError("domains: name domains alone, without a path.")
    return f"{url.scheme}://{_WILDCARD if is_wildcard else ''}{url.authority}"


async def issue(tx: Tx, principal: Principal, agent: Agent, wanted: NewEmbedToken) -> tuple[EmbedToken, str]:
    """Issue a token.

    Returns:
        Its row, and the token itself, which is not stored.

    Raises:
        EmbedLimitError: The account has as many valid tokens as it may have.
    """
    count = select(func.count()).where(
        EmbedToken.account_id == principal.account_id, EmbedToken.expires_at > func.now()
    )
    if (await tx.execute(count)).scalar_one() >= MAX_TOKENS:
        raise EmbedLimitError(f"At most {MAX_TOKENS} embed tokens are allowed. Delete some first.")
    token = _TOKEN_BEGIN + secrets.token_urlsafe(_TOKEN_BYTES)
    row = EmbedToken(
        id=_ID_BEGIN + secrets.token_hex(_ID_BYTES),
        digest=digest(token),
        account_id=principal.account_id,
        key_id=principal.key_id,
        agent_id=agent.id,
        visitor=digest(wanted.visitor) if wanted.visitor else None,
        domains=list(dict.fromkeys(wanted.domains)),
        expires_at=datetime.now(UTC) + timedelta(seconds=wanted.ttl_s),
        max_sessions=wanted.max_sessions,
        max_concurrent_sessions=wanted.max_concurrent_sessions,
    )
    tx.add(row)
    await tx.flush()
    await tx.refresh(row)
    return row, token


async def page(tx: Tx, principal: Principal, *, limit: int, offset: int) -> Page[tuple[EmbedToken, str]]:
    """List the tokens of an account with the codes of their agents, newest first."""
    found = select(EmbedToken).where(EmbedToken.account_id == principal.account_id)
    order = (EmbedToken.created_at.desc(), EmbedToken.id)
    listed = await read_page(tx, found, *order, limit=limit, offset=offset)
    codes = select(Agent.id, Agent.code).where(
        Agent.account_id == principal.account_id, Agent.id.in_({row.agent_id for row in listed.rows})
    )
    code_of = {row.id: row.code for row in await tx.execute(codes)}
    return Page([(row, code_of[row.agent_id]) for row in listed.rows], listed.count)


async def revoke(tx: Tx, principal: Principal, token_id: str) -> None:
    """Delete a token: no session is opened with it any more. Those that are active go on.

    Raises:
        EmbedTokenMissingError: The account has none with this ID.
    """
    gone = (
        delete(EmbedToken)
        .where(EmbedToken.account_id == principal.account_id, EmbedToken.id == token_id)
        .returning(EmbedToken.id)
    )
    if (await tx.execute(gone)).scalar_one_or_none() is None:
        raise EmbedTokenMissingError("There is no embed token with this ID.")


async def find(tx: Tx, token: str, *, code: str | None = None, may_be_expired: bool = False) -> Embedding:
    """Find what a token stands for.

    Args:
        tx: The transaction.
        token: The token.
        code: Code of the agent, where a request names it too.
        may_be_expired: Whether it is found after its expiry too, for what it opened before.

    Raises:
        EmbedTokenError: It does not exist, has expired, is for another agent, or its key was revoked.
    """
    query = (
        select(EmbedToken, Agent, ApiKey)
        .join(Agent, Agent.id == EmbedToken.agent_id)
        .join(ApiKey, ApiKey.id == EmbedToken.key_id)
        .where(EmbedToken.digest == digest(token), ApiKey.revoked_at.is_(None), Agent.status == READY)
    )
    if not may_be_expired:
        query = query.where(EmbedToken.expires_at > func.now())
    found = (await tx.execute(query)).one_or_none()
    if found is None or code not in (None, found[1].code):
        raise EmbedTokenError("The embed token is not valid or has expired.")
    row, agent, key = found
    return Embedding(row, agent, keys.principal_of(key))


async def open_session(tx: Tx, embedding: Embedding, wanted: sessions.NewSession) -> Session:
    """Open a session for a visitor, if the token allows one more.

    Raises:
        EmbedLimitError: As many were opened, or are active, as it allows.
        EmbedTokenError: It was deleted in the meantime.
        NoCapacityError: No worker has a free slot.
        KeyRefusedError: The key was revoked in the meantime.
    """
    account_id = embedding.principal.account_id
    # The row's lock: of two visitors at once, the second one counts the first.
    mine = (EmbedToken.account_id == account_id) & (EmbedToken.id == embedding.token.id)
    locked = select(EmbedToken).where(mine).with_for_update()
    row = (await tx.execute(locked.execution_options(populate_existing=True))).scalar_one_or_none()
    if row is None:
        raise EmbedTokenError("The embed token is not valid or has expired.")
    if row.sessions >= row.max_sessions:
        raise EmbedLimitError("As many conversations were held as this page allows.")
    active = select(func.count()).where(
        Session.account_id == account_id, Session.embed_token_id == row.id, Session.status == ACTIVE
    )
    if (await tx.execute(active)).scalar_one() >= row.max_concurrent_sessions:
        raise EmbedLimitError("Too many people are talking to it at the moment. Try again in a few minutes.")
    row.sessions += 1
    return await sessions.open_session(tx, embedding.principal, wanted)


async def end_session(tx: Tx, embedding: Embedding, session_id: str) -> Session:
    """End a session that was opened with a token.

    Raises:
        SessionMissingError: No such session was.
        SessionEndedError: It has ended already.
    """
    query = select(Session.id).where(
        Session.account_id == embedding.principal.account_id,
        Session.embed_token_id == embedding.token.id,
        Session.id == session_id,
    )
    if (await tx.execute(query)).scalar_one_or_none() is None:
        raise SessionMissingError("Session not found.")
    ended = await sessions.end(tx, session_id, sessions.Reason.DELETED)
    if ended is None:
        raise SessionEndedError("Session already ended.")
    return ended


async def forget(tx: Tx) -> None:
    """Delete tokens that expired a while ago."""
    await tx.execute(delete(EmbedToken).where(EmbedToken.expires_at < func.now() - _KEPT_AFTER_EXPIRY))
