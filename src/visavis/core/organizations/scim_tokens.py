"""Tokens with which a directory provisions the members of one organization."""

import secrets
from datetime import timedelta
from typing import Final

from sqlalchemy import func, or_, select, update

from visavis.core import rates
from visavis.core.database import Tx
from visavis.core.organizations import audit
from visavis.core.organizations.acting import Acting
from visavis.core.organizations.audit import Actor, ActorKind
from visavis.core.organizations.lifecycle import new_id
from visavis.core.schema import OWNER, Organization, ScimToken
from visavis.core.secret import digest
from visavis.errors import KeyRefusedError, OrganizationLimitError, ScimTokenMissingError

TOKEN_BEGIN: Final = "scim_"  # noqa: S105 - no secret
MAX_TOKENS: Final = 20
_SECRET_BYTES: Final = 32
_PREFIX_CHARS: Final = len(TOKEN_BEGIN) + 4  # shown, to distinguish tokens
_USE_NOTED_EVERY: Final = timedelta(minutes=1)


async def create(tx: Tx, acting: Acting, name: str) -> tuple[ScimToken, str]:
    """Create a token for an organization.

    Args:
        tx: The transaction.
        acting: Who creates it; entered with `writes`.
        name: Name for people.

    Returns:
        The row and the token itself, which is not stored and cannot be shown again.

    Raises:
        NotPermittedError: The actor is not an owner.
        OrganizationLimitError: The organization has too many tokens.
    """
    acting.must_own("create SCIM tokens")
    organization_id = acting.organization.id
    if len(await list_valid(tx, organization_id)) >= MAX_TOKENS:
        raise OrganizationLimitError(
            f"An organization can have at most {MAX_TOKENS} SCIM tokens. Revoke one first."
        )
    token = TOKEN_BEGIN + secrets.token_urlsafe(_SECRET_BYTES)
    row = ScimToken(
        id=new_id("sct"),
        organization_id=organization_id,
        digest=digest(token),
        prefix=token[:_PREFIX_CHARS],
        name=name.strip() or "SCIM",
        created_by=acting.actor.user_id,
    )
    tx.add(row)
    await tx.flush()
    await tx.refresh(row)
    await _record(tx, acting, "scim_token.created", row)
    return row, token


async def list_valid(tx: Tx, organization_id: str) -> list[ScimToken]:
    """List the valid tokens of an organization, oldest first."""
    query = select(ScimToken).where(
        ScimToken.organization_id == organization_id, ScimToken.revoked_at.is_(None)
    )
    return list((await tx.execute(query.order_by(ScimToken.created_at, ScimToken.id))).scalars())


async def revoke(tx: Tx, acting: Acting, token_id: str) -> None:
    """Revoke a token: it is refused from now on.

    Raises:
        NotPermittedError: The actor is not an owner.
        ScimTokenMissingError: The organization has no such valid token.
    """
    acting.must_own("revoke SCIM tokens")
    statement = (
        update(ScimToken)
        .where(ScimToken.organization_id == acting.organization.id, ScimToken.id == token_id)
        .where(ScimToken.revoked_at.is_(None))
        .values(revoked_at=func.now())
        .returning(ScimToken)
    )
    row = (await tx.execute(statement)).scalar_one_or_none()
    if row is None:
        raise ScimTokenMissingError("SCIM token not found.")
    await _record(tx, acting, "scim_token.revoked", row)


async def authenticate(tx: Tx, token: str, *, address: str, max_per_minute: int) -> Acting:
    """Find the directory that acts with a token, and count the request.

    Args:
        tx: A transaction that is committed in any case: the request counts, whatever becomes of it.
        token: The token.
        address: IP address of the client.
        max_per_minute: Maximum number of requests of a token within 60 seconds.

    Raises:
        KeyRefusedError: The token is unknown or revoked, or its organization was deleted.
        RateLimitError: Too many requests within 60 seconds.
    """
    query = (
        select(ScimToken, Organization)
        .join(Organization, Organization.id == ScimToken.organization_id)
        .where(ScimToken.digest == digest(token), ScimToken.revoked_at.is_(None))
        .where(Organization.deleted_at.is_(None))
    )
    found = (await tx.execute(query)).one_or_none()
    if found is None:
        raise KeyRefusedError("Invalid or revoked SCIM token.")
    row, organization = found
    await rates.take_named(tx, f"scim:{row.id}", max_per_minute=max_per_minute)
    is_old = or_(ScimToken.last_used_at.is_(None), ScimToken.last_used_at < func.now() - _USE_NOTED_EVERY)
    await tx.execute(update(ScimToken).where(ScimToken.id == row.id, is_old).values(last_used_at=func.now()))
    # Of an owner's rights it uses those that the protocol has: to change members, but to make no owner.
    return Acting(organization, OWNER, Actor(ActorKind.SCIM_TOKEN, row.name, None, address))


async def _record(tx: Tx, acting: Acting, action: str, row: ScimToken) -> None:
    organization_id = acting.organization.id
    await audit.record(tx, organization_id, acting.actor, action, subject_id=row.id, subject_name=row.name)
