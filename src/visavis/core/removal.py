"""Removal of a user from the installation."""

from sqlalchemy import func, select, update

from visavis.core import sessions
from visavis.core.database import Tx
from visavis.core.identity import keys, sign_ins, users
from visavis.core.organizations import acting, members
from visavis.core.organizations.audit import Actor
from visavis.core.schema import ACTIVE_MEMBER, Membership, User
from visavis.core.sessions import Reason
from visavis.errors import LastOwnerError


async def remove_user(tx: Tx, public_id: str, actor: Actor) -> User:
    """Remove a user. In the same transaction, all that the user may do ends.

    That is: password, sign-ins and links, keys, live sessions, and memberships with what belongs to them.
    Jobs that were submitted finish, and what the account used stays on record. Whoever is invited again finds
    the account as it was, without keys.

    Args:
        tx: The transaction.
        public_id: ID of the user.
        actor: Who does it, for the audit logs of the organizations.

    Raises:
        UserMissingError: There is no such user.
        LastOperatorError: It is the only operator.
        LastOwnerError: It is the last owner of an organization.
    """
    row = await users.hold(tx, public_id)
    of_user = (Membership.user_id == row.id) & (Membership.status == ACTIVE_MEMBER)
    query = select(Membership.organization_id, Membership.id).where(of_user).order_by(Membership.id)
    for organization_id, membership_id in (await tx.execute(query)).all():
        entered = await acting.enter_machine(tx, organization_id, actor)
        try:
            await members.remove(tx, entered, membership_id)
        except LastOwnerError as error:
            name = entered.organization.name
            raise LastOwnerError(
                f"{row.email} is the last owner of {name}. Make somebody else an owner of it first."
            ) from error
    await keys.revoke_all(tx, row.account_id)
    await sessions.end_all(tx, row.account_id, Reason.ACCESS_ENDED)
    await sign_ins.end_all(tx, row)
    gone = {"password_hash": None, "is_operator": False, "removed_at": func.now()}
    await tx.execute(update(User).where(User.id == row.id).values(gone))
    return row
