"""Acting in an organization: who does it, with which role."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import or_, select

from visavis.core.database import Tx
from visavis.core.identity.keys import CONSOLE_TIER
from visavis.core.identity.principals import CredentialKind, Principal
from visavis.core.organizations.audit import Actor, ActorKind
from visavis.core.schema import ACTIVE_MEMBER, ADMIN, OWNER, Membership, Organization, User
from visavis.errors import NotPermittedError, OrganizationMissingError

MANAGERS: Final = frozenset({ADMIN, OWNER})
MACHINE_ACTOR: Final = Actor(ActorKind.MACHINE, "visavis")


@dataclass(frozen=True)
class Acting:
    """Somebody who acts in an organization.

    Attributes:
        organization: The organization.
        role: Role with which the actor acts.
        actor: Who it is, for the audit log.
        membership_id: ID of the actor's membership; `None` for a directory or the machine.
    """

    organization: Organization
    role: str
    actor: Actor
    membership_id: str | None = None

    def must_manage(self, what: str) -> None:
        """Refuse whoever is neither owner nor admin.

        Args:
            what: What is to be done, such as "add members".

        Raises:
            NotPermittedError: The role permits it not.
        """
        if self.role not in MANAGERS:
            raise NotPermittedError(f"Only owners and admins of the organization can {what}.")

    def must_own(self, what: str) -> None:
        """Refuse whoever is not an owner.

        Raises:
            NotPermittedError: The role permits it not.
        """
        if self.role != OWNER:
            raise NotPermittedError(f"Only owners of the organization can {what}.")


def user_of(principal: Principal) -> int:
    """ID of the user who acts.

    Raises:
        NotPermittedError: It is a service key.
    """
    if principal.user_id is None:
        raise NotPermittedError(
            "This needs an API key that belongs to a user. Create one in the console, "
            "or with `visavis keys create NAME --owner EMAIL`."
        )
    return principal.user_id


async def enter(
    tx: Tx, principal: Principal, organization_id: str, *, address: str | None, writes: bool = False
) -> Acting:
    """Find an organization for one of its active members.

    A key or browser that acts for one organization enters no other.

    Args:
        tx: The transaction.
        principal: Who makes the request.
        organization_id: ID of the organization.
        address: IP address of the client.
        writes: Whether something is to be changed: changes of one organization wait for each other.

    Raises:
        NotPermittedError: The principal is a service key.
        OrganizationMissingError: There is no such organization, or the user is not an active member.
    """
    user_id = user_of(principal)
    if writes:
        await lock(tx, organization_id)
    query = (
        select(Organization, Membership, User)
        .join(Membership, Membership.organization_id == Organization.id)
        .join(User, User.id == Membership.user_id)
        .where(Organization.id == organization_id, Organization.deleted_at.is_(None))
        .where(Membership.user_id == user_id, Membership.status == ACTIVE_MEMBER)
        .where(or_(*(each.account_id == principal.account_id for each in (Organization, User))))
    )
    found = (await tx.execute(query)).one_or_none()
    if found is None:
        raise missing()
    organization, membership, user = found
    return Acting(organization, membership.role, actor_of(principal, user, address), membership.id)


def actor_of(principal: Principal, user: User, address: str | None) -> Actor:
    """The user who acts, as the audit log names them. The console's own keys stand for a browser.

    Args:
        principal: Who makes the request.
        user: The user of the principal.
        address: IP address of the client.
    """
    credential = principal.credential
    is_key = credential.kind is CredentialKind.KEY and credential.allowance.tier != CONSOLE_TIER
    return Actor(ActorKind.KEY if is_key else ActorKind.USER, user.email, user.id, address)


async def enter_machine(tx: Tx, word: str, actor: Actor = MACHINE_ACTOR) -> Acting:
    """Find an organization by ID or slug for whoever is on the server's own machine, with an owner's rights.

    Args:
        tx: The transaction.
        word: ID or slug.
        actor: Who acts, for the audit log: somebody on the machine, or an operator.

    Raises:
        OrganizationMissingError: There is none.
    """
    is_meant = (Organization.id == word) | (Organization.slug == word)
    query = select(Organization).where(is_meant, Organization.deleted_at.is_(None))
    row = (await tx.execute(query.with_for_update(key_share=True))).scalar_one_or_none()
    if row is None:
        raise OrganizationMissingError(f"There is no organization {word}. Run `visavis orgs list`.")
    return Acting(row, OWNER, actor)


async def lock(tx: Tx, organization_id: str) -> None:
    """Wait for other changes of an organization, and let others wait until the transaction ends."""
    query = select(Organization.id).where(Organization.id == organization_id)
    await tx.execute(query.with_for_update(key_share=True))


def missing() -> OrganizationMissingError:
    """The same error whether there is no organization or the user is not a member."""
    return OrganizationMissingError("Organization not found.")
