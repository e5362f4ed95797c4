"""What wallets paid for live sessions."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query

from visavis.core.billing import money, payments
from visavis.core.schema import Payment
from visavis.surfaces.console import wire
from visavis.surfaces.console.context import PREFIX
from visavis.surfaces.console.signed_in import Given, Operator

_MAX_OFFSET: Final = 2**31

router = APIRouter(prefix=PREFIX, tags=["Work"])


@router.get("/payments")
async def search_payments(
    operator: Operator,
    context: Given,
    words: Annotated[str, Query(max_length=200, description="In wallet, transaction or session ID.")] = "",
    status: Literal["reserved", "pending", "paid", "not_paid"] | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 25,
    offset: Annotated[int, Query(ge=0, le=_MAX_OFFSET)] = 0,
) -> wire.PaymentPage:
    """Payments of all wallets, newest first. Wallets do not sign in, so only operators see them."""
    async with context.shared.database.transaction() as tx:
        page = await payments.search(
            tx,
            operator,
            words=words.replace("\0", "").strip(),
            status=status,
            limit=limit,
            offset=offset,
        )
    rows = [_row(row) for row in page.rows]
    return wire.PaymentPage(payments=rows, count=page.count, limit=limit, offset=offset)


def _row(row: Payment) -> wire.PaymentRow:
    return wire.PaymentRow(
        id=row.id,
        status=row.status,
        error=row.error,
        purpose=row.purpose,
        minutes=row.minutes,
        amount_usd=money.to_usd(row.amount_micros),
        network=row.network,
        wallet=row.payer,
        transaction=row.transaction,
        session_id=row.session_id,
        created_at=row.created_at,
        settled_at=row.settled_at,
    )
