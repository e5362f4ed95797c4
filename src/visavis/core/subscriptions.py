"""Webhooks that accounts register: each is sent the events of its surface that it wants."""

import secrets
from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete as delete_from
from sqlalchemy import func, select

from visavis.core import webhooks
from visavis.core.database import Tx
from visavis.core.identity.principals import Principal
from visavis.core.schema import Event, Webhook
from visavis.errors import TooManyWebhooksError, WebhookMissingError

MAX_WEBHOOKS: Final = 20
"""Number of webhooks of an account on a surface."""
_ID_BEGIN, _ID_BYTES = "wh_", 8


async def create(
    tx: Tx, principal: Principal, *, surface: str, url: str, events: Sequence[str], description: str
) -> Webhook:
    """Register a webhook.

    Args:
        tx: The transaction.
        principal: Owner.
        surface: Name of the surface.
        url: URL, as `webhooks.check_url` returned it.
        events: Kinds of events that it wants; all if empty.
        description: Text for people.

    Raises:
        TooManyWebhooksError: The account has as many as it may have.
    """
    count = select(func.count()).where(Webhook.account_id == principal.account_id, Webhook.surface == surface)
    if (await tx.execute(count)).scalar_one() >= MAX_WEBHOOKS:
        raise TooManyWebhooksError(f"At most {MAX_WEBHOOKS} webhooks are allowed. Delete one first.")
    row = Webhook(
        id=_ID_BEGIN + secrets.token_hex(_ID_BYTES),
        account_id=principal.account_id,
        key_id=principal.key_id,
        surface=surface,
        url=url,
        events=list(dict.fromkeys(events)),
        description=description,
    )
    tx.add(row)
    await tx.flush()
    await tx.refresh(row)
    return row


async def of_account(tx: Tx, principal: Principal, *, surface: str) -> list[Webhook]:
    """Webhooks of an account, oldest first."""
    query = (
        select(Webhook)
        .where(Webhook.account_id == principal.account_id, Webhook.surface == surface)
        .order_by(Webhook.created_at, Webhook.id)
    )
    return list((await tx.execute(query)).scalars())


async def delete(tx: Tx, principal: Principal, webhook_id: str, *, surface: str) -> None:
    """Delete a webhook. What is being delivered to it is still delivered.

    Raises:
        WebhookMissingError: The account has none with this ID.
    """
    gone = (
        delete_from(Webhook)
        .where(
            Webhook.account_id == principal.account_id,
            Webhook.surface == surface,
            Webhook.id == webhook_id,
        )
        .returning(Webhook.id)
    )
    if (await tx.execute(gone)).scalar_one_or_none() is None:
        raise WebhookMissingError("There is no webhook with this ID.")


async def announce(tx: Tx, event: Event) -> None:
    """Deliver an event to the webhooks of its account that want it, after the commit."""
    query = select(Webhook).where(Webhook.account_id == event.account_id, Webhook.surface == event.surface)
    for row in (await tx.execute(query)).scalars():
        if not row.events or event.kind in row.events:
            await webhooks.announce(tx, event, key_id=row.key_id, url=row.url)
