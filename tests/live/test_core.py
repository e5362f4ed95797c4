"""The rules of live sessions, on a real database."""

import asyncio

import psycopg
import pytest
from tests.support.server import in_database
from tests.support.sessions import RIG, add_worker, change, empty_sessions, open_one, opening, run

from visavis.core import agents, leases, rigs, sessions
from visavis.core.agents.messages import MAX_WAITING
from visavis.core.billing import money, usage
from visavis.core.billing.usage import MonthlyUsage
from visavis.core.database import Database, Tx
from visavis.core.identity import keys
from visavis.core.identity.principals import Principal
from visavis.core.schema import SPEAK, Session
from visavis.core.secret import seal, unseal
from visavis.errors import (
    NoActiveRoomsError,
    NoCapacityError,
    SessionEndedError,
    SessionMissingError,
    SessionNotActiveError,
    SessionRateError,
    SettingsError,
    TooManyMessagesError,
)


@pytest.fixture(autouse=True)
def empty(postgres: str) -> None:
    empty_sessions(postgres)


async def billed_this_month(tx: Tx, key: Principal) -> MonthlyUsage:
    return await usage.this_month(tx, await keys.read(tx, key))


def test_never_more_sessions_than_slots(postgres: str) -> None:
    add_worker(postgres, "one", 3)
    add_worker(postgres, "two", 2)

    async def work(database: Database) -> list[bool]:
        async with database.transaction() as tx:
            key = keys.principal_of((await keys.create(tx, "k"))[0])

        async def attempt() -> bool:
            try:
                async with database.transaction() as tx:
                    await sessions.open_session(tx, key, opening())
            except NoCapacityError:
                return False
            return True

        return await asyncio.gather(*(attempt() for _ in range(20)))

    assert sum(in_database(postgres, work)) == 5
    with psycopg.connect(postgres) as connection:
        held = connection.execute("SELECT worker_id, count(*) FROM sessions GROUP BY 1 ORDER BY 1").fetchall()
    assert held == [("one", 3), ("two", 2)]


def test_a_worker_without_heartbeat_gets_no_sessions(postgres: str) -> None:
    add_worker(postgres, "one", 3)
    change(postgres, "UPDATE workers SET seen_at = now() - interval '1 minute'")
    with pytest.raises(NoCapacityError, match="No worker takes live sessions yet"):
        run(postgres, open_one)


def test_an_ended_session_frees_its_slot_and_is_billed_once(postgres: str) -> None:
    add_worker(postgres, "one", 1)
    made = run(postgres, open_one)
    change(
        postgres,
        "UPDATE sessions SET joined_at = now() - interval '322 s'",
    )
    ended = run(postgres, lambda session, key: sessions.end_by_key(session, key, made.id))
    bill = sessions.bill(ended)
    assert 322 <= bill.duration_s < 340  # the clock goes on while the test does
    cost_usd = money.to_usd(bill.cost_micros)
    assert cost_usd == pytest.approx(bill.duration_s * 7 / 3600, abs=0.005)
    assert abs(bill.cents - 100 * cost_usd) <= 1
    assert ended.reason == sessions.Reason.DELETED
    with pytest.raises(SessionEndedError):
        run(postgres, lambda session, key: sessions.end_by_key(session, key, made.id))
    billed = run(postgres, billed_this_month)
    assert billed == MonthlyUsage(322, 626_111)
    assert run(postgres, open_one).worker_id == "one"


def test_an_avatar_that_never_came_costs_nothing(postgres: str) -> None:
    add_worker(postgres, "one", 1)
    made = run(postgres, open_one)
    change(postgres, "UPDATE sessions SET started_at = now() - interval '100 s'")
    ended = run(postgres, lambda session, key: sessions.end_by_key(session, key, made.id))
    assert sessions.bill(ended).cost_micros == 0
    assert run(postgres, billed_this_month).seconds == 0


def test_billing_starts_when_the_avatar_first_joins(postgres: str) -> None:
    """Before that it stands at nothing; and no avatar that comes later sets it back, whosever it is."""
    add_worker(postgres, "one", 1)
    made = run(postgres, open_one)

    def seen() -> Session:
        return run(postgres, lambda s, k: sessions.find(s, k, made.id))

    change(postgres, "UPDATE sessions SET started_at = now() - interval '1 hour'")
    begun = seen().started_at
    run(postgres, lambda session, _: leases.joined(session, "another", made.id))
    assert sessions.bill(seen()).duration_s == 0
    run(postgres, lambda session, _: leases.joined(session, "one", made.id))
    assert sessions.bill(seen()).duration_s < 60
    change(postgres, "UPDATE sessions SET joined_at = now() - interval '1 hour', worker_id = 'two'")
    run(postgres, lambda session, _: leases.joined(session, "two", made.id))
    assert sessions.bill(seen()).duration_s > 3000
    assert seen().started_at == begun


def test_a_clock_that_is_set_forward_takes_no_session_from_its_worker(postgres: str) -> None:
    add_worker(postgres, "one", 2)
    made = run(postgres, open_one)
    wait_out_the_start(postgres)
    change(postgres, "UPDATE sessions SET lease_until = lease_until - interval '1 day'")
    assert run(postgres, lambda s, _: leases.take_over(s, "one", free=1)) == []
    assert [row.id for row in run(postgres, lambda s, _: leases.renew(s, "one"))] == [made.id]
    assert run(postgres, lambda s, _: leases.take_over(s, "two", free=1)) == []
    assert run(postgres, lambda s, k: sessions.find(s, k, made.id)).placements == 1


def test_a_clock_that_is_set_back_leaves_no_session_with_a_dead_worker(postgres: str) -> None:
    """What they have written lies in the future by now."""
    add_worker(postgres, "one", 2)
    made = run(postgres, open_one)
    wait_out_the_start(postgres)
    change(postgres, "UPDATE workers SET seen_at = seen_at + interval '1 day'")
    change(postgres, "UPDATE sessions SET lease_until = lease_until + interval '1 day'")
    assert run(postgres, lambda s, _: leases.measure(s)).slots == 0
    with pytest.raises(NoCapacityError):
        run(postgres, open_one)
    assert run(postgres, lambda s, _: leases.take_over(s, "two", free=1)) == [made.id]


def test_sessions_of_another_key_are_hidden(postgres: str) -> None:
    add_worker(postgres, "one", 1)
    made = run(postgres, open_one)

    async def other(tx: Tx, _: Principal) -> None:
        stranger = keys.principal_of((await keys.create(tx, "stranger"))[0])
        for look in (sessions.find, sessions.find_active, sessions.end_by_key):
            with pytest.raises(SessionMissingError):
                await look(tx, stranger, made.id)

    run(postgres, other)


def test_an_expired_lease_is_taken_by_one_worker(postgres: str) -> None:
    add_worker(postgres, "one", 2)
    made = run(postgres, open_one)

    async def take(tx: Tx, _: Principal) -> list[str]:
        return await leases.take_over(tx, "two", free=5)

    wait_out_the_start(postgres)
    assert run(postgres, take) == []
    change(postgres, "UPDATE sessions SET lease_until = now() - interval '1 s'")
    assert run(postgres, lambda s, _: leases.take_over(s, "two", free=0)) == []
    assert run(postgres, take) == [made.id]
    assert run(postgres, take) == []
    assert [row.id for row in run(postgres, lambda s, _: leases.renew(s, "two"))] == [made.id]
    assert run(postgres, lambda s, _: leases.renew(s, "one")) == []
    assert run(postgres, lambda s, _: sessions.end(s, made.id, sessions.Reason.IDLE, worker_id="one")) is None


def wait_out_the_start(postgres: str) -> None:
    """Just after the database's own start nothing is taken over."""
    with psycopg.connect(postgres) as connection:
        connection.execute(
            "SELECT pg_sleep(greatest(0, extract(epoch FROM "
            "pg_postmaster_start_time() + interval '5.1 s' - clock_timestamp())))"
        )


def test_an_abandoned_session_ends_at_its_last_heartbeat(postgres: str) -> None:
    add_worker(postgres, "one", 1)
    made = run(postgres, open_one)
    change(
        postgres,
        "UPDATE sessions SET lease_until = now() - interval '20 s', joined_at = now() - interval '50 s'",
    )
    with psycopg.connect(postgres) as connection:
        connection.execute(
            "SELECT pg_sleep(greatest(0, extract(epoch FROM "
            "pg_postmaster_start_time() + interval '15.1 s' - clock_timestamp())))"
        )

    async def reap(tx: Tx, _: Principal) -> None:
        for row in await leases.abandoned(tx):
            await sessions.end(tx, row.id, sessions.Reason.WORKER_LOST, at=row.lease_until)

    run(postgres, reap)
    ended = run(postgres, lambda s, k: sessions.find(s, k, made.id))
    assert (ended.status, ended.reason, sessions.bill(ended).duration_s) == ("ended", "worker_lost", 30.0)
    assert run(postgres, billed_this_month).seconds == 30


def test_draining_releases_every_session(postgres: str) -> None:
    add_worker(postgres, "one", 2)
    add_worker(postgres, "two", 2)
    for _ in range(4):
        run(postgres, open_one)
    assert run(postgres, lambda s, _: leases.drain(s, "one")) == 2
    with pytest.raises(NoCapacityError):
        run(postgres, open_one)


def test_face_swaps_are_ordered_and_limited(postgres: str) -> None:
    add_worker(postgres, "one", 1)
    made = run(postgres, open_one)

    async def swap(tx: Tx, key: Principal) -> int:
        return await sessions.swap_face(tx, key, made.id, RIG, max_per_minute=2)

    first, second = run(postgres, swap), run(postgres, swap)
    with pytest.raises(SessionRateError) as refused:
        run(postgres, swap)
    assert 1 <= refused.value.retry_after_s <= 60
    row = run(postgres, lambda s, k: sessions.find(s, k, made.id))
    assert [each.sequence for each in run(postgres, lambda s, _: leases.unread(s, row))] == [first, second]
    run(postgres, lambda s, _: leases.mark_applied(s, "one", made.id, first))
    row = run(postgres, lambda s, k: sessions.find(s, k, made.id))
    assert [each.sequence for each in run(postgres, lambda s, _: leases.unread(s, row))] == [second]
    run(postgres, lambda s, k: sessions.end_by_key(s, k, made.id))
    with pytest.raises(SessionNotActiveError):
        run(postgres, swap)


def test_faces_and_texts_are_read_apart(postgres: str) -> None:
    add_worker(postgres, "one", 1)
    made = run(postgres, open_one)
    words = {"text": "Guten Tag – 你好", "at": [1, 2.5], "interrupt": True}
    sent = run(postgres, lambda tx, _: sessions.send(tx, made, SPEAK, payload=words))
    swapped = run(postgres, lambda tx, key: sessions.swap_face(tx, key, made.id, RIG, max_per_minute=1))
    row = run(postgres, lambda tx, key: sessions.find(tx, key, made.id))
    (swap,) = run(postgres, lambda tx, _: leases.unread(tx, row))
    assert (swap.sequence, swap.kind, swap.rig_id, swap.payload) == (swapped, sessions.SWAP, RIG, {})
    waiting = run(postgres, lambda tx, _: leases.for_conversations(tx, [row], running=[]))
    (speak,) = waiting[made.id]
    assert (speak.sequence, speak.kind, speak.rig_id, speak.payload) == (sent, SPEAK, None, words)


def test_rooms_that_end_or_are_full_take_no_message(postgres: str) -> None:
    add_worker(postgres, "one", 9)
    rooms = [run(postgres, open_one) for _ in range(2)]
    first, second = (each.id for each in rooms)

    async def tell(database: Database, key: Principal) -> tuple[int, int]:
        async with database.transaction() as tx:
            numbers = await agents.send(tx, rooms, SPEAK, "Hello")
        async with database.transaction() as tx:
            return await agents.count_taken(tx, key, numbers)

    async def work(database: Database) -> None:
        async with database.transaction() as tx:
            key = keys.principal_of((await keys.list_all(tx))[0])
        assert await tell(database, key) == (0, 2)
        async with database.transaction() as tx:
            await sessions.end_by_key(tx, key, second)  # after it was found
        for _ in range(MAX_WAITING - 1):
            assert await tell(database, key) == (0, 1)
        with pytest.raises(TooManyMessagesError):
            await tell(database, key)
        async with database.transaction() as tx:
            await sessions.end_by_key(tx, key, first)
        with pytest.raises(NoActiveRoomsError):
            await tell(database, key)

    in_database(postgres, work)


def test_earlier_messages_have_an_empty_payload(postgres: str) -> None:
    """As rows have that were there when the column came, or that a worker of before writes."""
    add_worker(postgres, "one", 1)
    made = run(postgres, open_one)
    change(postgres, "INSERT INTO session_messages (session_id, kind) VALUES (%s, 'swap')", made.id)
    row = run(postgres, lambda tx, key: sessions.find(tx, key, made.id))
    (message,) = run(postgres, lambda tx, _: leases.unread(tx, row))
    assert message.payload == {}


def test_unused_faces_are_deleted(postgres: str) -> None:
    add_worker(postgres, "one", 1)
    made = run(postgres, open_one)
    change(postgres, "UPDATE rigs SET used_at = now() - interval '2 days'")
    assert run(postgres, lambda s, _: rigs.forget_unused(s, age_s=86_400)) == []
    change(
        postgres,
        "UPDATE sessions SET status = 'ended', reason = 'deleted', ended_at = now() - interval '2 days'",
    )
    assert run(postgres, lambda s, _: rigs.forget_unused(s, age_s=86_400)) == [f"rigs/{RIG}.visavis"]
    assert run(postgres, lambda s, k: sessions.find(s, k, made.id)).rig_id is None


def test_a_change_wakes_workers(postgres: str) -> None:
    add_worker(postgres, "one", 1)
    with psycopg.connect(postgres, autocommit=True) as listener:
        listener.execute(f"LISTEN {leases.CHANNEL}")
        run(postgres, open_one)
        assert list(listener.notifies(timeout=60, stop_after=1))


def test_external_tokens_are_encrypted() -> None:
    sealed = seal(b"secret", "a token")
    assert b"token" not in sealed
    assert unseal(b"secret", sealed) == "a token"
    with pytest.raises(SettingsError):
        unseal(b"another", sealed)


@pytest.mark.parametrize(("asked", "given"), [(0, 30), (-5, 30), (31, 31), (10**9, 3600)])
def test_the_idle_timeout_is_limited(asked: int, given: int) -> None:
    assert sessions.clamp_idle(asked) == given


def test_only_one_transaction_sees_a_room_to_close(postgres: str) -> None:
    add_worker(postgres, "one", 1)
    made = run(postgres, open_one)
    run(postgres, lambda s, k: sessions.end_by_key(s, k, made.id))

    async def both(database: Database) -> list[int]:
        async with database.transaction() as one, database.transaction() as two:
            return [len(await leases.rooms_to_close(one)), len(await leases.rooms_to_close(two))]

    assert in_database(postgres, both) == [1, 0]
