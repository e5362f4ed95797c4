"""Delivery of events to URLs of clients, with retries. Surfaces render what is sent."""

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
    """An HTTP request with an event.

    Attributes:
        body: Body, as it was signed.
        headers: Headers, with the signature.
    """

    body: bytes
    headers: dict[str, str]


class EventRenderer(Protocol):
    """Renders and signs the events of a surface. `bootstrap` gives the worker one for each surface."""

    async def __call__(self, event: Event, secret: str) -> WebhookRequest:
        """Render an event in the format of the surface.

        Args:
            event: Event to render.
            secret: Signing secret of the receiver.

        Raises:
            StoreError: A link to the result could not be made.
        """


@dataclass(frozen=True)
class Claim:
    """A delivery that is tried now.

    Attributes:
        delivery: Row of the delivery.
        event: Event that is delivered.
        secret: Signing secret of the receiver.
    """

    delivery: Delivery
    event: Event
    secret: str


def check_url(url: str) -> str:
    """Refuse a URL that can never be right. The addresses of its host are checked when we connect.

    Returns:
        The URL in its canonical form.

    Raises:
        CallbackError: The URL is not https, too long, contains a password, or is ambiguous.
    """
    try:
        return parse_url(url, "The callback URL").text
    except UrlError as error:
        raise CallbackError(error.message) from error


async def secret_of(tx: Tx, key_id: int, configured: str | None) -> str:
    """Read the signing secret of a key's webhooks.

    Args:
        tx: The transaction.
        key_id: ID of the key.
        configured: Signing secret from the settings, for all keys; `None` if each key has its own.
    """
    if configured:
        return configured
    return _BEGIN + derived(await shared_secret(tx, WEBHOOKS), f"webhook:{key_id}")


async def announce(tx: Tx, event: Event, *, key_id: int, url: str) -> None:
    """Deliver an event to a URL after the commit.

    Args:
        tx: The transaction.
        event: Event to deliver.
        key_id: ID of the key whose secret signs it.
        url: URL of the receiver.
    """
    delivery = Delivery(event_id=event.id, account_id=event.account_id, key_id=key_id, url=url)
    tx.add(delivery)
    await tx.flush()
    await _enqueue(tx, delivery.id)


async def begin(tx: Tx, delivery_id: int, configured: str | None) -> Claim | None:
    """Start the next try of a delivery; `None` if it was delivered or given up."""
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
    """Record the outcome of a try, and plan the next one.

    Args:
        tx: The transaction.
        claim: Claim, as `begin` returned it.
        is_delivered: Whether the receiver accepted it.
        outcome: Short outcome for the operator.
        retry_after_s: Pauses between tries; after the last one the delivery is given up.
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
    """Put deliveries back into the queue that are pending but not in it. Returns their number."""
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
