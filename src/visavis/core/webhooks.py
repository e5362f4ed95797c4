"""Telling clients how their jobs ended: what is said, how it is signed, when it is tried again."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select, text, update

from visavis.core import queue
from visavis.core.database import Tx
from visavis.core.schema import COMPLETED, Delivery, Job
from visavis.core.secret import WEBHOOKS, derived, shared_secret
from visavis.core.urls import parse_url
from visavis.errors import CallbackError, UrlError

_BEGIN: Final = "whsec_"


@dataclass(frozen=True)
class Notice:
    """A notification that is to be sent.

    Attributes:
        delivery: Its row.
        job: What it is about.
        secret: What it is signed with.
    """

    delivery: Delivery
    job: Job
    secret: str


def check_url(url: str) -> str:
    """Refuse an address that can never be right; where its name leads is checked when it is dialled.

    Returns:
        The address in the one way it is written.

    Raises:
        CallbackError: It is not https, too long, carries a password, or could be read in more than one way.
    """
    try:
        return parse_url(url, "The callback URL").text
    except UrlError as error:
        raise CallbackError(error.message) from error


async def secret_of(tx: Tx, key_id: int, configured: str | None) -> str:
    """What notifications to a key's owner are signed with.

    Args:
        tx: The transaction.
        key_id: ID of the key.
        configured: One for all keys, if the server is set up so; each key has its own otherwise.
    """
    if configured:
        return configured
    return _BEGIN + derived(await shared_secret(tx, WEBHOOKS), f"webhook:{key_id}")


async def announce(tx: Tx, job: Job) -> None:
    """Let a job's end be told, in the transaction that ends it."""
    delivery = Delivery(job_id=job.id, account_id=job.account_id, key_id=job.key_id, url=job.callback_url)
    tx.add(delivery)
    await tx.flush()
    await queue.enqueue(tx, queue.DELIVER_TASK, delivery_id=delivery.id)


async def begin(tx: Tx, delivery_id: int, configured: str | None) -> Notice | None:
    """The next try of a notification; nothing if it was delivered or given up."""
    statement = (
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.delivered_at.is_(None), Delivery.given_up_at.is_(None))
        .values(attempts=Delivery.attempts + 1)
        .returning(Delivery)
    )
    delivery = (await tx.execute(statement)).scalar_one_or_none()
    if delivery is None:
        return None
    job = (await tx.execute(select(Job).where(Job.id == delivery.job_id))).scalar_one()
    return Notice(delivery, job, await secret_of(tx, delivery.key_id, configured))


async def end(
    tx: Tx, notice: Notice, *, delivered: bool, outcome: str, retry_after_s: tuple[float, ...]
) -> None:
    """Note how a try went, and plan the next one.

    Args:
        tx: The transaction.
        notice: As `begin` gave it.
        delivered: Whether the receiver said so.
        outcome: A word for the operator.
        retry_after_s: Pauses between tries; after the last it is given up.
    """
    tries = notice.delivery.attempts
    values: dict[str, Any] = {"outcome": outcome}
    if delivered:
        values["delivered_at"] = func.now()
    elif tries > len(retry_after_s):
        values["given_up_at"] = func.now()
    else:
        at = datetime.now(UTC) + timedelta(seconds=retry_after_s[tries - 1])
        await queue.enqueue(tx, queue.DELIVER_TASK, at=at, delivery_id=notice.delivery.id)
    await tx.execute(update(Delivery).where(Delivery.id == notice.delivery.id).values(values))


async def requeue_lost(tx: Tx) -> int:
    """Put notifications back into the queue that are to be sent and are not in it."""
    lost = await tx.execute(
        text(
            "SELECT id FROM deliveries d WHERE delivered_at IS NULL AND given_up_at IS NULL AND NOT EXISTS ("
            "SELECT FROM procrastinate_jobs q WHERE q.task_name = :task AND q.status IN ('todo', 'doing') "
            "AND (q.args ->> 'delivery_id')::bigint = d.id) FOR UPDATE SKIP LOCKED"
        ),
        {"task": queue.DELIVER_TASK},
    )
    identifiers = list(lost.scalars())
    for delivery_id in identifiers:
        await queue.enqueue(tx, queue.DELIVER_TASK, delivery_id=delivery_id)
    return len(identifiers)


def body(job: Job, *, url: str | None, ttl_s: int) -> bytes:
    """What is sent.

    Args:
        job: The job that ended.
        url: Of the result, where there is one.
        ttl_s: How long that address works.
    """
    said: dict[str, Any] = {
        "event": f"job.{job.status}",
        "job_id": job.id,
        "type": job.type,
        "status": job.status,
    }
    if job.status == COMPLETED:
        said |= {
            "url": url,
            "expires_in": ttl_s,
            "result_url": f"{job.base_url}/v1/jobs/{job.id}/result",
        }
    else:
        said["error_code"] = job.error_code
    for name, at in (("created_at", job.created_at), ("completed_at", job.completed_at)):
        said[name] = at.astimezone(UTC).isoformat(timespec="seconds") if at else None
    return json.dumps(said).encode()


def signature(secret: str, timestamp: str, said: bytes) -> str:
    """HMAC-SHA256 of `timestamp.body`, in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + said, hashlib.sha256).hexdigest()
