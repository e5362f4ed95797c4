"""The audit log of an organization: who did what, when and from where. Entries are only ever added."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from visavis.core.database import Tx
from visavis.core.schema import AuditEntry


class ActorKind(StrEnum):
    """What somebody acts with."""

    USER = "user"  # a browser
    KEY = "key"
    SCIM_TOKEN = "scim_token"  # noqa: S105 - no secret
    SSO = "sso"  # the identity provider of the organization
    MACHINE = "machine"  # the command line of the server


@dataclass(frozen=True)
class Actor:
    """Who does something in an organization.

    Attributes:
        kind: What the actor acts with.
        name: Address of the user, or name of the token.
        user_id: ID of the user; `None` for a directory, an identity provider or the machine.
        address: IP address of the client; `None` for the machine.
    """

    kind: ActorKind
    name: str
    user_id: int | None = None
    address: str | None = None


async def record(
    tx: Tx,
    organization_id: str,
    actor: Actor,
    action: str,
    *,
    subject_id: str,
    subject_name: str,
    **details: Any,
) -> None:
    """Record an action, in the transaction that does it.

    Args:
        tx: The transaction.
        organization_id: ID of the organization.
        actor: Who did it.
        action: Noun and verb, such as `member.added`.
        subject_id: ID of what it was done to.
        subject_name: Name of this, for people.
        details: What else there is to know, as JSON. No secrets.
    """
    tx.add(
        AuditEntry(
            organization_id=organization_id,
            actor_kind=actor.kind,
            actor_user_id=actor.user_id,
            actor_name=actor.name,
            action=action,
            subject_id=subject_id,
            subject_name=subject_name,
            address=actor.address,
            details=details,
        )
    )
    await tx.flush()


async def page(
    tx: Tx, organization_id: str, *, limit: int, before: int | None = None, action: str | None = None
) -> list[AuditEntry]:
    """Read entries of an organization, newest first.

    Args:
        tx: The transaction.
        organization_id: ID of the organization.
        limit: Maximum number of entries.
        before: ID of the entry after which the page begins; `None` for the newest.
        action: Only this action, or all actions of a noun, such as `member`.
    """
    query = select(AuditEntry).where(AuditEntry.organization_id == organization_id)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    if action is not None:
        is_meant = AuditEntry.action.startswith(f"{action}.", autoescape=True)
        query = query.where(is_meant | (AuditEntry.action == action))
    return list((await tx.execute(query.order_by(AuditEntry.id.desc()).limit(limit))).scalars())
