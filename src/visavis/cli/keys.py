"""`visavis keys` and `visavis users`."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from visavis.cli.console import clear_errors, say
from visavis.cli.serve import DATA_HELP, refuse_without_extra
from visavis.settings import read_settings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

app = typer.Typer(help="API keys.", no_args_is_help=True)
users = typer.Typer(help="Users, who own keys.", no_args_is_help=True)

_COLUMNS: Final = "Key", "Name", "Tier", "Rate", "Cap", "Requests", "Seconds", "Cost $", "Made", "State"
_WIDTH: Final = 160

Data = Annotated[Path | None, typer.Option(help=DATA_HELP)]
Word = Annotated[str, typer.Argument(help="The key's prefix or name.")]
_Result = TypeVar("_Result")


@app.command("create")
@clear_errors
def create(
    name: Annotated[str, typer.Argument(help="For people.")],
    tier: Annotated[str, typer.Option(help="A name for what it may do.")] = "starter",
    rate: Annotated[int | None, typer.Option(help="Requests a minute.", min=1)] = None,
    cap: Annotated[int | None, typer.Option(help="Requests a month.", min=0)] = None,
    owner: Annotated[str | None, typer.Option(help="E-mail address of the user it belongs to.")] = None,
    data: Data = None,
) -> None:
    """Make a key and show it, this once."""
    refuse_without_extra()
    from visavis.core import accounts, webhooks

    configured = read_settings().webhook_secret

    async def make(tx: "AsyncSession") -> tuple[str, str]:
        allowance = accounts.Allowance(tier, rate, cap)
        row, key = await accounts.create_key(tx, name, allowance=allowance, owner=owner)
        value = configured.get_secret_value() if configured else None
        return key, await webhooks.secret_of(tx, row.id, value)

    key, secret = _with_database(make, data)
    say.print(f"API key, shown this once: {key}", markup=False)
    say.print(f"Its notifications are signed with: {secret}", markup=False)


@app.command("list")
@clear_errors
def show(data: Data = None) -> None:
    """Show all keys, and what they made this month."""
    refuse_without_extra()
    from visavis.core import accounts, rates, usage

    async def read(tx: "AsyncSession") -> list[list[str]]:
        rows = []
        for key in await accounts.list_keys(tx):
            bill = await usage.bill(tx, key)
            rate, cap = key.requests_per_minute, key.monthly_cap
            rows.append(
                [
                    *(key.prefix + "…", key.name, key.tier, "default" if rate is None else str(rate)),
                    *(
                        "none" if cap is None else str(cap),
                        str(await rates.requests_this_month(tx, key)),
                    ),
                    *(f"{bill.seconds:.1f}", f"{bill.cost_usd:.4f}"),
                    f"{key.created_at:%Y-%m-%d}",
                    "revoked" if key.revoked_at else "active",
                ]
            )
        return rows

    table = Table(box=None)
    for title in _COLUMNS:
        table.add_column(title, no_wrap=True)
    for row in _with_database(read, data):
        table.add_row(*row)
    # Whole also where no terminal says how wide it is: a prefix that is cut off names no key.
    Console(width=max(say.width, _WIDTH), highlight=False).print(table)


@app.command("revoke")
@clear_errors
def revoke(word: Word, data: Data = None) -> None:
    """Refuse a key from now on."""
    refuse_without_extra()
    from visavis.core import accounts

    async def write(tx: "AsyncSession") -> str:
        return (await accounts.revoke_key(tx, word)).prefix

    say.print(f"{_with_database(write, data)}… is refused from now on", markup=False)


@app.command("secret")
@clear_errors
def secret(word: Word, data: Data = None) -> None:
    """Show what a key's notifications are signed with."""
    refuse_without_extra()
    from visavis.core import accounts, webhooks

    configured = read_settings().webhook_secret

    async def read(tx: "AsyncSession") -> str:
        row = await accounts.named_key(tx, word)
        return await webhooks.secret_of(tx, row.id, configured.get_secret_value() if configured else None)

    say.print(_with_database(read, data), markup=False)


@users.callback()
def _group() -> None:
    """Users, who own keys."""


@users.command("create")
@clear_errors
def create_user(
    email: Annotated[str, typer.Argument(help="E-mail address.")],
    password: Annotated[
        str,
        typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if not given."),
    ],
    operator: Annotated[bool, typer.Option(help="May see all keys, workers and settings.")] = False,
    data: Data = None,
) -> None:
    """Make a user with a password; the first one is an operator."""
    refuse_without_extra()
    from visavis.core import accounts

    async def write(tx: "AsyncSession") -> bool:
        is_operator = operator or not await accounts.count_users(tx)
        await accounts.create_user(tx, email, password, is_operator=is_operator)
        return is_operator

    is_operator = _with_database(write, data)
    say.print(f"The {'operator' if is_operator else 'user'} is made", markup=False)


@users.command("link")
@clear_errors
def link(email: Annotated[str, typer.Argument(help="E-mail address.")], data: Data = None) -> None:
    """Show a link that signs a user in to the console once, to set a new password."""
    refuse_without_extra()
    from visavis.core import sign_ins

    async def write(tx: "AsyncSession") -> str:
        return await sign_ins.link_for(tx, email)

    base = (read_settings().public_url or "http://127.0.0.1:8000").rstrip("/")
    say.print(f"{base}/sign-in#{_with_database(write, data)}", markup=False, soft_wrap=True)


def _with_database(do: Callable[["AsyncSession"], Awaitable[_Result]], data: Path | None) -> _Result:
    from visavis.bootstrap.installation import Installation
    from visavis.core.database import Database

    async def once(url: str) -> _Result:
        database = Database(url)
        try:
            async with database.transaction() as tx:
                return await do(tx)
        finally:
            await database.close()

    with Installation.of(read_settings(), data).database() as url:
        return asyncio.run(once(url))
