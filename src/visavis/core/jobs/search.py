"""Finding jobs: by ID, the newest ones, or by text."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select

from visavis.core.database import Tx
from visavis.core.identity.ownership import owned
from visavis.core.identity.principals import Principal
from visavis.core.jobs.kinds import KINDS
from visavis.core.paging import Page, read_page
from visavis.core.schema import PENDING, ApiKey, Job
from visavis.errors import JobMissingError


@dataclass(frozen=True)
class Search:
    """Filters of a search; a job must match all that are set.

    Attributes:
        words: Part of the ID, the text, the error code or the key's name; case does not matter.
        status: `pending`, `processing`, `completed` or `failed`.
        kind: Name of a `JobKind`.
    """

    words: str = ""
    status: str | None = None
    kind: str | None = None


async def find(tx: Tx, principal: Principal, job_id: str, *, surface: str | None) -> Job:
    """Find a job of an account.

    Args:
        tx: The transaction.
        principal: Owner.
        job_id: ID of the job.
        surface: Name of the surface through which it was submitted; `None` for any.

    Raises:
        JobMissingError: There is none. Jobs of other accounts and surfaces are not found.
    """
    query = select(Job).where(Job.id == job_id, Job.account_id == principal.account_id)
    if surface is not None:
        query = query.where(Job.surface == surface)
    job = (await tx.execute(query)).scalar_one_or_none()
    if job is None:
        raise JobMissingError("Job not found.")
    return job


async def page(tx: Tx, principal: Principal, *, surface: str, limit: int, offset: int) -> Page[Job]:
    """List jobs that an account submitted through a surface, newest first."""
    theirs = select(Job).where(Job.account_id == principal.account_id, Job.surface == surface)
    return await read_page(tx, theirs, Job.sequence.desc(), limit=limit, offset=offset)


async def search(tx: Tx, principal: Principal, wanted: Search, *, limit: int, offset: int) -> Page[Job]:
    """List jobs that match a search, newest first: of the account; for an operator, of all accounts."""
    conditions = [owned(Job.account_id, principal)]
    if wanted.words:
        places = (Job.id, Job.input["text"].astext, Job.error_code, ApiKey.name)
        conditions.append(or_(*(place.icontains(wanted.words, autoescape=True) for place in places)))
    if wanted.status:
        conditions.append(Job.status == wanted.status)
    if wanted.kind:
        conditions.append(Job.kind == wanted.kind)
    found = select(Job).join(ApiKey, ApiKey.id == Job.key_id).where(*conditions)
    return await read_page(tx, found, Job.sequence.desc(), limit=limit, offset=offset)


async def position(tx: Tx, job: Job) -> int:
    """Position of a job in the queue of its pool: 1 is next, 0 means that it does not wait."""
    if job.status != PENDING:
        return 0
    pool = KINDS[job.kind].pool
    same_pool = [kind.name for kind in KINDS.values() if kind.pool == pool]
    ahead = select(func.count()).where(
        Job.status == PENDING, Job.sequence < job.sequence, Job.kind.in_(same_pool)
    )
    return (await tx.execute(ahead)).scalar_one() + 1
