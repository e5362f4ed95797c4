"""Tests of the connection to an identity provider: an owner signs in through it, and is told how it went.

Results are entries of the audit log. A result is good for the connection as it was: another set-up has none.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from visavis.core.database import Tx
from visavis.core.organizations import audit
from visavis.core.organizations.audit import Actor, ActorKind
from visavis.core.organizations.sso import Begun
from visavis.core.schema import AuditEntry, SsoConnection, User

PASSED, FAILED = "sso.test_passed", "sso.test_failed"
_VERSION, _REASON, _EMAIL = "version", "reason", "email"
_ACTIONS: Final = (PASSED, FAILED)


@dataclass(frozen=True)
class Result:
    """How a test went.

    Attributes:
        at: When.
        email: Address of whoever signed in, as the provider says; `None` if it says none.
        reason: Why it failed, as one word; `None` if it passed.
    """

    at: datetime
    email: str | None
    reason: str | None


async def record(tx: Tx, begun: Begun, *, email: str | None, reason: str | None, address: str | None) -> None:
    """Record how a test went.

    Args:
        tx: The transaction.
        begun: The test, with its tester.
        email: Address of whoever signed in; `None` if it is not known.
        reason: Why it failed, as one word; `None` if it passed.
        address: IP address of the tester.
    """
    tester = (await tx.execute(select(User).where(User.id == begun.tester_id))).scalar_one()
    details = {_VERSION: begun.row.version, _EMAIL: email, _REASON: reason}
    await audit.record(
        tx,
        begun.organization.id,
        Actor(ActorKind.USER, tester.email, tester.id, address),
        FAILED if reason else PASSED,
        subject_id=begun.row.id,
        subject_name=email or begun.row.type,
        **details,
    )


async def last(tx: Tx, row: SsoConnection) -> Result | None:
    """How the last test of a connection went; `None` if it was not tested since it was set up."""
    query = (
        select(AuditEntry)
        .where(AuditEntry.organization_id == row.organization_id, AuditEntry.subject_id == row.id)
        .where(AuditEntry.action.in_(_ACTIONS))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    entry = (await tx.execute(query)).scalar_one_or_none()
    if entry is None or entry.details.get(_VERSION) != row.version:
        return None
    return Result(entry.at, entry.details.get(_EMAIL), entry.details.get(_REASON))
