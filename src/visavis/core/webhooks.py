"""Delivering events to addresses of clients: claimed, sent, retried, given up. Surfaces say what is sent."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from sqlalchemy import Text, cast, func, select, update

from visavis.core import queue
from visavis.core.database import Tx
from visavis.core.schema import Delivery, Event
from visavis.core.secret import WEBHOOKS, derived, shared_secret
from visavis.core.urls import parse_url
from visavis.errors import CallbackError, UrlError

_BEGIN: Final = "whsec_"


@dataclass(frozen=True)
class WebhookRequest:
    """What is posted.

    Attributes:
        body: The body, as it was signed.
        headers: Headers, the signature among them.
    """

    body: bytes
    headers: dict[str, str]


class EventRenderer(Protocol):
    """Renders and signs the events of a surface. `bootstrap` gives the worker one for each surface."""

    async def __call__(self, event: Event, secret: str) -> WebhookRequest:
        """Render an event as the clients of the surface know it.

        Args:
            event: What happened.
            secret: Signing secret of the receiver.

        Raises:
            StoreError: No link to a result could be made.
        """


@dataclass(frozen=True)
class Claim:
    """A delivery that is tried now.

    Attributes:
        delivery: Its row.
        event: What is delivered.
        secret: Signing secret of the receiver.
    """

    delivery: Delivery
    event: Event
    secret: str


def check_url(url: str) -> str:
    """Refuse an address that can never be right; where its name leads is checked when it is dialled.

    Returns:
        The address in its one canonical form.

    Raises:
        CallbackError: It is not https, too long, carries a password, or could be read in more than one way.
    """
    try:
        return parse_url(url, "The callback URL").text
    except UrlError as error:
        raise CallbackError(error.message) from error


async def secret_of(tx: Tx, key_id: int, configured: str | None) -> str:
    """Signing secret of a key's webhooks.

    Args:
        tx: The transaction.
        key_id: ID of the key.
        configured: The one secret of all keys, if the server is set up so; each key has its own otherwise.
    """
    if configured:
        return configured
    return _BEGIN + derived(await shared_secret(tx, WEBHOOKS), f"webhook:{key_id}")


async def announce(tx: Tx, event: Event, *, key_id: int, url: str) -> None:
    """Have an event delivered to an address, if and when the transaction is committed.

    Args:
        tx: The transaction.
        event: What is delivered.
        key_id: ID of the key whose secret signs it.
        url: The address.
    """
    delivery = Delivery(event_id=event.id, account_id=event.account_id, key_id=key_id, url=url)
    tx.add(delivery)
    await tx.flush()
    await _enqueue(tx, delivery.id)


async def begin(tx: Tx, delivery_id: int, configured: str | None) -> Claim | None:
    """The next try of a delivery; `None` if it was delivered or given up."""
    statement = (
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.delivered_at.is_(None), Delivery.given_up_at.is_(None))
        .values(attempts=Delivery.attempts + 1)
        .returning(Delivery)
    )
    delivery = (await tx.execute(statement)).scalar_one_or_none()
    if delivery is None:
        return None
    event = (await tx.execute(select(Event).where(Event.id == delivery.event_id))).scalar_one()
    return Claim(delivery, event, await secret_of(tx, delivery.key_id, configured))


async def end(
    tx: Tx, claim: Claim, *, is_delivered: bool, outcome: str, retry_after_s: tuple[float, ...]
) -> None:
    """Note how a try went, and plan the next one.

    Args:
        tx: The transaction.
        claim: As `begin` gave it.
        is_delivered: Whether the receiver accepted it.
        outcome: A word for the operator.
        retry_after_s: Pauses between tries; after the last it is given up.
    """
    tries = claim.delivery.attempts
    values: dict[str, Any] = {"outcome": outcome}
    if is_delivered:
        values["delivered_at"] = func.now()
    elif tries > len(retry_after_s):
        values["given_up_at"] = func.now()
    else:
        at = datetime.now(UTC) + timedelta(seconds=retry_after_s[tries - 1])
        await _enqueue(tx, claim.delivery.id, at=at)
    await tx.execute(update(Delivery).where(Delivery.id == claim.delivery.id).values(values))


async def requeue_lost(tx: Tx) -> int:
    """Put deliveries back into the queue that are to be sent and are not in it. Returns how many."""
    is_queued = queue.is_queued(queue.DELIVER_TASK, "delivery_id", cast(Delivery.id, Text))
    lost = (
        select(Delivery.id)
        .where(Delivery.delivered_at.is_(None), Delivery.given_up_at.is_(None), ~is_queued)
        .with_for_update(skip_locked=True)
    )
    identifiers = list((await tx.execute(lost)).scalars())
    for delivery_id in identifiers:
        await _enqueue(tx, delivery_id)
    return len(identifiers)


async def _enqueue(tx: Tx, delivery_id: int, *, at: datetime | None = None) -> None:
    await queue.enqueue(tx, queue.DELIVER_TASK, into=queue.MAINTENANCE, at=at, delivery_id=delivery_id)
