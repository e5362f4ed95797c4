"""Accounts are kept apart: every query on what they own names the account, or acts for the installation.

What an organization has beside its account (members, invitations, audit log) is named by the organization.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import visavis
from visavis.core.schema import SignIn, SignInLink, Table, User

SOURCE: Final = Path(visavis.__file__).parent
OWNERS: Final = {"account_id", "organization_id"}
OWNED: Final = {
    mapper.class_.__name__: mapper.local_table.name
    for mapper in Table.registry.mappers
    if OWNERS & set(mapper.columns.keys()) and mapper.class_ not in {User, SignIn, SignInLink}
}
QUERIES: Final = {"select", "update", "delete", "get"}

# Functions and modules that act for the installation and not for an account, each with the reason.
SYSTEM: Final = {
    "core.agents.embedding.find": "says which account an embed token is of",
    "core.agents.embedding.forget": "maintenance",
    "core.agents.files.orphaned": "maintenance: files that an agent has",
    "core.agents.lifecycle.settle": "a worker and maintenance: agents whose jobs have ended",
    "core.avatars.on_this_machine": "for whoever is on the server's own machine",
    "core.avatars.orphaned": "maintenance: pictures that are still needed",
    "core.billing.payments.conclude": "an outcome, of a payment that was found before",
    "core.billing.payments.forget_answers": "maintenance",
    "core.billing.payments.list_all": "for whoever is on the server's own machine",
    "core.billing.payments.lock": "a payment that was found before",
    "core.billing.payments.unresolved": "maintenance",
    "core.billing.payments.unresolved_networks": "maintenance",
    "core.billing.payments.unused_reservations": "maintenance",
    "core.capacity": "what all workers together can do, and do",
    "core.identity.keys._revoke": "a key that was found before",
    "core.identity.keys.count": "whether the first key is still to be made",
    "core.identity.keys.find": "says which account a key is of",
    "core.identity.keys.list_all": "for whoever is on the server's own machine",
    "core.identity.keys.named": "for whoever is on the server's own machine",
    "core.identity.tokens.find": "says which account a token is of",
    "core.events.forget": "maintenance",
    "core.identity.wallets._find": "says which account a wallet has",
    "core.identity.users.invite": "for operators: whether an organization lets a user in",
    "core.jobs.files.orphaned_results": "maintenance: results that can still be fetched",
    "core.jobs.files.orphaned_uploads": "maintenance: jobs whose uploads are still needed",
    "core.jobs.lifecycle._update": "a worker writes to the attempt that it was given",
    "core.jobs.lifecycle.begin": "a worker takes the job that the queue names",
    "core.jobs.lifecycle.expire": "maintenance",
    "core.jobs.lifecycle.requeue_lost": "maintenance",
    "core.jobs.search.position": "the queue is one for all accounts",
    "core.leases": "workers hold sessions of all accounts",
    "core.organizations.acting.enter_machine": "for whoever is on the server's own machine",
    "core.organizations.acting.lock": "shows nothing: only `enter` says whether there is one",
    "core.organizations.invitations.look": "whoever has the link of an invitation may see where it leads",
    "core.organizations.lifecycle._owned_by": "counts what a user owns",
    "core.organizations.lifecycle.delete": "an organization that was entered before",
    "core.organizations.scim_tokens.authenticate": "says which organization a token is of",
    "core.organizations.sso.enable": "an organization that was entered before",
    "core.organizations.sso.forget": "maintenance",
    "core.organizations.sso.take": "says which organization a sign-in is of, by its secret state",
    "core.paid_sessions.find": "says which session a token is of",
    "core.paid_sessions.release": "a session that was reserved before",
    "core.paid_sessions.start": "a session that was reserved before",
    "core.recordings.add_part": "a worker keeps what it recorded of a session that it held",
    "core.recordings.finish_left": "maintenance",
    "core.recordings.is_over": "a worker asks about a session that it held",
    "core.recordings.finish": "a worker keeps what it recorded of a session that it held",
    "core.removal.remove_user": "for operators: what a user may do ends in all organizations",
    "core.rigs.forget_unused": "maintenance: faces are kept by content, for all accounts together",
    "core.sessions.end": "a session that was found before, or that its worker holds",
    "core.sessions.ended_rooms": "maintenance: rooms that should be closed",
    "core.sharing._delete_old": "maintenance",
    "core.sharing.revoked_viewers": "a worker holds sessions of all accounts",
    "core.sharing.shared": "whoever has the link of a session may watch it",
    "core.transcripts.add": "a worker keeps what is said in a session that it holds",
    "core.transcripts.forget": "maintenance",
    "core.webhooks.begin": "a worker sends the event that the queue names",
    "core.webhooks.end": "a worker writes how that went",
    "core.webhooks.requeue_lost": "maintenance",
}


class Module:
    """The functions of a module, and the queries in them."""

    def __init__(self, source: str, name: str) -> None:
        self.name = name
        self.functions = {
            getattr(node, "name", ""): node
            for node in ast.parse(source).body
            if not isinstance(node, ast.Import | ast.ImportFrom)
        }

    def nameless(self) -> Iterator[str]:
        """Functions that have a query on an owned table which names no account."""
        for name, function in self.functions.items():
            values = assigned(function)
            if any(not self.names_account(query, values) for query in queries(function)):
                yield f"{self.name}.{name}".rstrip(".")

    def names_account(self, query: ast.AST, values: dict[str, list[ast.AST]]) -> bool:
        """Whether a query has a condition on the account, written in it, in a variable or by a helper."""
        for node in ast.walk(query):
            if isinstance(node, ast.Compare) and getattr(node.left, "attr", "") in OWNERS:
                return True
            if isinstance(node, ast.Constant) and ":account" in str(node.value):
                return True
            if not isinstance(node, ast.Name):
                continue
            if node.id == "owned":
                return True
            before = {name: value for name, value in values.items() if name != node.id}
            helper = self.functions.get(node.id)
            found = [*values.get(node.id, ()), *([helper] if isinstance(helper, ast.FunctionDef) else ())]
            if any(self.names_account(value, before) for value in found):
                return True
        return False


def assigned(function: ast.AST) -> dict[str, list[ast.AST]]:
    """What is assigned to each variable."""
    values: dict[str, list[ast.AST]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            values.setdefault(node.targets[0].id, []).append(node.value)
    return values


def queries(function: ast.AST) -> Iterator[ast.AST]:
    """Whole chains `select(…)….where(…)`, and texts of SQL, on owned tables."""
    above = {child: node for node in ast.walk(function) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(function):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _sql_on_owned(node.value):
            yield node
        if not isinstance(node, ast.Call):
            continue
        if getattr(node.func, "id", getattr(node.func, "attr", "")) not in QUERIES:
            continue
        chain: ast.AST = node
        while isinstance(above.get(chain), ast.Attribute):
            chain = above[above[chain]]
        if {each.id for each in ast.walk(chain) if isinstance(each, ast.Name)} & OWNED.keys():
            yield chain


def _sql_on_owned(text: str) -> bool:
    return any(re.search(rf"\b(FROM|JOIN|UPDATE)\s+{table}\b", text) for table in OWNED.values())


def modules() -> Iterator[Module]:
    for path in sorted(SOURCE.rglob("*.py")):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        if not name.startswith("migrations."):
            yield Module(path.read_text(encoding="utf-8"), name)


def test_tables_of_accounts() -> None:
    assert {"Job", "Session", "LedgerEntry", "Delivery", "KeyMonth", "ApiKey"} <= OWNED.keys()
    assert {"Organization", "Membership", "Invitation", "ScimToken", "AuditEntry"} <= OWNED.keys()


def test_every_query_names_the_account() -> None:
    found = {name for module in modules() for name in module.nameless()}
    allowed = {name for name in found if name in SYSTEM or name.rpartition(".")[0] in SYSTEM}
    assert found - allowed == set(), "name the account in these queries"
    used = allowed | {name.rpartition(".")[0] for name in allowed}
    assert SYSTEM.keys() - used == set(), "these exceptions are no longer needed"


def test_a_query_without_an_account_is_found() -> None:
    """What the test above looks for, in every way in which it is written."""
    source = """
async def good(tx, principal):
    mine = Job.account_id == principal.account_id
    await tx.execute(select(Job).where(mine).limit(3))
    await tx.execute(select(Job, User).outerjoin(User).where(*_conditions(principal)))
    await tx.execute(text("UPDATE jobs SET text = NULL WHERE account_id = :account"))

async def bare(tx):
    await tx.execute(select(Job).order_by(Job.id))

async def one_of_two(tx, principal):
    await tx.execute(select(Job).where(Job.account_id == principal.account_id))
    await tx.execute(update(Job).values(text=None))

async def joined(tx):
    await tx.execute(select(User).join(ApiKey, ApiKey.user_id == User.id))

async def counted(tx):
    await tx.execute(select(func.count()).select_from(Session))

async def in_text(tx):
    await tx.execute(text("DELETE FROM ledger"))

async def by_its_key(tx, job_id):
    return await tx.get(Job, job_id)

def _conditions(principal):
    return [owned(Job.account_id, principal)]
"""
    assert list(Module(source, "m").nameless()) == [
        *("m.bare", "m.one_of_two", "m.joined", "m.counted", "m.in_text", "m.by_its_key"),
    ]
