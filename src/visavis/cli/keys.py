"""`visavis keys` and `visavis users`."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from visavis.bootstrap import read_settings
from visavis.cli.console import clear_errors, say
from visavis.cli.serve import DATA_HELP, refuse_without_extra
from visavis.errors import InputError

if TYPE_CHECKING:
    from visavis.core.database import Tx
    from visavis.core.schema import ApiKey

app = typer.Typer(help="Manage API keys.", no_args_is_help=True)
users = typer.Typer(help="Manage users of the console. Users own keys.", no_args_is_help=True)

_COLUMNS: Final = "Key", "Name", "Tier", "Rate", "Cap", "Requests", "Seconds", "Cost $", "Created", "State"
_WIDTH: Final = 160
_CONVERSATION_HELP: Final = "Whether the key may open conversations, in which the avatar listens and answers."

Data = Annotated[Path | None, typer.Option(help=DATA_HELP)]
Word = Annotated[str, typer.Argument(help="Prefix or name of the key.")]
_Result = TypeVar("_Result")


@app.command("create")
@clear_errors
def create(
    name: Annotated[str, typer.Argument(help="Name of the key.")],
    tier: Annotated[str, typer.Option(help="Name of the plan.")] = "starter",
    rate: Annotated[int | None, typer.Option(help="Maximum number of requests per minute.", min=1)] = None,
    cap: Annotated[int | None, typer.Option(help="Maximum number of requests per month.", min=0)] = None,
    owner: Annotated[str | None, typer.Option(help="Email address of the user who owns the key.")] = None,
    org: Annotated[
        str | None,
        typer.Option(help="ID or short name of the organization for which the owner acts with the key."),
    ] = None,
    conversation: Annotated[bool, typer.Option(help=_CONVERSATION_HELP)] = True,
    data: Data = None,
) -> None:
    """Create a key. It is shown only once."""
    refuse_without_extra()
    from visavis.core.identity import keys, users
    from visavis.core.identity.principals import Allowance
    from visavis.core.organizations.acting import enter_machine

    if org is not None and owner is None:
        raise InputError("A key of an organization belongs to one of its members: give --owner too.")

    async def make(tx: "Tx") -> "tuple[ApiKey, str]":
        user = None if owner is None else await users.named(tx, owner)
        allowance = Allowance(tier, rate, cap, conversation)
        account_id = None if org is None else (await enter_machine(tx, org)).organization.account_id
        return await keys.create(tx, name, allowance=allowance, user=user, account_id=account_id)

    _make_and_show(make, data)


@app.command("replace")
@clear_errors
def replace(word: Word, data: Data = None) -> None:
    """Replace a key: revoke it and create a new one, which is shown only once.

    The new key has the name and limits of the old one, and all its jobs, live sessions and usage.
    """
    refuse_without_extra()
    from visavis.core.identity import keys

    _make_and_show(lambda tx: keys.replace(tx, word), data)


@app.command("edit")
@clear_errors
def edit(
    word: Word,
    conversation: Annotated[bool, typer.Option(help=_CONVERSATION_HELP, show_default=False)],
    data: Data = None,
) -> None:
    """Change what a key may do."""
    refuse_without_extra()
    from visavis.core.identity import keys

    async def write(tx: "Tx") -> str:
        return (await keys.edit_named(tx, word, allows_conversation=conversation)).prefix

    prefix = with_database(write, data)
    say.print(f"{prefix}… {'may' if conversation else 'may not'} open conversations", markup=False)


@app.command("list")
@clear_errors
def show(data: Data = None) -> None:
    """List all keys, with their usage this month."""
    refuse_without_extra()
    from visavis.core import rates
    from visavis.core.billing import money, usage
    from visavis.core.identity import keys

    async def read(tx: "Tx") -> list[list[str]]:
        rows = []
        for key in await keys.list_all(tx):
            used = await usage.this_month(tx, key)
            requests = await rates.requests_this_month(tx, keys.principal_of(key))
            rate, cap = key.requests_per_minute, key.monthly_cap
            rows.append(
                [
                    *(key.prefix + "…", key.name, key.tier, "default" if rate is None else str(rate)),
                    *("none" if cap is None else str(cap), str(requests)),
                    *(f"{used.seconds:.1f}", f"{money.to_usd(used.cost_micros):.4f}"),
                    f"{key.created_at:%Y-%m-%d}",
                    "revoked" if key.revoked_at else "active",
                ]
            )
        return rows

    table = Table(box=None)
    for title in _COLUMNS:
        table.add_column(title, no_wrap=True)
    for row in with_database(read, data):
        table.add_row(*row)
    # Wide enough even without a terminal: a shortened prefix would not identify the key.
    Console(width=max(say.width, _WIDTH), highlight=False).print(table)


@app.command("revoke")
@clear_errors
def revoke(word: Word, data: Data = None) -> None:
    """Revoke a key."""
    refuse_without_extra()
    from visavis.core.identity import keys

    async def write(tx: "Tx") -> str:
        return (await keys.revoke_named(tx, word)).prefix

    say.print(f"{with_database(write, data)}… is revoked", markup=False)


@app.command("secret")
@clear_errors
def secret(word: Word, data: Data = None) -> None:
    """Show the webhook signing secret of a key."""
    refuse_without_extra()
    from visavis.core import webhooks
    from visavis.core.identity import keys

    shared = read_settings().webhooks.shared_secret

    async def read(tx: "Tx") -> str:
        row = await keys.named(tx, word)
        return await webhooks.secret_of(tx, row.id, shared)

    say.print(with_database(read, data), markup=False)


@users.callback()
def _group() -> None:
    """Manage users of the console. Users own keys."""


@users.command("create")
@clear_errors
def create_user(
    email: Annotated[str, typer.Argument(help="Email address.")],
    password: Annotated[
        str,
        typer.Option(
            prompt=True, hide_input=True, confirmation_prompt=True, help="Password; asked for if not given."
        ),
    ],
    operator: Annotated[
        bool, typer.Option(help="Whether the user has access to all keys, workers and settings.")
    ] = False,
    data: Data = None,
) -> None:
    """Create a user with a password. The first user is an operator."""
    refuse_without_extra()
    from visavis.core.identity import users

    user = asyncio.run(users.prepare(email, password))

    async def write(tx: "Tx") -> bool:
        is_operator = operator or not await users.count(tx)
        await users.create(tx, user, is_operator=is_operator)
        return is_operator

    is_operator = with_database(write, data)
    say.print(f"Created the {'operator' if is_operator else 'user'} {email}", markup=False)


@users.command("remove")
@clear_errors
def remove_user(email: Annotated[str, typer.Argument(help="Email address.")], data: Data = None) -> None:
    """Remove a user, with sign-ins, keys, live sessions and memberships."""
    refuse_without_extra()
    from visavis.core import removal
    from visavis.core.identity import users
    from visavis.core.organizations.acting import MACHINE_ACTOR

    async def write(tx: "Tx") -> None:
        row = await users.named(tx, email)
        await removal.remove_user(tx, row.public_id, MACHINE_ACTOR)

    with_database(write, data)
    say.print(f"Removed the user {email}", markup=False)


@users.command("link")
@clear_errors
def link(email: Annotated[str, typer.Argument(help="Email address.")], data: Data = None) -> None:
    """Create a link that signs a user in to the console once, to set a new password."""
    refuse_without_extra()
    from visavis.core.identity import sign_ins

    async def write(tx: "Tx") -> str:
        return await sign_ins.link_for(tx, email)

    base = (read_settings().server.public_url or "http://127.0.0.1:8000").rstrip("/")
    say.print(f"{base}/sign-in#{with_database(write, data)}", markup=False, soft_wrap=True)


def _make_and_show(make: "Callable[[Tx], Awaitable[tuple[ApiKey, str]]]", data: Path | None) -> None:
    """Create a key, and show it with its webhook signing secret."""
    from visavis.core import webhooks

    shared = read_settings().webhooks.shared_secret

    async def make_with_secret(tx: "Tx") -> tuple[str, str]:
        row, key = await make(tx)
        return key, await webhooks.secret_of(tx, row.id, shared)

    key, secret = with_database(make_with_secret, data)
    say.print(f"API key (shown only once): {key}", markup=False)
    say.print(f"Webhook signing secret: {secret}", markup=False)


def with_database(do: Callable[["Tx"], Awaitable[_Result]], data: Path | None) -> _Result:
    """Do something in one transaction, on the installation's database.

    Args:
        do: What to do.
        data: Folder of the installation; `None` for the default one.
    """
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
