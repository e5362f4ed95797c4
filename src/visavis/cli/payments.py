"""`visavis payments`: what wallets paid, and the credit that they have."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from visavis.cli.console import clear_errors, say
from visavis.cli.keys import Data, with_database
from visavis.cli.serve import refuse_without_extra

if TYPE_CHECKING:
    from visavis.core.database import Tx

_WIDTH = 320

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Show what wallets paid for live sessions."""


@app.command("list")
@clear_errors
def list_payments(
    limit: Annotated[
        int, typer.Option(min=1, max=100_000, help="Number of payments; the newest first.")
    ] = 50,
    data: Data = None,
) -> None:
    """List payments, the newest first."""
    refuse_without_extra()
    from visavis.core.billing import money, payments

    async def read(tx: "Tx") -> list[list[str]]:
        return [
            [
                *(str(row.id), f"{row.created_at:%Y-%m-%d %H:%M}", row.status, row.purpose),
                *(f"{money.to_usd(row.amount_micros):.2f}", str(row.minutes), row.network, row.payer),
                *(
                    row.session_id or "–",
                    "credit" if row.asset == payments.CREDIT else row.transaction or "–",
                ),
            ]
            for row in await payments.list_all(tx, limit=limit)
        ]

    titles = "ID", "created", "state", "for", "USD", "minutes", "network", "wallet", "session", "transaction"
    _show(titles, with_database(read, data))


@app.command("refunds")
@clear_errors
def list_refunds(data: Data = None) -> None:
    """List wallets that have credit, or got unused minutes back; the largest credit first."""
    refuse_without_extra()
    from visavis.core.billing import money, payments

    async def read(tx: "Tx") -> list[list[str]]:
        return [
            [
                each.address,
                *(f"{money.to_usd(micros):.2f}" for micros in (each.refunded_micros, each.balance_micros)),
            ]
            for each in await payments.wallet_credits(tx)
        ]

    _show(("wallet", "refunded USD", "credit USD"), with_database(read, data))


def _show(titles: tuple[str, ...], rows: list[list[str]]) -> None:
    table = Table(box=None)
    for title in titles:
        table.add_column(title, no_wrap=True)
    for row in rows:
        table.add_row(*row)
    # Wide enough even without a terminal: a shortened address or transaction cannot be looked up.
    Console(width=max(say.width, _WIDTH), highlight=False).print(table)
