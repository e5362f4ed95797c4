"""The rules of sessions that are paid in advance, on a real database."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import psycopg
import pytest

from tests.support.server import in_database
from tests.support.sessions import add_worker, change, empty_sessions, opening
from visavis.core import leases, paid_sessions, sessions
from visavis.core.billing import ledger
from visavis.core.billing.prepaid import Prepaid
from visavis.core.database import Database, Tx
from visavis.core.identity import wallets
from visavis.core.identity.principals import Principal
from visavis.core.identity.wallets import WalletAddress
from visavis.core.schema import Session
from visavis.core.secret import digest
from visavis.core.sessions import Reason
from visavis.errors import KeyRefusedError, NoCapacityError, SessionEndedError, SessionMissingError
from visavis.worker.payments import release_unused

_Result = TypeVar("_Result")
ADDRESS = WalletAddress("eip155:8453", "0xAbCdEf0000000000000000000000000000000001")
TOKEN = "sk_test"  # noqa: S105
MINUTE_MICROS = 100_000


@pytest.fixture(autouse=True)
def empty(postgres: str) -> None:
    empty_sessions(postgres)
    add_worker(postgres, "one", 1)


def prepaid(**changed: Any) -> Prepaid:
    given = {"paid_micros": 1_000_000, "free_minutes": 5, "price_per_minute_micros": MINUTE_MICROS}
    return Prepaid(**given | {"refunds_unused": True} | changed)


def run(postgres: str, do: Callable[[Tx, Principal], Awaitable[_Result]]) -> _Result:
    async def work(database: Database) -> _Result:
        async with database.transaction() as tx:
            return await do(tx, wallets.principal_of(await wallets.account_of(tx, ADDRESS.text)))

    return in_database(postgres, work)


async def reserve(tx: Tx, wallet: Principal, paid: Prepaid | None = None) -> Session:
    wanted = opening(
        is_reserved=True,
        prepaid=paid or prepaid(),
        max_duration_s=900,
        price_per_hour_micros=60 * MINUTE_MICROS,
    )
    return await sessions.open_session(tx, wallet, wanted)


async def open_paid(tx: Tx, wallet: Principal) -> Session:
    return await paid_sessions.start(tx, (await reserve(tx, wallet)).id, TOKEN)


async def balance(tx: Tx, wallet: Principal) -> int:
    return await ledger.balance_micros(tx, wallet.account_id)


def test_a_reservation_takes_a_slot_and_runs_nowhere(postgres: str) -> None:
    made = run(postgres, reserve)
    with pytest.raises(NoCapacityError):
        run(postgres, reserve)
    assert run(postgres, lambda tx, _: leases.renew(tx, "one")) == []
    with pytest.raises(KeyRefusedError):
        run(postgres, lambda tx, _: paid_sessions.find(tx, made.id, TOKEN))
    run(postgres, lambda tx, _: paid_sessions.release(tx, made.id))
    with pytest.raises(SessionMissingError):
        run(postgres, lambda tx, _: paid_sessions.start(tx, made.id, TOKEN))
    again = run(postgres, reserve)
    begun = run(postgres, lambda tx, _: paid_sessions.start(tx, again.id, TOKEN))
    assert (begun.status, begun.key_id) == ("active", None)
    assert [row.id for row in run(postgres, lambda tx, _: leases.renew(tx, "one"))] == [again.id]
    assert run(postgres, balance) == -1_000_000


def test_a_session_token_acts_on_its_own_session_only(postgres: str) -> None:
    made = run(postgres, open_paid)

    async def use(tx: Tx, _: Principal) -> Principal:
        return paid_sessions.principal_of(await paid_sessions.find(tx, made.id, TOKEN))

    holder = run(postgres, use)
    assert run(postgres, lambda tx, _: sessions.find(tx, holder, made.id)).id == made.id
    with pytest.raises(SessionMissingError):
        run(postgres, lambda tx, _: paid_sessions.find(tx, "ses_other", TOKEN))
    with pytest.raises(KeyRefusedError):
        run(postgres, lambda tx, _: paid_sessions.find(tx, made.id, "sk_guess"))
    add_worker(postgres, "two", 1)
    other = run(
        postgres,
        lambda tx, wallet: sessions.open_session(tx, wallet, opening(token_digest=digest("sk_two"))),
    )
    with pytest.raises(SessionMissingError):
        run(postgres, lambda tx, _: sessions.find(tx, holder, other.id))


@pytest.mark.parametrize(
    ("used_s", "paid", "reason", "credit_micros"),
    [
        (None, {}, Reason.DELETED, 1_000_000),  # the avatar never came
        (None, {"refunds_unused": False}, Reason.DELETED, 1_000_000),
        (1, {}, Reason.DELETED, 1_000_000),  # within the free minutes
        (299, {}, Reason.DELETED, 1_000_000),
        (420, {}, Reason.DELETED, 700_000),  # the eighth minute has begun: three are charged
        (420, {"refunds_unused": False}, Reason.DELETED, 0),
        (420, {"refunds_unused": False}, Reason.ROOM_LOST, 700_000),  # our room
        (899, {}, Reason.DELETED, 0),
    ],
)
def test_unused_minutes_become_credit(
    postgres: str, used_s: int | None, paid: dict[str, Any], reason: Reason, credit_micros: int
) -> None:
    made = run(postgres, lambda tx, wallet: reserve(tx, wallet, prepaid(**paid)))
    before = run(postgres, balance)
    run(postgres, lambda tx, _: paid_sessions.start(tx, made.id, TOKEN))
    if used_s is not None:
        change(postgres, "UPDATE sessions SET joined_at = now() - make_interval(secs => %s)", used_s)
    ended = run(postgres, lambda tx, _: sessions.end(tx, made.id, reason))
    assert ended is not None
    assert run(postgres, balance) == before - 1_000_000 + credit_micros


def test_time_is_added_and_charged_at_the_price_of_the_session(postgres: str) -> None:
    made = run(postgres, open_paid)
    before = run(postgres, balance)

    async def extend(tx: Tx, _: Principal) -> Session:
        holder = paid_sessions.principal_of(made)
        return await paid_sessions.extend(tx, holder, made.id, minutes=10, paid_micros=1_000_000)

    assert paid_sessions.expires_at(made) is None
    assert run(postgres, extend).max_duration_s == 1500
    change(postgres, "UPDATE sessions SET joined_at = now() - interval '60 s'")
    row = run(postgres, extend)
    assert row.max_duration_s == 2100
    assert run(postgres, balance) == before - 2_000_000
    expires_at = paid_sessions.expires_at(row)
    assert expires_at is not None
    left_s = (expires_at - datetime.now(UTC)).total_seconds()
    assert left_s == pytest.approx(paid_sessions.remaining_s(row), abs=1)
    run(postgres, lambda tx, _: sessions.end(tx, made.id, Reason.FAILED))
    # Two minutes of 35 were used at most, and the first five are free: all of it comes back.
    assert run(postgres, balance) == before + 1_000_000
    with pytest.raises(SessionEndedError):
        run(postgres, extend)


def add_payments(postgres: str, session: Session, status: str, *, minutes_ago: int, count: int = 1) -> None:
    """Payments for a session that came to their state so long ago."""
    settled = "NULL" if status in {"reserved", "pending"} else "now() - make_interval(mins => %(minutes)s)"
    statement = f"""
        INSERT INTO payments (key, account_id, fingerprint, purpose, network, asset, payer, pay_to, amount,
            amount_micros, valid_until, status, session_id, minutes, settled_at, created_at)
        SELECT gen_random_uuid()::text, account_id, '', 'session', 'eip155:8453', '', '', '', 1,
            1, now() - make_interval(mins => %(minutes)s), %(status)s, id, 15, {settled},
            now() - make_interval(mins => %(minutes)s)
        FROM sessions, generate_series(1, %(count)s) WHERE id = %(session)s"""
    with psycopg.connect(postgres) as connection:
        values = {"minutes": minutes_ago, "status": status, "session": session.id, "count": count}
        connection.execute(statement, values)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("status", "minutes_ago", "is_kept"),
    [
        ("reserved", 9, True),
        ("reserved", 11, False),  # payments were switched off meanwhile, so that no chain is asked
        ("pending", 9, True),
        ("pending", 11, False),
        ("paid", 9, True),
        ("paid", 11, False),
        ("not_paid", 0, False),
    ],
)
def test_no_reservation_is_left_for_good(
    postgres: str, status: str, minutes_ago: int, *, is_kept: bool
) -> None:
    add_worker(postgres, "two", 1)
    # Many payments of long ago hide no reservation.
    running = run(postgres, open_paid)
    add_payments(postgres, running, "paid", minutes_ago=60 * 24 * 40, count=101)
    waiting = run(postgres, reserve)
    add_payments(postgres, waiting, status, minutes_ago=minutes_ago)
    in_database(postgres, release_unused)
    left = run(postgres, lambda tx, _: tx.get(Session, waiting.id))
    assert (left is not None) == is_kept
    assert run(postgres, lambda tx, _: tx.get_one(Session, running.id)).status == "active"


def test_a_wallet_has_one_account(postgres: str) -> None:
    fresh = WalletAddress("eip155:8453", "0xFEED000000000000000000000000000000000001")

    async def at_once(database: Database) -> list[int]:
        async def one() -> int:
            async with database.transaction() as tx:
                return await wallets.account_of(tx, fresh.text)

        return await asyncio.gather(*(one() for _ in range(5)))

    found = in_database(postgres, at_once)
    assert len(set(found)) == 1
    same = WalletAddress(fresh.network, fresh.address.upper().replace("0X", "0x"))
    assert run(postgres, lambda tx, _: wallets.account_of(tx, same.text)) == found[0]
    elsewhere = WalletAddress("eip155:1", fresh.address)
    assert run(postgres, lambda tx, _: wallets.account_of(tx, elsewhere.text)) != found[0]
    assert not WalletAddress("solana:x", "Abc").is_same_as("abc")
