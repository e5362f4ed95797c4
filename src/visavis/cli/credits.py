"""`visavis credits`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from visavis.cli.console import clear_errors, say
from visavis.cli.keys import with_database
from visavis.cli.serve import DATA_HELP, refuse_without_extra

if TYPE_CHECKING:
    from visavis.core.database import Tx

app = typer.Typer(help="Grant and show prepaid credits of accounts.", no_args_is_help=True)

Data = Annotated[Path | None, typer.Option(help=DATA_HELP)]
Word = Annotated[str, typer.Argument(help="Prefix or name of a key of the account.")]


@app.command("grant")
@clear_errors
def grant(
    word: Word,
    amount: Annotated[int, typer.Argument(help="Number of credits; a negative number takes them.")],
    data: Data = None,
) -> None:
    """Give credits to the account of a key."""
    refuse_without_extra()
    from visavis.core.billing import balances
    from visavis.core.identity import keys

    async def write(tx: "Tx") -> int:
        return await balances.grant(tx, await keys.named(tx, word), amount)

    say.print(f"The account of {word} has {with_database(write, data)} credits.", markup=False)


@app.command("show")
@clear_errors
def show(word: Word, data: Data = None) -> None:
    """Show the credits of the account of a key."""
    refuse_without_extra()
    from visavis.core.billing import balances
    from visavis.core.identity import keys

    async def read(tx: "Tx") -> int:
        return await balances.balance(tx, (await keys.named(tx, word)).account_id)

    say.print(f"The account of {word} has {with_database(read, data)} credits.", markup=False)
