"""`visavis orgs`: organizations, for whoever is on the server's own machine."""

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from visavis.bootstrap import read_settings
from visavis.cli.console import clear_errors, say
from visavis.cli.keys import Data, with_database
from visavis.cli.serve import refuse_without_extra

if TYPE_CHECKING:
    from visavis.core.database import Tx
    from visavis.core.schema import AuditEntry

app = typer.Typer(help="Manage organizations and their members.", no_args_is_help=True)

_WIDTH: Final = 140
_AUDIT_PAGE: Final = 500


class RoleName(StrEnum):
    """Role of a member."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


class Format(StrEnum):
    """Format of the audit log."""

    CSV = "csv"
    JSON = "json"


Org = Annotated[str, typer.Argument(help="ID or short name of the organization.", metavar="ORGANIZATION")]
Email = Annotated[str, typer.Argument(help="Email address of the member.")]


@app.command("list")
@clear_errors
def show(data: Data = None) -> None:
    """List all organizations."""
    refuse_without_extra()
    from visavis.core.organizations import lifecycle

    async def read(tx: "Tx") -> list[tuple[str, ...]]:
        return [
            (
                row.id,
                row.slug,
                row.name,
                str(count),
                f"{row.created_at:%Y-%m-%d}",
                "deleted" if row.deleted_at else "",
            )
            for row, count in await lifecycle.list_all(tx)
        ]

    _print(("ID", "Short name", "Name", "Members", "Created", ""), with_database(read, data))


@app.command("create")
@clear_errors
def create(
    name: Annotated[str, typer.Argument(help="Name of the organization.")],
    owner: Annotated[str, typer.Option(help="Email address of the user who owns it.")],
    data: Data = None,
) -> None:
    """Create an organization. Its first owner must be a user: `visavis users create`."""
    refuse_without_extra()
    from visavis.core.identity import users
    from visavis.core.organizations import lifecycle
    from visavis.core.organizations.acting import MACHINE_ACTOR

    limit = read_settings().organizations.max_per_user

    async def write(tx: "Tx") -> tuple[str, str]:
        user = await users.named(tx, owner)
        row = await lifecycle.create(tx, user, name, MACHINE_ACTOR, max_per_user=limit)
        return row.id, row.slug

    identifier, slug = with_database(write, data)
    say.print(f"Created the organization {identifier} ({slug})", markup=False)


@app.command("members")
@clear_errors
def show_members(org: Org, data: Data = None) -> None:
    """List the members of an organization."""
    refuse_without_extra()
    from visavis.core.organizations import acting, members

    async def read(tx: "Tx") -> list[tuple[str, ...]]:
        inside = await acting.enter_machine(tx, org)
        return [
            (each.row.id, each.row.email, each.row.name or "", each.row.role, each.row.status)
            for each in await members.list_all(tx, inside.organization.id)
        ]

    _print(("ID", "Email", "Name", "Role", "Status"), with_database(read, data))


@app.command("add")
@clear_errors
def add(
    org: Org,
    email: Email,
    role: Annotated[RoleName, typer.Option(help="Role of the member.")] = RoleName.MEMBER,
    name: Annotated[str | None, typer.Option(help="Name for people.")] = None,
    data: Data = None,
) -> None:
    """Add a member, or add back one who was removed."""
    refuse_without_extra()
    from visavis.core.organizations import acting, members

    limit = read_settings().organizations.max_members

    async def write(tx: "Tx") -> str:
        inside = await acting.enter_machine(tx, org)
        user = await members.user_for(tx, email)
        member = await members.add(tx, inside, user, role=role, name=name, max_members=limit)
        return member.row.email

    say.print(f"{with_database(write, data)} is a member now, with the role {role}", markup=False)


@app.command("role")
@clear_errors
def change_role(
    org: Org, email: Email, role: Annotated[RoleName, typer.Argument(help="New role.")], data: Data = None
) -> None:
    """Change the role of a member."""
    refuse_without_extra()
    from visavis.core.organizations import acting, members

    async def write(tx: "Tx") -> None:
        inside = await acting.enter_machine(tx, org)
        member = await members.named(tx, inside.organization.id, email)
        await members.change_role(tx, inside, member.row.id, role)

    with_database(write, data)
    say.print(f"{email} has the role {role} now", markup=False)


@app.command("remove")
@clear_errors
def remove(org: Org, email: Email, data: Data = None) -> None:
    """Remove a member: all that the member has in the organization ends at once."""
    refuse_without_extra()
    from visavis.core.organizations import acting, members

    async def write(tx: "Tx") -> None:
        inside = await acting.enter_machine(tx, org)
        member = await members.named(tx, inside.organization.id, email)
        await members.remove(tx, inside, member.row.id)

    with_database(write, data)
    say.print(f"{email} is no longer a member", markup=False)


@app.command("delete")
@clear_errors
def delete(
    org: Org,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Data = None,
) -> None:
    """Delete an organization: its keys are revoked and its live sessions end."""
    refuse_without_extra()
    from visavis.core.organizations import acting, lifecycle

    if not yes:
        typer.confirm(f"Delete the organization {org}?", abort=True)

    async def write(tx: "Tx") -> str:
        inside = await acting.enter_machine(tx, org)
        await lifecycle.delete(tx, inside)
        return inside.organization.name

    say.print(f"Deleted the organization {with_database(write, data)}", markup=False)


@app.command("recover")
@clear_errors
def recover(org: Org, email: Email, data: Data = None) -> None:
    """Create a link that signs an owner in once, when the identity provider does not."""
    refuse_without_extra()
    from visavis.core.organizations import acting, members

    async def write(tx: "Tx") -> str:
        return await members.recovery_link(tx, await acting.enter_machine(tx, org), email)

    base = (read_settings().server.public_url or "http://127.0.0.1:8000").rstrip("/")
    say.print(f"{base}/sign-in#{with_database(write, data)}", markup=False, soft_wrap=True)


@app.command("audit")
@clear_errors
def show_audit_log(
    org: Org,
    format: Annotated[  # noqa: A002 - the name of the option
        Format, typer.Option(help="Format of the output.")
    ] = Format.CSV,
    data: Data = None,
) -> None:
    """Print the audit log of an organization, newest entry first."""
    refuse_without_extra()
    from visavis.core.organizations import acting, audit, audit_files

    async def read(tx: "Tx") -> "list[AuditEntry]":
        organization_id, before = (await acting.enter_machine(tx, org)).organization.id, None
        found: list[AuditEntry] = []
        while rows := await audit.page(tx, organization_id, limit=_AUDIT_PAGE, before=before):
            before = rows[-1].id
            found += rows
        return found

    rows = with_database(read, data)
    if format is Format.CSV:
        typer.echo(audit_files.csv_head() + audit_files.csv_lines(rows), nl=False)
    else:
        entries = {"entries": [audit_files.as_dict(row) for row in rows]}
        typer.echo(json.dumps(entries, ensure_ascii=False, indent=2))


def _print(titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    table = Table(box=None)
    for title in titles:
        table.add_column(title, no_wrap=True)
    for row in rows:
        table.add_row(*row)
    Console(width=max(say.width, _WIDTH), highlight=False, markup=False).print(table)
