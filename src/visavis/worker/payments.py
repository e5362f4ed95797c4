"""Payments whose outcome is not known: their networks are asked until they are paid or not."""

import asyncio
import contextlib
from typing import Final

import structlog

from visavis.core import paid_sessions
from visavis.core.billing import payments
from visavis.core.database import Database
from visavis.core.schema import Payment
from visavis.errors import VisavisError
from visavis.ports.payments import Outcome, Payments
from visavis.worker.context import WorkerContext

_PERIOD_S: Final = 10.0
_ROUND_S: Final = 60.0  # for the payments of a network that does not answer

_log = structlog.get_logger()


async def reconcile_always(context: WorkerContext) -> None:
    """Reconcile payments at intervals, until cancelled."""
    while True:
        try:
            if context.payments is not None:
                await reconcile(context.database, context.payments)
            await release_unused(context.database)
        except VisavisError as error:
            _log.warning("payments_not_reconciled", code=error.code)
        await asyncio.sleep(_PERIOD_S)


async def reconcile(database: Database, taking: Payments) -> None:
    """Ask once what became of each payment that is pending, or whose request died.

    A payment that turns out to be paid is credit of its wallet until the client sends it again and gets what
    it has bought. No network waits for another one that does not answer.

    Args:
        database: The database.
        taking: Takes payments.
    """
    async with database.transaction() as tx:
        networks = await payments.unresolved_networks(tx)
    await asyncio.gather(*(_reconcile_network(database, taking, each) for each in networks))


async def _reconcile_network(database: Database, taking: Payments, network: str) -> None:
    last = 0
    with contextlib.suppress(TimeoutError):  # the next round begins anew
        async with asyncio.timeout(_ROUND_S):
            while True:
                async with database.transaction() as tx:
                    page = await payments.unresolved(tx, network, after=last)
                if not page:
                    return
                await asyncio.gather(*(_reconcile_one(database, taking, row) for row in page))
                last = page[-1].id


async def _reconcile_one(database: Database, taking: Payments, row: Payment) -> None:
    if row.payload is None:
        return
    try:
        signed = taking.restore(row.payload)
        found = await taking.look_up(signed, row.transaction or "", since=row.created_at)
    except VisavisError as error:  # such as a network that the settings name no longer
        _log.warning("payment_not_reconciled", payment=row.id, network=row.network, code=error.code)
        return
    async with database.transaction() as tx:
        changed = await payments.conclude(tx, row.id, found)
    if changed is not None and found.outcome is not Outcome.UNKNOWN:
        _log.info("payment_reconciled", payment=row.id, status=changed.status, network=row.network)


async def release_unused(database: Database) -> None:
    """Give up reservations whose payment has ended, or whose client did not come back."""
    async with database.transaction() as tx:
        await payments.forget_answers(tx)
        for session_id in await payments.unused_reservations(tx):
            await paid_sessions.release(tx, session_id)
            _log.info("reservation_released", session=session_id)
