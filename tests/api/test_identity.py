"""Accounts and principals, on a real database."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event, text

from tests.support.jobs import a_job, begun, finish, wanted
from tests.support.server import in_database
from visavis.core import jobs, rates, sessions
from visavis.core.billing import ledger, usage
from visavis.core.billing.usage import MonthlyUsage
from visavis.core.database import Database, Tx
from visavis.core.identity import authentication, keys, sign_ins, users
from visavis.core.identity.principals import Allowance, Principal
from visavis.core.schema import User
from visavis.core.secret import shared_secret
from visavis.errors import (
    AccountError,
    IdempotencyError,
    JobMissingError,
    KeyRefusedError,
    NotPermittedError,
    SessionMissingError,
)
from visavis.surfaces.atlas import NAME as SURFACE

PASSWORD: Final = "correct horse battery"  # noqa: S105 - made up


async def a_user(database: Database, email: str) -> User:
    new = await users.prepare(email, PASSWORD)
    async with database.transaction() as tx:
        return await users.create(tx, new)


async def keys_of(database: Database, email: str, *names: str) -> list[Principal]:
    user = await a_user(database, email)
    async with database.transaction() as tx:
        made = [await keys.create(tx, name, user=user) for name in names]
    return [keys.principal_of(row) for row, _ in made]


async def a_session(tx: Tx, principal: Principal) -> str:
    """A live session without a worker that runs it."""
    await tx.execute(
        text(
            "INSERT INTO sessions (id, account_id, key_id, mode, status, reason, room, livekit_url, "
            "idle_timeout_s, price_per_hour_micros, lease_until) VALUES (:id, :account, :key, 'passthrough', "
            "'ended', 'deleted', 'r', 'ws://x', 30, 0, now())"
        ),
        {"id": f"ses_{principal.key_id}", "account": principal.account_id, "key": principal.key_id},
    )
    return f"ses_{principal.key_id}"


def test_a_users_keys_share_jobs_and_not_live_sessions(postgres: str) -> None:
    async def run(database: Database) -> None:
        one, other = await keys_of(database, "shares@example.com", "one", "other")
        (stranger,) = await keys_of(database, "stranger@example.com", "stranger")
        job = await a_job(database, one)
        async with database.transaction() as tx:
            session_id = await a_session(tx, one)
            assert (await jobs.find(tx, other, job.id, surface=SURFACE)).id == job.id
            assert (await jobs.page(tx, other, surface=SURFACE, limit=5, offset=0)).count == 1
            assert (await jobs.page(tx, stranger, surface=SURFACE, limit=5, offset=0)).count == 0
            with pytest.raises(JobMissingError):
                await jobs.find(tx, stranger, job.id, surface=SURFACE)
            assert (await sessions.find(tx, one, session_id)).id == session_id
            for each in (other, stranger):
                with pytest.raises(SessionMissingError):
                    await sessions.find(tx, each, session_id)

    in_database(postgres, run)


def test_two_keys_of_an_account_may_use_the_same_idempotency_key(postgres: str) -> None:
    async def run(database: Database) -> None:
        one, other = await keys_of(database, "names@example.com", "one", "other")
        first = await a_job(database, one, idempotency_key="mine", fingerprint=b"a")
        second = await a_job(database, other, idempotency_key="mine", fingerprint=b"b")
        assert first.id != second.id
        assert (await a_job(database, one, idempotency_key="mine", fingerprint=b"a")).id == first.id

    in_database(postgres, run)


def test_a_replaced_key_loses_nothing(postgres: str) -> None:
    async def run(database: Database) -> None:
        async with database.transaction() as tx:
            allowance = Allowance("production", 7, 30)
            row, secret = await keys.create(tx, "To be replaced", allowance=allowance)
        old = keys.principal_of(row)
        same = {"idempotency_key": "k", "fingerprint": b"f"}
        job = await a_job(database, old, **same)
        async with database.transaction() as tx:
            session_id = await a_session(tx, old)
            await rates.take(tx, old, default_rate=50)
            new_row, new_secret = await keys.replace(tx, secret)
        async with database.transaction() as tx:
            with pytest.raises(KeyRefusedError):
                await authentication.authenticate(tx, secret)
            new = await authentication.authenticate(tx, new_secret)
            assert new.account_id == old.account_id
            assert new.key_id == new_row.id != old.key_id
            assert (new_row.name, new.credential.allowance) == ("To be replaced", allowance)
            assert (await jobs.find(tx, new, job.id, surface=SURFACE)).id == job.id
            assert (await sessions.find(tx, new, session_id)).id == session_id
            assert await rates.requests_this_month(tx, new) == 1
            assert (await keys.named(tx, "To be replaced")).id == new_row.id
        assert (await a_job(database, new, **same)).id == job.id
        with pytest.raises(IdempotencyError):
            await a_job(database, new, idempotency_key="k", fingerprint=b"g")

    in_database(postgres, run)


def test_a_revoked_key_can_still_be_replaced(postgres: str) -> None:
    async def run(database: Database) -> None:
        async with database.transaction() as tx:
            row, _ = await keys.create(tx, "Lost")
            await keys.revoke_named(tx, "Lost")
            new_row, secret = await keys.replace(tx, "Lost")
            assert (await keys.find(tx, secret)).id == new_row.id
            assert new_row.account_id == row.account_id

    in_database(postgres, run)


def test_a_job_is_charged_once(postgres: str) -> None:
    async def run(database: Database) -> None:
        (key,) = await keys_of(database, "charged@example.com", "key")
        job = await a_job(database, key)
        mine = await begun(database, job)
        assert mine
        assert await finish(database, mine)
        async with database.transaction() as tx:
            for _ in range(2):
                await usage.record_job(tx, mine, seconds=9.0, cost_micros=17_500)
            row = await keys.read(tx, key)
            # Two seconds at seven dollars an hour.
            assert await usage.this_month(tx, row) == MonthlyUsage(2.0, 3_889)
            entries = await tx.execute(
                text("SELECT subject_kind, reason, amount_micros FROM ledger WHERE subject_id = :id"),
                {"id": job.id},
            )
            assert entries.all() == [(ledger.JOB, "video", -3_889)]

    in_database(postgres, run)


def test_an_existing_secret_is_only_read(postgres: str) -> None:
    async def run(database: Database) -> None:
        async with database.transaction() as tx:
            made = await shared_secret(tx, "a test's")
        async with database.transaction() as tx:
            await tx.execute(text("SET TRANSACTION READ ONLY"))
            assert await shared_secret(tx, "a test's") == made

    in_database(postgres, run)


def held_connections(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many connections were held each time that a password was hashed or checked."""
    held = 0
    seen: list[int] = []
    pool = database._engine.pool

    @event.listens_for(pool, "checkout")
    def _taken(*_: Any) -> None:
        nonlocal held
        held += 1

    @event.listens_for(pool, "checkin")
    def _returned(*_: Any) -> None:
        nonlocal held
        held -= 1

    def watched(slow: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any) -> Any:
            seen.append(held)
            return slow(*given)

        return run

    for name in ("hash", "verify"):
        monkeypatch.setattr(PasswordHasher, name, watched(getattr(PasswordHasher, name)))
    return seen


def test_no_connection_is_held_while_a_password_is_checked(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checking takes a tenth of a second of a processor: guesses would use up the connections."""

    async def run(database: Database) -> None:
        seen = held_connections(database, monkeypatch)
        user = await a_user(database, "slow@example.com")
        await users.check_password(database, "slow@example.com", PASSWORD)
        for email in ("slow@example.com", "unknown@example.com"):
            with pytest.raises(KeyRefusedError):
                await users.check_password(database, email, "wrong horse battery")
        async with database.transaction() as tx:
            link = await sign_ins.link_for(tx, "slow@example.com")
        await sign_ins.with_link(database, link, password=PASSWORD[::-1])
        assert len(seen) >= 5
        assert set(seen) == {0}
        async with database.transaction() as tx:
            await tx.execute(text("SELECT 1"))
            PasswordHasher().hash(PASSWORD)
        assert seen[-1] == 1  # it would have been seen
        # What was checked before the password changed no longer signs in.
        async with database.transaction() as tx:
            with pytest.raises(KeyRefusedError):
                await sign_ins.with_user(tx, user)

    in_database(postgres, run)


def test_only_a_key_can_submit_jobs(postgres: str) -> None:
    async def run(database: Database) -> None:
        user = await a_user(database, "browser@example.com")
        async with database.transaction() as tx:
            principal = await sign_ins.find(tx, await sign_ins.with_user(tx, user))
            assert principal
            assert (principal.account_id, principal.is_operator) == (user.account_id, False)
            with pytest.raises(NotPermittedError):
                await jobs.submit(tx, principal, wanted())

    in_database(postgres, run)


def test_users_and_keys_are_created_found_and_revoked(postgres: str) -> None:
    async def run(database: Database) -> None:
        ada = await users.prepare("Ada@Example.com", "correct horse battery")
        for email, password in (("nobody", "correct horse battery"), ("a@b.c", "short")):
            with pytest.raises(AccountError):
                await users.prepare(email, password)
        async with database.transaction() as tx:
            user = await users.create(tx, ada)
            with pytest.raises(AccountError, match="already"):
                await users.create(tx, ada)
            row, key = await keys.create(tx, "Ada's", user=user)
            assert key.startswith("sk_live_")
            assert (await keys.find(tx, key)).account_id == user.account_id
            stored = (await tx.execute(text("SELECT * FROM api_keys"))).all()
            assert key not in str(stored)
            assert (await keys.revoke_named(tx, key)).id == row.id
        assert (await users.check_password(database, "ada@example.com", "correct horse battery")).id
        for email, password in (("ada@example.com", "wrong horse"), ("b@example.com", "correct horse")):
            with pytest.raises(KeyRefusedError):
                await users.check_password(database, email, password)
        async with database.transaction() as tx:
            with pytest.raises(KeyRefusedError):
                await keys.find(tx, key)
            with pytest.raises(AccountError, match="no user"):
                await users.named(tx, "nobody@example.com")
            with pytest.raises(AccountError, match="no key"):
                await keys.revoke_named(tx, "nothing")

    in_database(postgres, run)
