"""Guessing passwords, keeping others out, and pretending to be somewhere else."""

import asyncio
import json

import httpx
import pytest
from argon2 import PasswordHasher
from harness.room_browser import FLAGS, find_chromium
from tests.hostile.conftest import PROXY, PUBLIC_URL
from tests.support.server import Server, in_database

from visavis.core.database import Database
from visavis.core.identity import users
from visavis.errors import KeyRefusedError

SESSION = "/console/api/session"
PASSWORD = "correct horse battery"  # noqa: S105 - made up
HOME, ELSEWHERE = "127.0.0.1", "127.0.0.2"
FREE_GUESSES, MAX_GUESSES = 5, 20


def at(server: Server, address: str) -> httpx.Client:
    """A client whose connections come from an address of this machine."""
    return httpx.Client(
        base_url=server.url, timeout=60.0, transport=httpx.HTTPTransport(local_address=address)
    )


def sign_in(server: Server, address: str, email: str, password: str, **headers: str) -> httpx.Response:
    with at(server, address) as client:
        return client.post(SESSION, json={"email": email, "password": password}, headers=headers)


def make_user(server: Server, email: str) -> str:
    async def make(database: Database) -> None:
        new = await users.prepare(email, PASSWORD)
        async with database.transaction() as tx:
            await users.create(tx, new)

    in_database(server.database_url, make)
    return email


def guess_until_refused(server: Server, address: str, email: str, **headers: str) -> httpx.Response:
    for number in range(12):
        answer = sign_in(server, address, email, f"guess number {number}", **headers)
        if answer.status_code == 429:
            return answer
        assert answer.status_code == 401
    raise AssertionError("nothing slowed the guesses down")


def test_guessing_passwords_does_not_block_others(server: Server) -> None:
    email = make_user(server, "victim@example.com")
    known = sign_in(server, ELSEWHERE, email, PASSWORD)
    assert known.status_code == 200
    refused = guess_until_refused(server, ELSEWHERE, email)
    assert refused.json()["retry_after_seconds"] >= 1
    # Its owner signs in, at home with any browser, and at the guesser's own address with one that is known.
    assert sign_in(server, HOME, email, PASSWORD).status_code == 200
    cookie = f"visavis_browser={known.cookies['visavis_browser']}"
    assert sign_in(server, ELSEWHERE, email, PASSWORD, Cookie=cookie).status_code == 200
    # The proof is for one account, and a forged one is worth nothing.
    other = make_user(server, "other@example.com")
    guess_until_refused(server, ELSEWHERE, other, Cookie=cookie)
    guess_until_refused(server, ELSEWHERE, other, Cookie=cookie[:-1] + "x")
    # And whoever holds a proof is slowed down as well.
    guess_until_refused(server, ELSEWHERE, email, Cookie=cookie)


def test_unknown_accounts_get_the_same_answer(server: Server) -> None:
    """In words, in headers, and in how soon guesses are slowed down."""
    email = make_user(server, "known@example.com")
    answers = [sign_in(server, HOME, name, "wrong password") for name in (email, "nobody@example.com")]
    known, unknown = answers
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert known.headers.keys() == unknown.headers.keys()
    for name in (email, "nobody@example.com"):
        statuses = [
            sign_in(server, HOME, name, "wrong password").status_code for _ in range(FREE_GUESSES - 1)
        ]
        assert statuses == [401] * len(statuses)
        # On a busy machine so much time passes that one more may come: the next ones have to wait longer.
        slowed = (sign_in(server, HOME, name, "wrong password").status_code for _ in range(MAX_GUESSES))
        assert 429 in slowed


def test_an_unknown_account_takes_the_same_work(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """For any account, a password is checked against an equally slow hash, equally often."""
    verified: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, hashed: str, password: str) -> bool:
        verified.append(hashed.rpartition("$")[0].rpartition("$")[0])
        return verify(self, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)

    async def run(database: Database) -> None:
        new = await users.prepare("timed@example.com", PASSWORD)
        async with database.transaction() as tx:
            await users.create(tx, new)
        for email in ("timed@example.com", "nobody@example.com"):
            with pytest.raises(KeyRefusedError):
                await users.check_password(database, email, "wrong password")

    in_database(postgres, run)
    assert len(verified) == 2
    assert verified[0] == verified[1]


def test_forwarded_addresses_are_ignored_by_default(server: Server) -> None:
    """Only trusted proxies may set the address: all guesses count for one address."""
    email = make_user(server, "spoofed@example.com")
    answers = [
        sign_in(
            server, "127.0.0.4", email, f"guess number {number}", **{"X-Forwarded-For": f"192.0.2.{number}"}
        )
        for number in range(7)
    ]
    assert answers[-1].status_code == 429


def test_a_trusted_proxy_is_believed(server: Server) -> None:
    email = make_user(server, "proxied@example.com")
    guesser = {"X-Forwarded-For": "198.51.100.7, 192.0.2.7"}  # the first was sent by the client itself
    guess_until_refused(server, PROXY, email, **guesser)
    honest = {"X-Forwarded-For": "198.51.100.7, 192.0.2.8"}
    assert sign_in(server, PROXY, email, PASSWORD, **honest).status_code == 200
    odd = {"X-Forwarded-For": "not an address"}
    assert sign_in(server, PROXY, email, PASSWORD, **odd).status_code == 200


@pytest.mark.parametrize(
    ("origin", "is_ours"),
    [
        (PUBLIC_URL, True),
        (f"{PUBLIC_URL}:443", True),
        (PUBLIC_URL.replace("https", "http"), False),
        (f"{PUBLIC_URL}:8443", False),
        (f"{PUBLIC_URL}.evil.example", False),
        (PUBLIC_URL.replace("//", "//evil@"), False),
        ("null", False),
        ("", False),
        ("http://[", False),
    ],
)
def test_the_origin_of_a_request_is_scheme_host_and_port(server: Server, origin: str, is_ours: bool) -> None:
    with at(server, HOME) as client:
        for host in (PUBLIC_URL.removeprefix("https://"), client.base_url.netloc.decode()):
            answer = client.delete(SESSION, headers={"Origin": origin, "Host": host})
            assert answer.status_code == (204 if is_ours else 403), host


def test_the_servers_own_address_is_a_valid_origin(server: Server) -> None:
    with at(server, HOME) as client:
        assert client.delete(SESSION, headers={"Origin": server.url}).status_code == 204
        other = server.url.replace("127.0.0.1", "localhost")
        assert client.delete(SESSION, headers={"Origin": other}).status_code == 403


def test_deleting_a_session_is_never_refused_for_too_many_requests(server: Server) -> None:
    """A session costs money until it ends: neither rate nor monthly cap may keep it alive."""
    key = server.make_key("spent", requests_per_minute=3, monthly_cap=3)
    with server.client(key) as client:
        opened = client.post("/v1/realtime/session", json={"idle_timeout": 30})
        assert opened.status_code == 200, opened.text
        path = f"/v1/realtime/session/{opened.json()['session_id']}"
        codes = [client.get("/v1/status").status_code for _ in range(3)]
        assert codes[-1] == 429
        assert client.delete(path).json()["status"] == "ended"
        # What ends nothing is a request like any other.
        assert client.delete(path).status_code == 429


def test_the_documentation_loads_nothing_from_elsewhere(server: Server) -> None:
    """Every part of the page comes from this server, and its policy admits no other."""
    with at(server, HOME) as client:
        page = client.get("/docs")
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "http" not in page.text.replace(server.url, "")
        parts = [word.partition('"')[0] for word in page.text.split('="/')[1:]]
        assert {"docs/swagger-ui-bundle.js", "docs/swagger-ui.css", "docs/start.js"} <= set(parts)
        for part in parts:
            assert client.get(f"/{part}").status_code == 200, part
        assert json.loads(client.get("/openapi.json").text)["paths"]


def test_a_browser_shows_the_documentation(server: Server, browser: None, tmp_path: object) -> None:
    """With its content policy, in a real Chromium that can reach only this machine."""

    async def shown() -> str:
        command = [find_chromium(), *FLAGS, f"--user-data-dir={tmp_path}"]
        command += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--virtual-time-budget=20000"]
        process = await asyncio.create_subprocess_exec(
            *command,
            "--dump-dom",
            f"{server.url}/docs",
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        out, _ = await process.communicate()
        return out.decode()

    assert "/v1/realtime/session" in asyncio.run(shown())
