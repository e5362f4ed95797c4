"""Signing in to the console: links, passwords, keys, cookies, and the tokens made under them."""

import re
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import jwt
import pytest

from tests.support.server import Server, in_database, until
from visavis.core.database import Database
from visavis.core.identity import sign_ins, tokens, users

API = "/console/api"
EMAIL, PASSWORD = "ada@example.com", "correct horse battery"


def browser(server: Server) -> httpx.Client:
    return httpx.Client(base_url=server.url, timeout=60.0)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file to which the browser of `visavis serve --open` writes what it is to show."""
    return tmp_path_factory.mktemp("browser") / "opened.txt"


@pytest.fixture(scope="module")
def fresh(start_server: Callable[..., Server], opened: Path) -> Server:
    """A server that nobody has signed in to, and that opens a browser."""
    with pytest.MonkeyPatch.context() as patch:
        program = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(sys.argv[2])"
        patch.setenv("BROWSER", shlex.join([sys.executable, "-c", program, str(opened), "%s"]))
        return start_server(requests_per_minute="1000", options=("--open",))


@pytest.fixture(scope="module")
def link(fresh: Server) -> str:
    assert fresh.process is not None
    assert fresh.process.stdout is not None
    for line in fresh.process.stdout:
        found = re.search(r"/sign-in#(\S+)", line)
        if found:
            return found[1]
    raise AssertionError("no link was printed")


@pytest.fixture(scope="module")
def arrival(fresh: Server, link: str) -> dict[str, httpx.Response]:
    """Answers to a browser that uses the first link, in order."""
    with browser(fresh) as client:
        return {
            "before": client.get(f"{API}/session"),
            "look": client.post(f"{API}/session/link/look", json={"link": link}),
            "short": client.post(
                f"{API}/session/link", json={"link": link, "email": EMAIL, "password": "short"}
            ),
            "made": client.post(
                f"{API}/session/link", json={"link": link, "email": EMAIL, "password": PASSWORD}
            ),
            "after": client.get(f"{API}/session"),
            "again": client.post(f"{API}/session/link", json={"link": link}),
        }


@pytest.fixture(scope="module")
def operator(fresh: Server, arrival: dict[str, httpx.Response]) -> Iterator[httpx.Client]:
    """The browser of the first user."""
    with browser(fresh) as client:
        body = {"email": EMAIL, "password": PASSWORD}
        assert client.post(f"{API}/session", json=body).status_code == 200
        yield client


def sign_up(server: Server, email: str) -> None:
    """Create a user who is not an operator."""

    async def make(database: Database) -> None:
        new = await users.prepare(email, PASSWORD)
        async with database.transaction() as tx:
            await users.create(tx, new)

    in_database(server.database_url, make)


def sign_in(client: httpx.Client, email: str) -> httpx.Response:
    return client.post(f"{API}/session", json={"email": email, "password": PASSWORD})


def test_the_first_link_makes_an_operator_once(arrival: dict[str, httpx.Response]) -> None:
    assert arrival["before"].json()["has_users"] is False
    assert arrival["look"].json() == {"makes_first_user": True, "email": None, "needs_password": True}
    assert (arrival["short"].status_code, arrival["short"].json()["error"]) == (400, "invalid_input")
    assert arrival["made"].json()["user"] == {"email": EMAIL, "is_operator": True}
    cookie = arrival["made"].headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert arrival["after"].json()["signed_in"] is True
    assert (arrival["again"].status_code, arrival["again"].json()["error"]) == (410, "invalid_link")


def test_open_shows_the_first_link(opened: Path, fresh: Server, link: str) -> None:
    shown = until(lambda: opened.exists() and opened.read_text(), what="a browser")
    assert shown == f"{fresh.url}/sign-in#{link}"


def test_later_open_signs_the_operator_in(fresh: Server, operator: httpx.Client) -> None:
    async def create(database: Database) -> str | None:
        async with database.transaction() as tx:
            return await sign_ins.operator_link(tx)

    link = in_database(fresh.database_url, create)
    with browser(fresh) as client:
        made = client.post(f"{API}/session/link", json={"link": link}).json()
        assert (made["user"]["email"], made["user"]["is_operator"]) == (EMAIL, True)
        assert client.post(f"{API}/session/link", json={"link": link}).status_code >= 400


def test_passwords(fresh: Server, operator: httpx.Client) -> None:
    with browser(fresh) as client:
        wrong = client.post(f"{API}/session", json={"email": EMAIL, "password": "wrong horse battery"})
        nobody = client.post(f"{API}/session", json={"email": "x@example.com", "password": PASSWORD})
        assert wrong.status_code == nobody.status_code == 401
        assert wrong.json() == nobody.json()
        assert client.get(f"{API}/keys").status_code == 401
        right = client.post(f"{API}/session", json={"email": EMAIL, "password": PASSWORD})
        assert right.json()["user"]["email"] == EMAIL
        assert client.get(f"{API}/keys").status_code == 200


def test_guessing_is_slowed_down(fresh: Server) -> None:
    elsewhere = httpx.HTTPTransport(local_address="127.0.0.9")  # others are not slowed down with it
    with httpx.Client(base_url=fresh.url, timeout=60.0, transport=elsewhere) as client:
        answers = [
            client.post(f"{API}/session", json={"email": EMAIL, "password": f"guess number {number}"})
            for number in range(12)
        ]
    assert answers[0].status_code == 401
    assert answers[-1].status_code == 429
    assert answers[-1].json()["retry_after_seconds"] > 0


def test_a_token_stands_for_a_key_until_signing_out(fresh: Server, operator: httpx.Client) -> None:
    with browser(fresh) as client:
        client.post(f"{API}/session", json={"email": EMAIL, "password": PASSWORD})
        token = client.post(f"{API}/token", json={}).json()
        bearer = {"Authorization": f"Bearer {token['token']}"}
        assert client.get("/v1/me", headers=bearer).json()["name"] == "Console"
        same = client.post(f"{API}/token", json={}).json()
        assert same["key_id"] == token["key_id"]
        head, claims, signature = token["token"].split(".")
        forged = f"{head}.{claims}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
        unsigned = f"at_{jwt.encode({'sign_in': 1, 'key': 1}, '', algorithm='none')}"
        foreign = f"at_{jwt.encode({'sign_in': 1, 'key': 1}, 'k' * 32)}"
        for word in (forged, unsigned, foreign, "at_1.1.9", "at_", token["token"].replace(".", "..")):
            refused = client.get("/v1/me", headers={"Authorization": f"Bearer {word}"})
            assert (refused.status_code, refused.json()["error"]) == (403, "forbidden"), word
        assert client.delete(f"{API}/session").status_code == 204
        assert client.get("/v1/me", headers=bearer).status_code == 403
        assert client.get(f"{API}/session").json()["signed_in"] is False


def test_a_token_expires(fresh: Server, operator: httpx.Client) -> None:
    token = operator.post(f"{API}/token", json={}).json()["token"]
    claims = jwt.decode(token.removeprefix("at_"), options={"verify_signature": False})
    assert time.time() < claims["exp"] <= time.time() + tokens.TOKEN_TTL_S + 1

    async def sign(database: Database) -> str:
        async with database.transaction() as tx:
            return jwt.encode(claims | {"exp": int(time.time()) - 1}, await tokens._secret(tx))

    expired = in_database(fresh.database_url, sign)
    assert operator.get("/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert operator.get("/v1/me", headers={"Authorization": f"Bearer at_{expired}"}).status_code == 403


def test_signing_in_with_a_key_shows_only_that_key(fresh: Server) -> None:
    key = fresh.make_key("Shown alone")
    fresh.make_key("Not shown")
    with browser(fresh) as client:
        assert client.post(f"{API}/session", json={"api_key": key + "x"}).status_code == 401
        session = client.post(f"{API}/session", json={"api_key": key}).json()
        assert (session["user"], session["key"]["name"]) == (None, "Shown alone")
        listed = client.get(f"{API}/keys").json()
        assert [row["name"] for row in listed["keys"]] == ["Shown alone"]
        assert client.post(f"{API}/keys", json={"name": "another"}).status_code == 403
        for operators in ("workers", "settings"):
            assert client.get(f"{API}/{operators}").status_code == 403
        own = listed["keys"][0]["id"]
        allowed = {"allows_conversation": True}
        assert client.patch(f"{API}/keys/{own}", json=allowed).status_code == 403
        assert client.post(f"{API}/token", json={"key_id": own + 1}).status_code == 403
        assert client.delete(f"{API}/keys/{own}").status_code == 204
        assert client.get(f"{API}/session").json()["signed_in"] is False  # its key was revoked


def test_a_user_sees_only_own_keys(fresh: Server, operator: httpx.Client) -> None:
    sign_up(fresh, "bob@example.com")
    others = operator.post(f"{API}/keys", json={"name": "The operator's"}).json()["row"]["id"]
    with browser(fresh) as client:
        client.post(f"{API}/session", json={"email": "bob@example.com", "password": PASSWORD})
        assert client.get(f"{API}/keys").json()["keys"] == []
        made = client.post(f"{API}/keys", json={"name": "Bob's", "monthly_cap": 5}).json()
        assert made["key"].startswith("sk_live_")
        assert [row["name"] for row in client.get(f"{API}/keys").json()["keys"]] == ["Bob's"]
        assert client.delete(f"{API}/keys/{others}").status_code == 403
        silent = {"allows_conversation": False}
        assert client.patch(f"{API}/keys/{others}", json=silent).status_code == 403
        assert made["row"]["allows_conversation"]
        assert client.patch(f"{API}/keys/{made['row']['id']}", json=silent).status_code == 204
        assert not client.get(f"{API}/keys").json()["keys"][0]["allows_conversation"]
        assert client.post(f"{API}/token", json={"key_id": others}).status_code == 403
        assert client.get(f"{API}/settings").status_code == 403
        as_bobs = client.post(f"{API}/token", json={"key_id": made["row"]["id"]}).json()["token"]
        assert client.get("/v1/me", headers={"Authorization": f"Bearer {as_bobs}"}).json()["name"] == "Bob's"
    shown = {row["name"]: row["owner"] for row in operator.get(f"{API}/keys").json()["keys"]}
    assert shown["Bob's"] == "bob@example.com"


def test_changing_the_password_signs_others_out(fresh: Server) -> None:
    sign_up(fresh, "eve@example.com")
    with browser(fresh) as one, browser(fresh) as other:
        for client in (one, other):
            client.post(f"{API}/session", json={"email": "eve@example.com", "password": PASSWORD})
        wrong = one.post(f"{API}/password", json={"current": "not my password", "new": "a new password"})
        assert wrong.status_code == 401
        right = one.post(f"{API}/password", json={"current": PASSWORD, "new": "a new password"})
        assert right.status_code == 204
        assert one.get(f"{API}/session").json()["signed_in"] is True
        assert other.get(f"{API}/session").json()["signed_in"] is False


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_other_pages_cannot_change_anything(operator: httpx.Client, origin: str) -> None:
    refused = operator.post(f"{API}/keys", json={"name": "theirs"}, headers={"Origin": origin})
    assert (refused.status_code, refused.json()["error"]) == (403, "foreign_origin")
    ours = operator.post(f"{API}/token", json={}, headers={"Origin": str(operator.base_url)})
    assert ours.status_code == 200


def test_a_users_link_sets_a_new_password(fresh: Server, operator: httpx.Client) -> None:
    sign_up(fresh, "max@example.com")

    async def make(database: Database) -> str:
        async with database.transaction() as tx:
            return await sign_ins.link_for(tx, "max@example.com")

    link = in_database(fresh.database_url, make)
    with browser(fresh) as client:
        look = client.post(f"{API}/session/link/look", json={"link": link})
        assert look.json() == {
            "makes_first_user": False,
            "email": "max@example.com",
            "needs_password": False,
        }
        body = {"link": link, "password": "the new password"}
        assert client.post(f"{API}/session/link", json=body).json()["user"]["email"] == "max@example.com"
        body = {"email": "max@example.com", "password": "the new password"}
        assert client.post(f"{API}/session", json=body).status_code == 200


def test_an_operator_invites_a_user_who_chooses_a_password(fresh: Server, operator: httpx.Client) -> None:
    body = {"email": "Ida@Example.com"}
    first, second = (operator.post(f"{API}/users", json=body) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert second.json()["user"]["email"] == "ida@example.com"
    links = [answer.json()["url"].partition("#")[2] for answer in (first, second)]
    with browser(fresh) as client:
        looks = [client.post(f"{API}/session/link/look", json={"link": link}) for link in links]
        assert looks[0].status_code == 410
        assert looks[1].json() == {
            "makes_first_user": False,
            "email": "ida@example.com",
            "needs_password": True,
        }
        refused = client.post(f"{API}/session/link", json={"link": links[1]})
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_input")
        body = {"link": links[1], "password": PASSWORD}
        user = client.post(f"{API}/session/link", json=body).json()["user"]
        assert user == {"email": "ida@example.com", "is_operator": False}
        assert client.get(f"{API}/users").status_code == 403
        assert client.post(f"{API}/users", json={"email": "eva@example.com"}).status_code == 403
    again = operator.post(f"{API}/users", json={"email": "ida@example.com"})
    assert (again.status_code, again.json()["error"]) == (400, "invalid_input")
    wrong = operator.post(f"{API}/users", json={"email": "nobody"})
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_input")
    rows = {row["email"]: row for row in operator.get(f"{API}/users").json()["users"]}
    assert rows[EMAIL]["is_operator"]
    assert rows["ida@example.com"]["has_password"]


def test_an_operator_changes_roles_and_one_operator_stays(fresh: Server, operator: httpx.Client) -> None:
    sign_up(fresh, "role@example.com")
    rows = {row["email"]: row["id"] for row in operator.get(f"{API}/users").json()["users"]}
    path = f"{API}/users/{rows['role@example.com']}"
    with browser(fresh) as client:
        sign_in(client, "role@example.com").raise_for_status()
        assert client.patch(path, json={"is_operator": True}).status_code == 403
        assert client.delete(path).status_code == 403
        assert operator.patch(path, json={"is_operator": True}).json()["is_operator"]
        assert client.get(f"{API}/users").status_code == 200
        assert not operator.patch(path, json={"is_operator": False}).json()["is_operator"]
        assert client.get(f"{API}/users").status_code == 403
    own = f"{API}/users/{rows[EMAIL]}"
    for refused in (operator.patch(own, json={"is_operator": False}), operator.delete(own)):
        assert (refused.status_code, refused.json()["error"]) == (409, "last_operator")
    assert operator.patch(f"{API}/users/usr_0", json={"is_operator": True}).status_code == 404
    assert operator.get(f"{API}/users").status_code == 200


def test_who_is_removed_can_do_nothing_until_invited_again(fresh: Server, operator: httpx.Client) -> None:
    sign_up(fresh, "gone@example.com")
    with browser(fresh) as client:
        sign_in(client, "gone@example.com").raise_for_status()
        key = client.post(f"{API}/keys", json={"name": "theirs"}).json()["key"]
        with fresh.client(key) as program:
            organization = program.post("/v1/organizations", json={"name": "Theirs"}).json()["organization"]
            rows = {row["email"]: row["id"] for row in operator.get(f"{API}/users").json()["users"]}
            path = f"{API}/users/{rows['gone@example.com']}"
            refused = operator.delete(path)
            assert (refused.status_code, refused.json()["error"]) == (409, "last_owner")
            assert "Theirs" in refused.json()["message"]
            assert client.get(f"{API}/session").json()["signed_in"]
            program.delete(f"/v1/organizations/{organization['id']}").raise_for_status()
            assert operator.delete(path).status_code == 204
            assert program.get("/v1/me").status_code == 403
        assert not client.get(f"{API}/session").json()["signed_in"]
        assert sign_in(client, "gone@example.com").status_code == 401
    assert operator.delete(path).status_code == 404
    assert "gone@example.com" not in {row["email"] for row in operator.get(f"{API}/users").json()["users"]}
    again = operator.post(f"{API}/users", json={"email": "gone@example.com"})
    assert (again.status_code, again.json()["user"]["id"]) == (201, rows["gone@example.com"])


def test_no_secret_is_stored(fresh: Server, operator: httpx.Client) -> None:
    secret = operator.cookies["visavis_console"]
    held = fresh.rows("SELECT digest FROM sign_ins") + fresh.rows("SELECT digest FROM sign_in_links")
    assert held
    assert all(secret.encode() not in bytes(digest) for (digest,) in held)
    assert secret not in Path(fresh.log).read_text()
