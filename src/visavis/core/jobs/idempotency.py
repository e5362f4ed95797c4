"""Idempotency: a request that a key sends a surface twice under one idempotency key creates one job."""

from sqlalchemy import select

from visavis.core.database import Tx
from visavis.core.identity.principals import Principal
from visavis.core.schema import Job
from visavis.errors import IdempotencyError


async def find_earlier(
    tx: Tx, principal: Principal, idempotency_key: str, fingerprint: bytes | None, *, surface: str
) -> Job | None:
    """Find the job that a surface created under an idempotency key before; `None` if there is none.

    Raises:
        IdempotencyError: The job was created by a different request.
    """
    query = select(Job).where(
        Job.account_id == principal.account_id,
        Job.key_id == principal.key_id,
        Job.surface == surface,
        Job.idempotency_key == idempotency_key,
    )
    job = (await tx.execute(query)).scalar_one_or_none()
    if job is not None and job.fingerprint != fingerprint:
        raise IdempotencyError(
            "This Idempotency-Key was already used for a different request. Use a new one."
        )
    return job
