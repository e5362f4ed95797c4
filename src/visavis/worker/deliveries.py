"""Delivery of an event to a URL of a client."""

from typing import Final

import structlog

from visavis.core import webhooks
from visavis.errors import CallbackError, StoreError
from visavis.worker.context import WorkerContext, patiently

_HEADERS: Final = {"Content-Type": "application/json", "User-Agent": "visavis-webhook"}

_log = structlog.get_logger()


async def deliver(context: WorkerContext, delivery_id: int) -> None:
    """Try a delivery once. No transaction is open while we wait for the receiver."""

    async def begin() -> webhooks.Claim | None:
        async with context.database.transaction() as tx:
            return await webhooks.begin(tx, delivery_id, context.webhooks.shared_secret)

    claim = await patiently(begin)
    if claim is None:
        return
    event = claim.event
    is_delivered = False
    try:
        request = await context.event_renderers[event.surface](event, claim.secret)
        status = await context.post(claim.delivery.url, request.body, _HEADERS | request.headers)
        is_delivered, outcome = 200 <= status < 300, str(status)
    except (CallbackError, StoreError) as error:
        outcome = error.message
    _log.info(
        "event_delivered" if is_delivered else "event_not_delivered",
        kind=event.kind,
        subject=event.subject_id,
        attempt=claim.delivery.attempts,
    )

    async def end() -> None:
        async with context.database.transaction() as tx:
            await webhooks.end(
                tx,
                claim,
                is_delivered=is_delivered,
                outcome=outcome,
                retry_after_s=context.webhooks.retry_delays_s,
            )

    await patiently(end)
