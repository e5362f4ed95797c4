"""Payments whose outcome is not known: their networks are asked until they are paid or not."""

import asyncio
from typing import Final

import structlog

from visavis.core import paid_sessions
from visavis.core.billing import payments
from visavis.errors import VisavisError
from visavis.ports.payments import Outcome, Payments
from visavis.worker.context import WorkerContext

_PERIOD_S: Final = 10.0

_log = structlog.get_logger()


async def reconcile_always(context: WorkerContext) -> None:
    """Reconcile payments at intervals, until cancelled."""
    while True:
        try:
            if context.payments is not None:
                await reconcile(context, context.payments)
            await _release_unused(context)
        except VisavisError as error:
            _log.warning("payments_not_reconciled", code=error.code)
        await asyncio.sleep(_PERIOD_S)


async def reconcile(context: WorkerContext, taking: Payments) -> None:
    """Ask once what became of each payment that is pending, or whose request died.

    A payment that turns out to be paid is credit of its wallet until the client sends it again and gets what
    it has bought.
    """
    async with context.database.transaction() as tx:
        open_payments = await payments.unresolved(tx)
    for row in open_payments:
        if row.payload is None:
            continue
        found = await taking.look_up(taking.restore(row.payload), row.transaction or "")
        async with context.database.transaction() as tx:
            changed = await payments.conclude(tx, row.id, found)
        if changed is not None and found.outcome is not Outcome.UNKNOWN:
            _log.info("payment_reconciled", payment=row.id, status=changed.status, network=row.network)


async def _release_unused(context: WorkerContext) -> None:
    async with context.database.transaction() as tx:
        await payments.forget_answers(tx)
        for session_id in await payments.unused_reservations(tx):
            await paid_sessions.release(tx, session_id)
            _log.info("reservation_released", session=session_id)
