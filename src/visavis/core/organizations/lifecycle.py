"""Organizations: created, listed, deleted."""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from visavis.core import sessions
from visavis.core.database import Tx
from visavis.core.identity import accounts, keys, sign_ins
from visavis.core.identity.principals import Principal
from visavis.core.organizations import audit
from visavis.core.organizations.acting import Acting, user_of
from visavis.core.organizations.audit import Actor
from visavis.core.schema import (
    ACTIVE_MEMBER,
    DEACTIVATED,
    ORGANIZATION,
    OWNER,
    Invitation,
    Membership,
    Organization,
    ScimToken,
    User,
)
from visavis.core.sessions import Reason
from visavis.errors import AccountError, OrganizationLimitError

MIN_NAME_CHARS, MAX_NAME_CHARS = 2, 100
_ID_BYTES: Final = 10
_MAX_SLUG_CHARS: Final = 48
_SUFFIX_BYTES: Final = 3
_MAX_TRIES: Final = 8


@dataclass(frozen=True)
class Belonging:
    """An organization as one of its members sees it.

    Attributes:
        organization: The organization.
        role: Role of the member.
    """

    organization: Organization
    role: str


async def create(tx: Tx, owner: User, name: str, actor: Actor, *, max_per_user: int) -> Organization:
    """Create an organization with its first owner.

    Args:
        tx: The transaction.
        owner: Its first owner.
        name: Name for people, 2 to 100 characters.
        actor: Who creates it.
        max_per_user: Maximum number of organizations that the owner may be an owner of.

    Raises:
        AccountError: The name is too short or too long.
        OrganizationLimitError: The owner has too many organizations.
    """
    name = name.strip()
    if not MIN_NAME_CHARS <= len(name) <= MAX_NAME_CHARS:
        raise AccountError(f"The name must have {MIN_NAME_CHARS} to {MAX_NAME_CHARS} characters.")
    # Of two requests at once, the second one counts what the first one creates.
    await tx.execute(select(User.id).where(User.id == owner.id).with_for_update(key_share=True))
    if await _owned_by(tx, owner.id) >= max_per_user:
        raise OrganizationLimitError(f"A user can own at most {max_per_user} organizations.")
    row = await _insert(tx, name)
    tx.add(
        Membership(
            id=new_id("mem"),
            organization_id=row.id,
            user_id=owner.id,
            role=OWNER,
            email=owner.email,
        )
    )
    await audit.record(tx, row.id, actor, "organization.created", subject_id=row.id, subject_name=name)
    return row


async def of_user(tx: Tx, principal: Principal) -> list[Belonging]:
    """List the organizations of the principal's user, oldest first.

    A key or browser that acts for one organization sees only that one.

    Raises:
        NotPermittedError: The principal is a service key.
    """
    is_meant = or_(*(each.account_id == principal.account_id for each in (Organization, User)))
    query = _of_member(user_of(principal)).join(User, User.id == Membership.user_id).where(is_meant)
    return [Belonging(row, role) for row, role in await tx.execute(query)]


async def of_browser(tx: Tx, user: User) -> list[Belonging]:
    """List the organizations for which a browser of the user can act, oldest first."""
    return [Belonging(row, role) for row, role in await tx.execute(_of_member(user.id))]


async def list_all(tx: Tx) -> list[tuple[Organization, int]]:
    """List all organizations of the installation with the numbers of their active members, oldest first."""
    members = select(func.count()).where(
        Membership.organization_id == Organization.id, Membership.status == ACTIVE_MEMBER
    )
    query = select(Organization, members.scalar_subquery()).order_by(Organization.created_at, Organization.id)
    return [(row, count) for row, count in await tx.execute(query)]


async def delete(tx: Tx, acting: Acting) -> None:
    """Delete an organization: nobody acts for it any more, and all that acted ends at once.

    Its rows stay, with what it made and owes. Enter with `writes` before.

    Raises:
        NotPermittedError: The actor is not an owner.
    """
    acting.must_own("delete it")
    row = acting.organization
    of_it = {each: each.organization_id == row.id for each in (Membership, Invitation, ScimToken)}
    await tx.execute(update(Organization).where(Organization.id == row.id).values(deleted_at=func.now()))
    await tx.execute(
        update(Membership)
        .where(of_it[Membership], Membership.status == ACTIVE_MEMBER)
        .values(status=DEACTIVATED, version=Membership.version + 1, updated_at=func.now())
        .execution_options(synchronize_session=False)
    )
    await tx.execute(
        update(Invitation)
        .where(of_it[Invitation], Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
        .values(revoked_at=func.now())
        .execution_options(synchronize_session=False)
    )
    await tx.execute(
        update(ScimToken)
        .where(of_it[ScimToken], ScimToken.revoked_at.is_(None))
        .values(revoked_at=func.now())
        .execution_options(synchronize_session=False)
    )
    await keys.revoke_all(tx, row.account_id)
    await sessions.end_all(tx, row.account_id, Reason.ACCESS_ENDED)
    await sign_ins.leave(tx, row.id)
    await audit.record(
        tx, row.id, acting.actor, "organization.deleted", subject_id=row.id, subject_name=row.name
    )


def new_id(kind: str) -> str:
    """A new ID: the kind, and 20 random hexadecimal digits."""
    return f"{kind}_{secrets.token_hex(_ID_BYTES)}"


def _of_member(user_id: int) -> Select[Organization, str]:
    return (
        select(Organization, Membership.role)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.user_id == user_id, Membership.status == ACTIVE_MEMBER)
        .where(Organization.deleted_at.is_(None))
        .order_by(Organization.created_at, Organization.id)
    )


async def _owned_by(tx: Tx, user_id: int) -> int:
    query = (
        select(func.count())
        .select_from(Membership)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(Membership.user_id == user_id, Membership.role == OWNER)
        .where(Membership.status == ACTIVE_MEMBER, Organization.deleted_at.is_(None))
    )
    return (await tx.execute(query)).scalar_one()


async def _insert(tx: Tx, name: str) -> Organization:
    """Insert an organization under a free slug. A slug that is taken gets random characters, not a number."""
    account_id = await accounts.create(tx, ORGANIZATION)
    slug = base = _slug(name)
    for _ in range(_MAX_TRIES):
        try:
            async with tx.begin_nested():
                row = Organization(id=new_id("org"), account_id=account_id, name=name, slug=slug)
                tx.add(row)
        except IntegrityError:
            slug = f"{base}-{secrets.token_hex(_SUFFIX_BYTES)}"
        else:
            return row
    raise AccountError("There is no free short name for this organization. Choose another name.")


def _slug(name: str) -> str:
    """The name in small Latin letters, digits and hyphens, for links."""
    latin = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", latin).strip("-")[:_MAX_SLUG_CHARS].strip("-")
    return slug or f"org-{secrets.token_hex(_SUFFIX_BYTES)}"
