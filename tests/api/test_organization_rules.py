"""The rules of organizations, on a real database: what ends with a membership, changes at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count

import psycopg
import pytest
from sqlalchemy import text

from tests.support.server import in_database
from tests.support.sessions import RIG, opening
from visavis.core import sessions
from visavis.core.database import Database, Tx
from visavis.core.identity import authentication, keys, sign_ins, tokens, users
from visavis.core.identity.principals import Principal, Scope
from visavis.core.organizations import acting, audit, invitations, lifecycle, members
from visavis.core.organizations.audit import Actor, ActorKind
from visavis.core.schema import ADMIN, MEMBER, OWNER, Organization, User
from visavis.errors import (
    AccountError,
    InvitationUsedError,
    KeyRefusedError,
    LastOwnerError,
    MemberExistsError,
    NotPermittedError,
    OrganizationMissingError,
    VisavisError,
)

_NUMBERS = count(1)
HERE = "203.0.113.7"


@dataclass
class Team:
    """An organization with two owners and a member, and the principals of their own accounts."""

    organization: Organization
    owners: list[Principal]
    member: User
    member_id: str


async def a_user(tx: Tx) -> User:
    return await users.find_or_add(tx, f"person{next(_NUMBERS)}@rules.example")


async def principal_of(tx: Tx, user: User) -> Principal:
    return keys.principal_of((await keys.create(tx, "own", user=user))[0])


async def a_team(database: Database) -> Team:
    async with database.transaction() as tx:
        ada, grace, linus = [await a_user(tx) for _ in range(3)]
        actor = Actor(ActorKind.USER, ada.email, ada.id, HERE)
        row = await lifecycle.create(tx, ada, "A Team", actor, max_per_user=5)
        owners = [await principal_of(tx, each) for each in (ada, grace)]
        inside = await acting.enter(tx, owners[0], row.id, address=HERE, writes=True)
        await members.add(tx, inside, grace, role=OWNER, name=None, max_members=5)
        member = await members.add(tx, inside, linus, role=MEMBER, name=None, max_members=5)
    return Team(row, owners, linus, member.row.id)


async def outcomes(*calls: Awaitable[object]) -> list[str]:
    """What calls at the same time end with: the names of their errors, or `done`."""
    results = await asyncio.gather(*calls, return_exceptions=True)
    for each in results:
        if isinstance(each, BaseException) and not isinstance(each, VisavisError):
            raise each
    return sorted(type(each).__name__ if isinstance(each, BaseException) else "done" for each in results)


def changing(
    database: Database, principal: Principal, organization: str
) -> Callable[[Callable[[Tx, acting.Acting], Awaitable[object]]], Awaitable[None]]:
    """Runs a change as a request does: in a transaction of its own."""

    async def run(change: Callable[[Tx, acting.Acting], Awaitable[object]]) -> None:
        async with database.transaction() as tx:
            inside = await acting.enter(tx, principal, organization, address=HERE, writes=True)
            await change(tx, inside)

    return run


def test_what_a_member_has_ends_with_the_membership(postgres: str) -> None:
    async def run(database: Database) -> None:
        team = await a_team(database)
        account_id = team.organization.account_id
        async with database.transaction() as tx:
            await tx.execute(
                text("INSERT INTO rigs (id, path) VALUES (:id, 'x') ON CONFLICT DO NOTHING"), {"id": RIG}
            )
            await tx.execute(
                text("INSERT INTO workers (id, slots, busy, live_slots) VALUES ('orgs', 1, 0, 50)")
            )
            row, key = await keys.create(tx, "member's", user=team.member, account_id=account_id)
            principal = keys.principal_of(row)
            live = await sessions.open_session(tx, principal, opening())
            own = await sessions.open_session(tx, await principal_of(tx, team.member), opening())
            browser = await sign_ins._open(tx, user_id=team.member.id)
            signed_in = await sign_ins.find(tx, browser)
            assert signed_in
            acts = await sign_ins.switch(tx, signed_in, team.organization.id)
            assert (acts.account_id, acts.scopes) == (account_id, {Scope.KEYS})
            token, _ = await tokens.issue(tx, acts, None, console_requests_per_minute=9)
            bound = await sign_ins.bound(tx, team.member.id, team.organization.id)
        await changing(database, team.owners[0], team.organization.id)(
            lambda tx, inside: members.remove(tx, inside, team.member_id)
        )
        async with database.transaction() as tx:
            for word in (key, token):
                with pytest.raises(KeyRefusedError):
                    await authentication.authenticate(tx, word)
            states = text("SELECT id, status, reason FROM sessions WHERE id IN (:a, :b)")
            found = {
                each[0]: tuple(each[1:]) for each in await tx.execute(states, {"a": live.id, "b": own.id})
            }
            assert found == {live.id: ("ended", "access_ended"), own.id: ("active", None)}
            assert await sign_ins.find(tx, bound) is None
            left = await sign_ins.find(tx, browser)
            assert left
            assert left.account_id == team.member.account_id
            with pytest.raises(NotPermittedError):
                await sign_ins.switch(tx, left, team.organization.id)
            with pytest.raises(NotPermittedError):
                await keys.create(tx, "late", user=team.member, account_id=account_id)
            with pytest.raises(NotPermittedError):
                await keys.replace(tx, key)
            with pytest.raises(KeyRefusedError):
                await sessions.open_session(tx, principal, opening())
            await tx.execute(text("DELETE FROM workers WHERE id = 'orgs'"))

    in_database(postgres, run)


def test_of_owners_who_remove_each_other_one_stays(postgres: str) -> None:
    async def run(database: Database) -> None:
        for _ in range(5):
            team = await a_team(database)
            org = team.organization.id
            async with database.transaction() as tx:
                found = await members.list_all(tx, org)
            ids = {each.user.id: each.row.id for each in found}

            def remove(
                by: Principal, other: Principal, org: str = org, ids: dict[int, str] = ids
            ) -> Awaitable[None]:
                assert other.user_id
                target = ids[other.user_id]
                return changing(database, by, org)(lambda tx, inside: members.remove(tx, inside, target))

            ada, grace = team.owners
            results = await outcomes(remove(ada, grace), remove(grace, ada))
            # Whoever comes second is no member any more.
            assert results == ["OrganizationMissingError", "done"]

    in_database(postgres, run)


def test_of_owners_who_leave_at_the_same_time_one_stays(postgres: str) -> None:
    async def run(database: Database) -> None:
        team = await a_team(database)
        org = team.organization.id

        def step_down(principal: Principal) -> Awaitable[None]:
            async def change(tx: Tx, inside: acting.Acting) -> None:
                assert inside.membership_id
                await members.change_role(tx, inside, inside.membership_id, ADMIN)

            return changing(database, principal, org)(change)

        assert await outcomes(*map(step_down, team.owners)) == ["LastOwnerError", "done"]
        assert LastOwnerError.code == "last_owner"

    in_database(postgres, run)


def test_a_key_made_beside_a_removal_does_not_outlive_it(postgres: str) -> None:
    async def run(database: Database) -> None:
        for _ in range(5):
            team = await a_team(database)
            made: list[str] = []

            async def make(team: Team = team, made: list[str] = made) -> None:
                async with database.transaction() as tx:
                    account_id = team.organization.account_id
                    made.append((await keys.create(tx, "k", user=team.member, account_id=account_id))[1])

            await outcomes(
                make(),
                changing(database, team.owners[0], team.organization.id)(
                    lambda tx, inside, team=team: members.remove(tx, inside, team.member_id)
                ),
                make(),
            )
            async with database.transaction() as tx:
                for word in made:
                    with pytest.raises(KeyRefusedError):
                        await keys.find(tx, word)

    in_database(postgres, run)


def test_an_invitation_is_accepted_once(postgres: str) -> None:
    async def run(database: Database) -> None:
        team = await a_team(database)
        async with database.transaction() as tx:
            inside = await acting.enter(tx, team.owners[0], team.organization.id, address=HERE, writes=True)
            guests = [await a_user(tx) for _ in range(3)]
            row, secret = await invitations.create(
                tx, inside, "guest@rules.example", ADMIN, is_emailed=False, ttl_s=60, max_open=3
            )
            stored = (await tx.execute(text("SELECT * FROM invitations"))).all()
            assert secret not in str(stored)
            with pytest.raises(AccountError):
                await invitations.create(
                    tx, inside, "a@b\nBcc: c@d", MEMBER, is_emailed=False, ttl_s=60, max_open=3
                )
            actor = Actor(ActorKind.USER, team.member.email, team.member.id)
            with pytest.raises(MemberExistsError):
                await invitations.accept(tx, secret, team.member, actor, max_members=9)

        async def accept(user: User) -> None:
            async with database.transaction() as tx:
                actor = Actor(ActorKind.USER, user.email, user.id)
                await invitations.accept(tx, secret, user, actor, max_members=9)

        assert await outcomes(*map(accept, guests)) == ["InvitationUsedError"] * 2 + ["done"]
        async with database.transaction() as tx:
            _, expired = await invitations.create(
                tx, inside, "late@rules.example", MEMBER, is_emailed=False, ttl_s=-1, max_open=3
            )
            for word in (secret, expired, "unknown"):
                with pytest.raises(InvitationUsedError):
                    await invitations.look(tx, word)
            joined = [
                each for each in await members.list_all(tx, row.organization_id) if each.row.role == ADMIN
            ]
            assert len(joined) == 1

    in_database(postgres, run)


def test_invitations_end_with_the_right_to_invite(postgres: str) -> None:
    async def run(database: Database) -> None:
        team = await a_team(database)
        org = team.organization.id
        async with database.transaction() as tx:
            first = await acting.enter(tx, team.owners[0], org, address=HERE, writes=True)
            second = await acting.enter(tx, team.owners[1], org, address=HERE)
            _, secret = await invitations.create(
                tx, second, "guest@rules.example", MEMBER, is_emailed=False, ttl_s=60, max_open=3
            )
            assert second.membership_id
            await members.change_role(tx, first, second.membership_id, ADMIN)
            assert (await invitations.look(tx, secret)).organization.id == org
            await members.change_role(tx, first, second.membership_id, MEMBER)
            with pytest.raises(InvitationUsedError):
                await invitations.look(tx, secret)

    in_database(postgres, run)


def test_browsers_that_must_sign_in_elsewhere(postgres: str) -> None:
    async def run(database: Database) -> None:
        team = await a_team(database)
        organization = team.organization
        async with database.transaction() as tx:
            browser = await sign_ins._open(tx, user_id=team.member.id)
            own = await sign_ins.find(tx, browser)
            assert own
            await sign_ins.switch(tx, own, organization.id)
            bound = await sign_ins.bound(tx, team.member.id, organization.id)
            await tx.execute(
                text("UPDATE organizations SET sso_enabled = true WHERE id = :id"), {"id": organization.id}
            )
        async with database.transaction() as tx:
            found = await sign_ins.find(tx, browser)
            assert found
            assert found.account_id == team.member.account_id
            with pytest.raises(NotPermittedError, match="identity provider"):
                await sign_ins.switch(tx, found, organization.id)
            through = await sign_ins.find(tx, bound)
            assert through
            assert through.account_id == organization.account_id
            with pytest.raises(NotPermittedError):
                await sign_ins.switch(tx, through, None)
            machine = await acting.enter_machine(tx, organization.slug)
            with pytest.raises(NotPermittedError, match="Only an owner"):
                await members.recovery_link(tx, machine, team.member.email)
            found_members = await members.list_all(tx, organization.id)
            owner = next(each for each in found_members if each.row.role == OWNER)
            link = await members.recovery_link(tx, machine, owner.row.email)
        secret = await sign_ins.with_link(database, link)
        async with database.transaction() as tx:
            recovered = await sign_ins.find(tx, secret)
            assert recovered
            assert (recovered.account_id, recovered.user_id) == (organization.account_id, owner.user.id)

    in_database(postgres, run)


def test_nobody_changes_the_audit_log(postgres: str) -> None:
    async def run(database: Database) -> None:
        team = await a_team(database)
        async with database.transaction() as tx:
            entries = await audit.page(tx, team.organization.id, limit=9)
        assert [each.action for each in entries] == ["member.added"] * 2 + ["organization.created"]
        assert {each.address for each in entries} == {HERE}

    in_database(postgres, run)
    for statement in (
        "UPDATE audit_log SET actor_name = 'nobody'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
        "TRUNCATE organizations CASCADE",
    ):
        with psycopg.connect(postgres) as connection, pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute(statement)  # type: ignore[arg-type]


def test_a_deleted_organization_is_nobodys(postgres: str) -> None:
    async def run(database: Database) -> None:
        team = await a_team(database)
        org = team.organization
        async with database.transaction() as tx:
            _, key = await keys.create(tx, "member's", user=team.member, account_id=org.account_id)
            bound = await sign_ins.bound(tx, team.member.id, org.id)
            inside = await acting.enter(tx, team.owners[1], org.id, address=None, writes=True)
            with pytest.raises(NotPermittedError):
                await lifecycle.delete(tx, acting.Acting(org, ADMIN, inside.actor))
            await lifecycle.delete(tx, inside)
        async with database.transaction() as tx:
            with pytest.raises(KeyRefusedError):
                await keys.find(tx, key)
            assert await sign_ins.find(tx, bound) is None
            for owner in team.owners:
                with pytest.raises(OrganizationMissingError):
                    await acting.enter(tx, owner, org.id, address=None)
                assert await lifecycle.of_user(tx, owner) == []
            with pytest.raises(OrganizationMissingError):
                await acting.enter_machine(tx, org.slug)
            assert {each.row.status for each in await members.list_all(tx, org.id)} == {"deactivated"}

    in_database(postgres, run)


def test_a_user_without_a_password(postgres: str) -> None:
    async def run(database: Database) -> None:
        async with database.transaction() as tx:
            added = await a_user(tx)
        with pytest.raises(KeyRefusedError):
            await users.check_password(database, added.email, "correct horse battery")
        new = await users.prepare(added.email, "correct horse battery")
        async with database.transaction() as tx:
            assert (await users.create(tx, new)).id == added.id
            with pytest.raises(AccountError, match="already"):
                await users.create(tx, new)
        assert (await users.check_password(database, added.email, "correct horse battery")).id == added.id

    in_database(postgres, run)
