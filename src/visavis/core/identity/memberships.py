"""Who may act for an organization: keys and sign-ins ask here.

What changes a membership locks its row. What relies on one locks it too, for reading: so neither a key nor a
sign-in comes into being beside a removal and outlives it.
"""

from sqlalchemy import select

from visavis.core.database import Tx
from visavis.core.schema import ACTIVE_MEMBER, Membership, Organization
from visavis.errors import NotPermittedError


async def hold(
    tx: Tx, user_id: int, *, organization_id: str | None = None, account_id: int | None = None
) -> tuple[Organization, Membership]:
    """Find an active membership, which lasts at least as long as the transaction.

    Args:
        tx: The transaction.
        user_id: ID of the member.
        organization_id: ID of the organization; alternatively:
        account_id: ID of its account.

    Raises:
        NotPermittedError: The user is no active member, or there is no such organization.
    """
    is_meant = Organization.id == organization_id
    if organization_id is None:
        is_meant = Organization.account_id == account_id
    query = (
        select(Organization, Membership)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(is_meant, Organization.deleted_at.is_(None))
        .where(Membership.user_id == user_id, Membership.status == ACTIVE_MEMBER)
        .with_for_update(read=True, of=Membership)
        .execution_options(populate_existing=True)
    )
    found = (await tx.execute(query)).one_or_none()
    if found is None:
        raise NotPermittedError("You are not a member of this organization.")
    return found[0], found[1]
