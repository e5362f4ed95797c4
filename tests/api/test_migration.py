"""A database of the last version is brought up to date, and everything that was in it is still there.

`data/version-0004.sql` was dumped from a server of that version: two users, seven keys, jobs of every
status, live sessions, notifications, shares, rates.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg
import pytest

from tests.api.test_commands import visavis
from tests.support.server import Server, in_database, until
from visavis.adapters.postgres import EmbeddedPostgres
from visavis.core.database import Database, migrate
from visavis.core.webhooks import secret_of

DUMP: Final = Path(__file__).parent / "data" / "version-0004.sql"
API: Final = "/console/api"
PASSWORD: Final = "correct horse battery"  # noqa: S105 - made up
KEYS: Final = {
    "First key": "sk_live_MQKazfkEA9j2umL0RXc32EMz4zIrL9aS6BluPjYKN9E",
    "Bob's laptop": "sk_live_d4XIzRjjQ1ey0QhJIVekM9DOZ0U7LH08qA67LBEgJMY",
    "Bob's server": "sk_live_D1bqwVvduKmVvFLUz5z2vbgz8nijP29tapK1YDspG20",
    "Old shop": "sk_live_JughAlvR39yslDNYy9ZueJXsZQIOowTypcNaSpK7j1o",
    "Shop": "sk_live_Eo87VrGGIgVPZxbLEoeHmG3inxz86KHwRhyKwjHYCZw",
}
BOBS_VIDEO, BOBS_SPEECH, BOBS_WAITING = "eb52ec492e23", "1899ae16c038", "4f2fc8448958"
SHOPS_VIDEO, SHOPS_BEGUN, FIRST_VIDEO = "ce190e8297fe", "7445becb4897", "ffb20eb2e57c"
OLD_SHOPS_SPEECH, OLD_SHOPS_FAILED = "8bfa6098e291", "28bf4bf15787"
BOBS_ENDED, BOBS_ACTIVE = "ses_5061841f0df835f2c868", "ses_4110427d21de4820688a"
SHOPS_ACTIVE, SHARE = "ses_d9fe7a4b7c26d1aa0b32", "XhPb8E0HXxd5bYCUzZTznZ85"
BOBS_WEBHOOK_SECRET: Final = "whsec_2412a6e5b5c971e42619c2a1546c90cdcfb1f2671c8ce8fd8831d8f8cc860c85"  # noqa: S105

# What the last version said of each key's month: requests, seconds, dollars.
MONTH: Final = {
    "First key": (1, 0.96, 0.0018666666666666666),
    "Bob's laptop": (3, 8.28, 0.022905555555555554),
    "Bob's server": (1, 0.8217687074829932, 0.0),
    "Old shop": (1, 1.7555555555555555, 0.0),
    "Shop": (2, 1.12, 0.002177777777777778),
    "Ada's": (0, 0.0, 0.0),
    "Console": (0, 0.0, 0.0),
}


@pytest.fixture(scope="module")
def migrated(open_folder: Callable[[], Path]) -> Iterator[str]:
    """The address of the old database after its migration; its figures were moved to this month before."""
    embedded = EmbeddedPostgres(open_folder() / "postgres")
    embedded.start()
    try:
        with psycopg.connect(embedded.url) as connection:
            connection.execute(DUMP.read_text())  # type: ignore[call-overload]
        with psycopg.connect(embedded.url) as connection:
            connection.execute("UPDATE usage SET at = now()")
            connection.execute("UPDATE key_months SET month = %s", (f"{datetime.now(UTC):%Y-%m}",))
        migrate(embedded.url)
        yield embedded.url
    finally:
        embedded.stop()


def rows(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()  # type: ignore[call-overload, no-any-return]


@pytest.fixture(scope="module")
def carried_over(migrated: str) -> dict[str, list[tuple[Any, ...]]]:
    """Content of the tables before a server uses them."""
    statements = {
        "keys": "SELECT k.name, a.kind, k.account_id = u.account_id FROM api_keys k "
        "JOIN accounts a ON a.id = k.account_id LEFT JOIN users u ON u.id = k.user_id ORDER BY k.id",
        "accounts": "SELECT kind, count(*) FROM accounts GROUP BY 1 ORDER BY 1",
        "ledger": "SELECT subject_kind, subject_id, reason, amount_micros, seconds FROM ledger ORDER BY id",
        "astray": "SELECT o.id FROM (SELECT id, account_id, key_id FROM jobs UNION ALL "
        "SELECT id, account_id, key_id FROM sessions UNION ALL "
        "SELECT subject_id, account_id, key_id FROM ledger UNION ALL "
        "SELECT id::text, account_id, key_id FROM deliveries UNION ALL "
        "SELECT month, account_id, key_id FROM key_months) o "
        "JOIN api_keys k ON k.id = o.key_id WHERE k.account_id <> o.account_id",
        "owned": "SELECT count(*), (SELECT count(*) FROM sessions), (SELECT count(*) FROM deliveries), "
        "(SELECT count(*) FROM shares) FROM jobs",
        "prices": "SELECT DISTINCT price_per_hour_micros FROM sessions",
    }
    return {name: rows(migrated, statement) for name, statement in statements.items()}


@pytest.fixture(scope="module")
def server(
    carried_over: dict[str, Any], migrated: str, start_server: Callable[..., Server]
) -> Iterator[Server]:
    """A server on the migrated database, after it has ended the open work of the earlier version."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", migrated)
        server = start_server(render_processes="1", live_slots="0", key=KEYS["Shop"])
    open_work = (
        "SELECT id FROM jobs WHERE status IN ('pending', 'processing') UNION ALL "
        "SELECT id FROM sessions WHERE status = 'active'"
    )
    until(lambda: not rows(migrated, open_work), what="end of the old work")
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def operator(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=60) as client:
        body = {"email": "ada@example.com", "password": PASSWORD}
        client.post(f"{API}/session", json=body).raise_for_status()
        yield client


@pytest.fixture(scope="module")
def shown_keys(operator: httpx.Client) -> dict[str, dict[str, Any]]:
    """The keys as an operator is shown them, before a client uses any."""
    return {row["name"]: row for row in operator.get(f"{API}/keys").json()["keys"]}


def jobs_of(server: Server, name: str) -> dict[str, dict[str, Any]]:
    with server.client(KEYS[name]) as client:
        return {row["job_id"]: row for row in client.get("/v1/jobs").raise_for_status().json()["jobs"]}


def test_users_and_service_keys_have_accounts(carried_over: dict[str, list[tuple[Any, ...]]]) -> None:
    assert carried_over["accounts"] == [("service", 3), ("user", 2)]
    assert carried_over["keys"] == [
        ("First key", "service", None),
        ("Bob's laptop", "user", True),
        ("Bob's server", "user", True),
        ("Old shop", "service", None),
        ("Shop", "service", None),
        ("Ada's", "user", True),
        ("Console", "user", True),
    ]
    assert carried_over["astray"] == []
    assert carried_over["owned"] == [(8, 3, 2, 1)]


def test_earlier_usage_is_in_the_ledger(carried_over: dict[str, list[tuple[Any, ...]]]) -> None:
    assert sorted(carried_over["ledger"]) == sorted(
        [
            ("job", FIRST_VIDEO, "video", -1_867, 0.96),
            ("job", BOBS_VIDEO, "video", -2_489, 1.28),
            ("job", BOBS_SPEECH, "speech", 0, 0.8217687074829932),
            ("job", OLD_SHOPS_SPEECH, "speech", 0, 1.7555555555555555),
            ("job", SHOPS_VIDEO, "video", -2_178, 1.12),
            ("session", BOBS_ENDED, "realtime", -20_417, 7.0),
        ]
    )
    assert carried_over["prices"] == [(10_500_000,)]


def test_the_figures_of_the_month_are_the_same(
    operator: httpx.Client, shown_keys: dict[str, dict[str, Any]]
) -> None:
    """Open work is billed in addition, once."""
    assert shown_keys.keys() == MONTH.keys()
    jobs = operator.get(f"{API}/jobs", params={"limit": 100}).json()["jobs"]
    sessions = operator.get(f"{API}/sessions", params={"limit": 100}).json()["sessions"]
    later = {job["job_id"]: job for job in jobs if job["job_id"] in (BOBS_WAITING, SHOPS_BEGUN)}
    ended = {row["session_id"]: row for row in sessions if row["session_id"] in (BOBS_ACTIVE, SHOPS_ACTIVE)}
    assert len(later) == len(ended) == 2
    for name, (requests, seconds, cost_usd) in MONTH.items():
        row = shown_keys[name]
        assert row["requests_this_month"] == requests
        seconds += sum(job["duration_s"] for job in later.values() if job["key"]["name"] == name)
        seconds += sum(round(each["duration_s"]) for each in ended.values() if each["key"]["name"] == name)
        cost_usd += sum(each["cost_usd"] for each in ended.values() if each["key"]["name"] == name)
        assert row["seconds_this_month"] == pytest.approx(seconds)
        assert row["cost_usd_this_month"] == pytest.approx(cost_usd, abs=3e-6)
    days = operator.get(f"{API}/usage", params={"days": 2}).json()["days"]
    assert sum(day["count"] for day in days) == 6 + len(later) + len(ended)


def test_keys_work_as_before(server: Server, migrated: str, shown_keys: dict[str, dict[str, Any]]) -> None:
    with server.client(KEYS["Bob's server"]) as client:
        me = client.get("/v1/me").json()
        assert (me["name"], me["key_prefix"], me["tier"]) == ("Bob's server", "sk_live_D1bq", "starter")
        assert me["requests_used"] == shown_keys["Bob's server"]["requests_this_month"] + 1
    with server.client(KEYS["Old shop"]) as client:
        assert client.get("/v1/me").status_code == 403
    assert shown_keys["Bob's server"]["monthly_cap"] == 500
    assert shown_keys["Old shop"]["revoked_at"] is not None

    async def read(database: Database) -> str:
        async with database.transaction() as tx:
            return await secret_of(tx, 2, None)

    assert in_database(migrated, read) == BOBS_WEBHOOK_SECRET


def test_an_account_sees_the_jobs_of_all_its_keys(
    server: Server, shown_keys: dict[str, dict[str, Any]]
) -> None:
    bobs = jobs_of(server, "Bob's laptop")
    assert bobs == jobs_of(server, "Bob's server")
    assert {job: row["status"] for job, row in bobs.items()} == dict.fromkeys(
        (BOBS_VIDEO, BOBS_SPEECH, BOBS_WAITING), "completed"
    )
    assert {job: row["status"] for job, row in jobs_of(server, "Shop").items()} == dict.fromkeys(
        (SHOPS_VIDEO, SHOPS_BEGUN), "completed"
    )
    assert jobs_of(server, "First key").keys() == {FIRST_VIDEO}
    with server.client(KEYS["Bob's server"]) as client:
        video = client.get(f"/v1/jobs/{BOBS_VIDEO}").json()
        assert video["output"]["duration"] == 1.28
        assert video["output"]["has_result"] is True
        assert client.get(f"/v1/jobs/{SHOPS_VIDEO}").status_code == 404


def test_a_replacement_of_a_revoked_key_finds_its_jobs(
    server: Server, migrated: str, shown_keys: dict[str, dict[str, Any]]
) -> None:
    made = visavis("keys", "replace", "Old shop", "--data", str(server.data), DATABASE_URL=migrated)
    assert made.returncode == 0, made.stderr
    with server.client(made.stdout.splitlines()[0].rpartition(" ")[2]) as client:
        assert client.get("/v1/me").json()["name"] == "Old shop"
        jobs = client.get("/v1/jobs").json()["jobs"]
        assert {job["job_id"]: job["status"] for job in jobs} == {
            OLD_SHOPS_SPEECH: "completed",
            OLD_SHOPS_FAILED: "failed",
        }


def test_live_sessions_belong_to_their_key(server: Server, shown_keys: dict[str, dict[str, Any]]) -> None:
    with server.client(KEYS["Bob's laptop"]) as client:
        ended = client.get(f"/v1/realtime/session/{BOBS_ENDED}").json()
        assert (ended["status"], ended["end_reason"], ended["duration_seconds"]) == ("ended", "deleted", 7.2)
        left = client.get(f"/v1/realtime/session/{BOBS_ACTIVE}").json()
        assert (left["status"], left["end_reason"], left["duration_seconds"]) == (
            "ended",
            "worker_lost",
            14.4,
        )
    with server.client(KEYS["Bob's server"]) as client:
        assert client.get(f"/v1/realtime/session/{BOBS_ENDED}").status_code == 404
    view = httpx.get(f"{server.url}{API}/view/{SHOPS_ACTIVE}", params={"share": SHARE})
    assert view.json()["status"] == "ended"
