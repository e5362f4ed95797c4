"""The surface of organizations, on a real server: every route and every error."""

import csv
import io
import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import httpx
import pytest

from tests.support.organizations import PATH, a_members_key, a_user, add, an_organization
from tests.support.server import Server
from visavis.surfaces.organizations.app import SURFACE

_NUMBERS = count(1)


class Person:
    """A user with a key, and the client that sends it."""

    def __init__(self, server: Server) -> None:
        self.email = f"person{next(_NUMBERS)}@organizations.example"
        self.key = a_user(server, self.email)
        self.client = server.client(self.key)


@pytest.fixture
def people(server: Server) -> Iterator[list[Person]]:
    made = [Person(server) for _ in range(3)]
    yield made
    for each in made:
        each.client.close()


def error(answer: httpx.Response) -> tuple[int, str]:
    body = answer.json()
    assert set(body) <= {"error", "message", "retry_after_seconds"}, body
    assert body["message"]
    return answer.status_code, body["error"]


def statuses(client: httpx.Client, org: str) -> dict[str, tuple[str, str]]:
    members = client.get(f"{PATH}/{org}").json()["members"]
    return {each["email"]: (each["role"], each["status"]) for each in members}


def test_an_organization_is_created_listed_read_and_deleted(people: list[Person]) -> None:
    ada, grace, _ = people
    made = ada.client.post(PATH, json={"name": "  Ünïted Faces  ", "unknown": 1})
    assert made.status_code == 201
    org = made.json()["organization"]
    assert re.fullmatch(r"org_[0-9a-f]{20}", org["id"])
    assert (org["name"], org["role"], org["sso_enabled"]) == ("Ünïted Faces", "owner", False)
    assert re.fullmatch(r"united-faces(-[0-9a-f]{6})?", org["slug"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", org["created_at"])
    same = an_organization(grace.client, "United Faces")
    assert re.fullmatch(r"united-faces-[0-9a-f]{6}", same["slug"])
    assert ada.client.get(PATH).json() == {"organizations": [org]}
    read = ada.client.get(f"{PATH}/{org['id']}").json()
    assert read["organization"] == org
    (member,) = read["members"]
    assert re.fullmatch(r"mem_[0-9a-f]{20}", member["id"])
    assert re.fullmatch(r"usr_[0-9a-f]{20}", member["user_id"])
    assert set(member) == {"id", "user_id", "email", "name", "role", "status", "created_at"}
    assert (member["email"], member["role"], member["status"]) == (ada.email, "owner", "active")
    assert ada.client.delete(f"{PATH}/{org['id']}").json() == {"id": org["id"], "deleted": True}
    for method in ("GET", "DELETE"):
        assert error(ada.client.request(method, f"{PATH}/{org['id']}")) == (404, "not_found")
    assert ada.client.get(PATH).json() == {"organizations": []}
    again = an_organization(ada.client, "Ünïted Faces")
    assert again["slug"] not in {org["slug"], same["slug"]}


@pytest.mark.parametrize(
    "body", [{}, {"name": None}, {"name": "x"}, {"name": " x "}, {"name": "x" * 101}, {"name": 5}, ["x"]]
)
def test_names_that_cannot_be_used(people: list[Person], body: object) -> None:
    assert error(people[0].client.post(PATH, json=body)) == (422, "validation_error")


@pytest.mark.parametrize("name", ["nul\0", "two\nlines", "\ud800x"])
def test_names_that_cannot_be_shown(people: list[Person], name: str) -> None:
    answer = people[0].client.post(
        PATH, content=json.dumps({"name": name}), headers={"Content-Type": "application/json"}
    )
    assert error(answer) == (422, "validation_error")


def test_who_may_ask(server: Server, people: list[Person]) -> None:
    org = an_organization(people[0].client)["id"]
    routes = [("POST", PATH), ("GET", PATH), ("GET", f"{PATH}/{org}"), ("DELETE", f"{PATH}/{org}")]
    routes += [("POST", f"{PATH}/{org}/members"), ("GET", f"{PATH}/{org}/audit-log/export")]
    for method, path in routes:
        body = {"json": {"name": "Some Name", "email": "x@y.example"}} if method == "POST" else {}
        with httpx.Client(base_url=server.url) as stranger:
            answer = stranger.request(method, path, **body)
            assert error(answer) == (401, "unauthorized")
            assert answer.headers["www-authenticate"] == "Bearer"
            headers = {"Authorization": "Bearer sk_live_unknown"}
            assert error(stranger.request(method, path, headers=headers, **body)) == (403, "forbidden")
        # A key of no user, such as the server's first one.
        with server.client() as service:
            assert error(service.request(method, path, **body)) == (403, "forbidden")
        with server.client(people[1].key) as foreign:
            if org in path:
                assert error(foreign.request(method, path, **body)) == (404, "not_found")
    assert error(people[0].client.put(f"{PATH}/{org}")) == (405, "method_not_allowed")
    assert error(people[0].client.get(f"{PATH}/{org}/nothing")) == (404, "not_found")
    assert error(people[0].client.post(PATH, content=b"x" * 70_000)) == (413, "payload_too_large")


def test_members_are_added_changed_removed_and_added_again(people: list[Person]) -> None:
    ada, grace, linus = people
    org = an_organization(ada.client)["id"]
    members = f"{PATH}/{org}/members"
    added = ada.client.post(members, json={"email": grace.email.upper(), "role": "admin", "name": "Grace"})
    assert added.status_code == 201
    member = added.json()["member"]
    assert (member["email"], member["name"], member["role"]) == (grace.email, "Grace", "admin")
    assert error(ada.client.post(members, json={"email": grace.email})) == (409, "already_member")
    assert grace.client.get(PATH).json()["organizations"][0]["role"] == "admin"
    other = grace.client.post(members, json={"email": linus.email, "role": None}).json()["member"]
    assert other["role"] == "member"
    # Nobody is there yet with this address: the answer is of the same shape.
    unknown = add(ada.client, org, "nobody-yet@organizations.example")
    assert set(unknown) == set(member)
    removed = grace.client.delete(f"{members}/{other['id']}").json()["member"]
    assert (removed["id"], removed["status"]) == (other["id"], "deactivated")
    assert error(linus.client.get(f"{PATH}/{org}")) == (404, "not_found")
    assert grace.client.delete(f"{members}/{other['id']}").json()["member"] == removed
    back = add(grace.client, org, linus.email, "admin")
    assert (back["id"], back["role"], back["status"]) == (other["id"], "admin", "active")
    changed = ada.client.patch(f"{members}/{back['id']}", json={"role": "owner"}).json()["member"]
    assert changed["role"] == "owner"
    assert statuses(linus.client, org)[ada.email] == ("owner", "active")
    for body in ({}, {"email": "no address"}, {"email": "a@b, c@d"}, {"email": "a@b", "role": "king"}):
        assert error(ada.client.post(members, json=body)) == (422, "validation_error")
    for body in ({}, {"role": None}, {"role": "king"}):
        assert error(ada.client.patch(f"{members}/{back['id']}", json=body)) == (422, "validation_error")
    for missing in ("mem_00000000000000000000", "x", "%00"):
        assert error(ada.client.delete(f"{members}/{missing}")) in {
            (404, "not_found"),
            (422, "validation_error"),
        }
        assert error(ada.client.patch(f"{members}/{missing}", json={"role": "admin"}))[0] in {404, 422}


def test_what_each_role_may_do(people: list[Person]) -> None:
    ada, grace, linus = people
    org = an_organization(ada.client)["id"]
    path, members = f"{PATH}/{org}", f"{PATH}/{org}/members"
    owner = ada.client.get(path).json()["members"][0]
    admin = add(ada.client, org, grace.email, "admin")
    member = add(ada.client, org, linus.email)
    body = {"email": "new@organizations.example"}
    # A member reads and leaves, and no more.
    assert linus.client.get(path).status_code == 200
    assert error(linus.client.post(members, json=body)) == (403, "forbidden")
    assert error(linus.client.delete(f"{members}/{admin['id']}")) == (403, "forbidden")
    assert error(linus.client.patch(f"{members}/{member['id']}", json={"role": "admin"})) == (
        403,
        "forbidden",
    )
    for end in ("invitations", "audit-log", "audit-log/export"):
        assert error(linus.client.get(f"{path}/{end}")) == (403, "forbidden")
    assert error(linus.client.post(f"{path}/invitations", json=body)) == (403, "forbidden")
    assert error(linus.client.delete(path)) == (403, "forbidden")
    # An admin manages others, and touches no owner.
    for made in (members, f"{path}/invitations"):
        assert error(grace.client.post(made, json={**body, "role": "owner"})) == (403, "forbidden")
    assert error(grace.client.patch(f"{members}/{member['id']}", json={"role": "owner"})) == (
        403,
        "forbidden",
    )
    assert error(grace.client.patch(f"{members}/{owner['id']}", json={"role": "member"})) == (
        403,
        "forbidden",
    )
    assert error(grace.client.delete(f"{members}/{owner['id']}")) == (403, "forbidden")
    assert error(grace.client.delete(path)) == (403, "forbidden")
    assert grace.client.patch(f"{members}/{member['id']}", json={"role": "admin"}).status_code == 200
    # The last owner stays.
    assert error(ada.client.delete(f"{members}/{owner['id']}")) == (409, "last_owner")
    assert error(ada.client.patch(f"{members}/{owner['id']}", json={"role": "admin"})) == (409, "last_owner")
    assert ada.client.patch(f"{members}/{admin['id']}", json={"role": "owner"}).status_code == 200
    assert ada.client.delete(f"{members}/{owner['id']}").status_code == 200
    assert error(ada.client.get(path)) == (404, "not_found")
    # Everybody may leave.
    assert linus.client.delete(f"{members}/{member['id']}").status_code == 200
    assert error(ada.client.post(members, json=body)) == (404, "not_found")


def test_a_members_key_works_for_the_organization_until_the_member_is_removed(
    server: Server, people: list[Person]
) -> None:
    ada, grace, linus = people
    org = an_organization(ada.client)["id"]
    other = an_organization(grace.client, "Another One")["id"]
    member = add(ada.client, org, grace.email)
    add(ada.client, org, linus.email)
    key, kept = a_members_key(server, grace.email, org), a_members_key(server, linus.email, org)
    with server.client(key) as acting, server.client(kept) as beside:
        assert acting.get("/v1/me").status_code == 200
        # Such a key knows its organization and nothing else of the user's.
        assert [each["id"] for each in acting.get(PATH).json()["organizations"]] == [org]
        assert error(acting.get(f"{PATH}/{other}")) == (404, "not_found")
        assert error(acting.post(PATH, json={"name": "Some Name"})) == (403, "forbidden")
        assert acting.get(f"{PATH}/{org}").status_code == 200
        assert ada.client.delete(f"{PATH}/{org}/members/{member['id']}").status_code == 200
        assert error(acting.get(PATH)) == (403, "forbidden")
        assert beside.get("/v1/me").status_code == 200
        assert grace.client.get("/v1/me").status_code == 200
        assert ada.client.delete(f"{PATH}/{org}").status_code == 200
        assert error(beside.get(PATH)) == (403, "forbidden")


def test_invitations_by_link(people: list[Person]) -> None:
    ada, _, _ = people
    org = an_organization(ada.client)["id"]
    path = f"{PATH}/{org}/invitations"
    made = ada.client.post(path, json={"email": "guest@organizations.example", "role": "admin"})
    assert made.status_code == 201
    invitation = made.json()["invitation"]
    assert (invitation["role"], invitation["is_emailed"]) == ("admin", False)
    secret = made.json()["url"].partition("/invitation#")[2]
    assert len(secret) > 40
    listed = ada.client.get(path)
    assert listed.json() == {"invitations": [invitation], "sends_email": False}
    assert secret not in listed.text
    second = ada.client.post(path, json={"email": "guest@organizations.example"}).json()
    assert [each["id"] for each in ada.client.get(path).json()["invitations"]] == [second["invitation"]["id"]]
    identifier = second["invitation"]["id"]
    assert ada.client.delete(f"{path}/{identifier}").json() == {"id": identifier, "deleted": True}
    assert error(ada.client.delete(f"{path}/{identifier}")) == (404, "not_found")
    assert error(ada.client.post(path, json={"email": ada.email})) == (409, "already_member")
    assert error(ada.client.post(path, json={"email": "x@y.example", "send_email": True})) == (
        422,
        "validation_error",
    )
    assert error(ada.client.post(path, json={"email": "x"})) == (422, "validation_error")


def test_the_audit_log(server: Server, people: list[Person]) -> None:
    ada, grace, _ = people
    org = an_organization(ada.client)["id"]
    member = ada.client.post(
        f"{PATH}/{org}/members", json={"email": grace.email, "name": '=HYPERLINK("x")'}
    ).json()["member"]
    invited = ada.client.post(f"{PATH}/{org}/invitations", json={"email": "=1+1@x.example"})
    assert invited.status_code == 201
    ada.client.patch(f"{PATH}/{org}/members/{member['id']}", json={"role": "admin"})
    grace.client.delete(f"{PATH}/{org}/members/{member['id']}")
    path = f"{PATH}/{org}/audit-log"
    entries = ada.client.get(path).json()["entries"]
    assert [each["action"] for each in entries] == [
        *("member.removed", "member.role_changed", "invitation.created", "member.added"),
        "organization.created",
    ]
    changed = entries[1]
    assert changed["details"] == {"before": "member", "after": "admin"}
    assert (changed["subject_id"], changed["subject_name"]) == (member["id"], grace.email)
    assert (changed["actor_kind"], changed["actor_name"]) == ("key", ada.email)
    assert changed["address"] == "127.0.0.1"
    assert entries[0]["actor_name"] == grace.email
    first = ada.client.get(path, params={"limit": 2}).json()
    rest = ada.client.get(path, params={"before": first["next_before"]}).json()
    assert (first["entries"] + rest["entries"], rest["next_before"]) == (entries, None)
    only = ada.client.get(path, params={"action": "invitation"}).json()["entries"]
    assert [each["action"] for each in only] == ["invitation.created"]
    for wrong in ({"limit": 0}, {"limit": 201}, {"before": 0}, {"action": "x y"}):
        assert error(ada.client.get(path, params=wrong)) == (422, "validation_error")
    exported = ada.client.get(f"{path}/export")
    assert exported.headers["content-type"].startswith("text/csv")
    assert "attachment" in exported.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(exported.text)))
    assert [row["action"] for row in rows] == [each["action"] for each in entries]
    assert rows[2]["subject_name"] == "'=1+1@x.example"
    assert ada.client.get(f"{path}/export", params={"format": "json"}).json() == {"entries": entries}
    assert error(ada.client.get(f"{path}/export", params={"format": "xml"})) == (422, "validation_error")


def test_limits(server: Server, people: list[Person]) -> None:
    ada = people[0]
    for number in range(20):
        an_organization(ada.client, f"Number {number}")
    assert error(ada.client.post(PATH, json={"name": "Too many"})) == (409, "limit_reached")


def test_rates(server: Server, people: list[Person]) -> None:
    org = an_organization(people[0].client)["id"]
    slow = a_members_key(server, people[0].email, org, requests_per_minute=1)
    with server.client(slow) as client:
        assert client.get(PATH).status_code == 200
        refused = client.get(PATH)
        assert error(refused) == (429, "rate_limit_exceeded")
        assert refused.json()["retry_after_seconds"] > 0
    capped = a_members_key(server, people[0].email, org, monthly_cap=0)
    with server.client(capped) as client:
        assert error(client.get(PATH)) == (429, "monthly_cap_exceeded")


def test_the_console_is_generated_from_this_document() -> None:
    kept = (Path(__file__).parents[2] / "console/organizations.json").read_text(encoding="utf-8")
    assert json.loads(kept) == SURFACE.openapi(), "run `make openapi` and commit what it changes"
