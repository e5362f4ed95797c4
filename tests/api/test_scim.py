"""SCIM on a real server: by what others check servers with, and as identity providers use it."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import httpx2
import pytest
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server
from scim_sanity.probe.runner import run_probe_api

from tests.support.organizations import PATH, a_members_key, a_user, an_organization
from tests.support.server import Server
from visavis.core.secret import digest

SCIM = "application/scim+json"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
SCHEMA = f'{{"schemas": ["{USER}"]'
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.fixture(scope="module")
def owner(server: Server) -> Iterator[httpx.Client]:
    with server.client(a_user(server, "owner@scim.example")) as client:
        yield client


Make = Callable[[str], tuple[str, httpx.Client]]


@pytest.fixture(scope="module")
def make(server: Server, owner: httpx.Client) -> Iterator[Make]:
    """Makes organizations, each with a client that has a token for its directory."""
    clients: list[httpx.Client] = []

    def make_one(name: str) -> tuple[str, httpx.Client]:
        org: str = an_organization(owner, name)["id"]
        made = owner.post(f"{PATH}/{org}/scim-tokens", json={"name": "test"})
        assert made.status_code == 201, made.text
        headers = {"Authorization": f"Bearer {made.json()['token']}", "Content-Type": SCIM}
        clients.append(httpx.Client(base_url=f"{server.url}/scim/v2", headers=headers, timeout=60))
        return org, clients[-1]

    yield make_one
    for each in clients:
        each.close()


@pytest.fixture(scope="module")
def directory(make: Make) -> httpx.Client:
    return make("Directory")[1]


def test_scim2_tester_finds_nothing(server: Server, owner: httpx.Client, make: Make) -> None:
    _, directory = make("Tested by scim2-tester")
    headers = {"Authorization": directory.headers["Authorization"]}
    with httpx2.Client(base_url=f"{server.url}/scim/v2", headers=headers, timeout=60) as http:
        results = check_server(SyncSCIMClient(http))
    bad = [f"{each.title}: {each.reason}" for each in results if each.status is not Status.SUCCESS]
    assert bad == []
    assert len(results) > 100


def test_scim_sanity_finds_nothing(server: Server, owner: httpx.Client, make: Make) -> None:
    _, directory = make("Tested by scim-sanity")
    token = directory.headers["Authorization"].removeprefix("Bearer ")
    report = run_probe_api(f"{server.url}/scim/v2", token=token)
    bad = [each for each in report["results"] if each["status"].lower() not in {"pass", "skip"}]
    assert bad == []
    assert report["exit_code"] == 0


def patch(directory: httpx.Client, path: str, *operations: dict[str, Any], **headers: str) -> httpx.Response:
    return directory.patch(path, json={"schemas": [PATCH], "Operations": list(operations)}, headers=headers)


def members(owner: httpx.Client, org: str) -> dict[str, tuple[str, str]]:
    found = owner.get(f"{PATH}/{org}").json()["members"]
    return {each["email"]: (each["role"], each["status"]) for each in found}


def test_entra_id_provisions_changes_and_deprovisions(
    server: Server, owner: httpx.Client, make: Make
) -> None:
    """The requests of Microsoft's documentation: look up, create, PATCH in its own spelling, soft delete."""
    org, directory = make("Entra")
    probe = directory.get("/Users", params={"filter": 'userName eq "00000000-0000-0000-0000-000000000000"'})
    assert probe.status_code == 200
    assert (probe.json()["totalResults"], probe.json().get("Resources", [])) == (0, [])
    made = directory.post(
        "/Users",
        json={
            "schemas": [USER, ENTERPRISE],
            "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
            "userName": "Mona.Ito@entra.example",
            "active": True,
            "emails": [{"primary": True, "type": "work", "value": "Mona.Ito@entra.example"}],
            "meta": {"resourceType": "User"},
            "name": {"formatted": "Mona Ito", "familyName": "Ito", "givenName": "Mona"},
            "roles": [],
            ENTERPRISE: {"department": "Faces"},
        },
    )
    assert made.status_code == 201, made.text
    mona = made.json()
    path = f"/Users/{mona['id']}"
    assert made.headers["Location"] == f"{server.url}/scim/v2{path}"
    assert mona["meta"]["version"] == made.headers["ETag"]
    assert members(owner, org)["mona.ito@entra.example"] == ("member", "active")
    found = directory.get("/Users", params={"filter": 'userName eq "mona.ito@ENTRA.example"'}).json()
    assert [each["id"] for each in found["Resources"]] == [mona["id"]]

    changed = patch(
        directory,
        path,
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "mona@entra.example"},
        {"op": "Add", "path": "name.familyName", "value": "Itō"},
        {"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+81 3 1234"},
        {"op": "Replace", "path": f"{ENTERPRISE}:department", "value": "Voices"},
        {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": "26118915-6090-4610-87e4-49d8ca9f808d"},
        {"op": "Add", "path": 'roles[primary eq "True"].value', "value": "admin"},
    )
    assert changed.status_code == 200, changed.text
    now = changed.json()
    assert (now["name"]["familyName"], now[ENTERPRISE]["department"]) == ("Itō", "Voices")
    assert [each["value"] for each in now["phoneNumbers"]] == ["+81 3 1234"]
    assert members(owner, org)["mona@entra.example"] == ("admin", "active")

    # It sends booleans as text.
    off = patch(directory, path, {"op": "Replace", "path": "active", "value": "False"})
    assert (off.status_code, off.json()["active"]) == (200, False)
    assert members(owner, org)["mona@entra.example"] == ("admin", "deactivated")
    on = patch(directory, path, {"op": "Replace", "value": {"active": "True", "displayName": "Mona"}})
    assert (on.json()["active"], on.json()["displayName"]) == (True, "Mona")
    assert directory.delete(path).status_code == 204
    assert directory.get(path).status_code == 404
    assert members(owner, org)["mona@entra.example"] == ("admin", "deactivated")


def test_entra_id_groups_give_the_role_of_admins(server: Server, owner: httpx.Client, make: Make) -> None:
    org, directory = make("Entra groups")
    user = directory.post("/Users", json={"schemas": [USER], "userName": "gil@groups.example"}).json()
    query = {"excludedAttributes": "members", "filter": 'displayName eq "Visavis-Admins"'}
    assert directory.get("/Groups", params=query).json()["totalResults"] == 0
    group = directory.post(
        "/Groups", json={"schemas": [], "displayName": "Visavis-Admins", "externalId": "8aa1"}
    )
    if group.status_code == 400:  # it wants its schema named
        schemas = ["urn:ietf:params:scim:schemas:core:2.0:Group"]
        group = directory.post("/Groups", json={"schemas": schemas, "displayName": "Visavis-Admins"})
    path = f"/Groups/{group.json()['id']}"
    joined = patch(
        directory, path, {"op": "Add", "path": "members", "value": [{"$ref": None, "value": user["id"]}]}
    )
    assert joined.status_code == 200, joined.text
    assert members(owner, org)["gil@groups.example"] == ("admin", "active")
    shown = directory.get(f"/Users/{user['id']}").json()["groups"]
    assert [(each["display"], each["$ref"]) for each in shown] == [
        ("Visavis-Admins", f"{server.url}/scim/v2{path}")
    ]
    assert "members" not in directory.get(path, params={"excludedAttributes": "members"}).json()
    left = patch(directory, path, {"op": "Remove", "path": "members", "value": [{"value": user["id"]}]})
    assert left.json().get("members", []) == []
    assert members(owner, org)["gil@groups.example"] == ("member", "active")


def test_okta_provisions_changes_and_deprovisions(server: Server, owner: httpx.Client, make: Make) -> None:
    """The requests of Okta's documentation: look up, create, PUT of the whole user, PATCH without a path."""
    org, directory = make("Okta")
    query = {"filter": 'userName eq "okta@okta.example"', "startIndex": "1", "count": "100"}
    empty = directory.get("/Users", params=query).json()
    assert (empty["totalResults"], empty["itemsPerPage"], empty["startIndex"]) == (0, 0, 1)
    sent = {
        "schemas": [USER],
        "userName": "okta@okta.example",
        "name": {"givenName": "Test", "familyName": "User"},
        "emails": [{"primary": True, "value": "okta@okta.example", "type": "work"}],
        "displayName": "Test User",
        "locale": "en-US",
        "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [],
        "password": "1mz050nq",
        "active": True,
    }
    made = directory.post("/Users", json=sent)
    assert made.status_code == 201, made.text
    assert "password" not in made.json()
    again = directory.post("/Users", json=sent)
    assert (again.status_code, again.json()["scimType"]) == (409, "uniqueness")
    path = f"/Users/{made.json()['id']}"
    whole = directory.get(path).json()
    put = directory.put(path, json={**whole, "name": {"givenName": "Another", "familyName": "User"}})
    assert (put.status_code, put.json()["name"]["givenName"]) == (200, "Another")
    assert "groups" not in put.json() or put.json()["groups"] == []
    off = patch(directory, path, {"op": "replace", "value": {"active": False}})
    assert (off.status_code, off.json()["active"]) == (200, False)
    assert members(owner, org)["okta@okta.example"] == ("member", "deactivated")
    assert directory.get("/Users", params=query).json()["Resources"][0]["active"] is False
    on = directory.put(path, json=sent)
    assert on.json()["active"] is True
    pages = directory.get("/Users", params={"startIndex": 1, "count": 1}).json()
    assert (pages["totalResults"], pages["itemsPerPage"]) == (1, 1)


def test_deprovisioning_ends_keys_and_sign_ins_and_lets_nobody_else_go(
    server: Server, owner: httpx.Client, make: Make
) -> None:
    org, directory = make("Deprovisioned")
    a_user(server, "both@scim.example")  # somebody who has an account of their own
    made = directory.post("/Users", json={"schemas": [USER], "userName": "both@scim.example"}).json()
    key = a_members_key(server, "both@scim.example", org)
    with server.client(key) as client:
        assert client.get("/v1/me").status_code == 200
        gone = patch(directory, f"/Users/{made['id']}", {"op": "replace", "value": {"active": False}})
        assert gone.status_code == 200
        assert client.get("/v1/me").status_code == 403
    own = server.rows("SELECT count(*) FROM users WHERE email = 'both@scim.example'")
    assert own == [(1,)]
    # The owner was not provisioned: the directory neither sees nor removes them.
    owners = [each["id"] for each in owner.get(f"{PATH}/{org}").json()["members"] if each["role"] == "owner"]
    assert directory.delete(f"/Users/{owners[0]}").status_code == 404
    adopted = directory.post("/Users", json={"schemas": [USER], "userName": "owner@scim.example"}).json()
    assert adopted["id"] == owners[0]
    refused = directory.delete(f"/Users/{adopted['id']}")
    assert (refused.status_code, refused.json()["status"]) == (409, "409")
    actions = [each["action"] for each in owner.get(f"{PATH}/{org}/audit-log").json()["entries"]]
    assert {"member.added", "member.removed"} <= set(actions)


def test_no_update_is_lost(directory: httpx.Client) -> None:
    made = directory.post("/Users", json={"schemas": [USER], "userName": "etag@scim.example"})
    path, version = f"/Users/{made.json()['id']}", made.headers["ETag"]
    assert directory.get(path, headers={"If-None-Match": version}).status_code == 304
    title = {"op": "replace", "path": "title", "value": "First"}
    first = patch(directory, path, title, **{"If-Match": version})
    assert first.status_code == 200
    assert first.headers["ETag"] != version
    late = patch(directory, path, {**title, "value": "Second"}, **{"If-Match": version})
    assert late.status_code == 412
    assert directory.put(path, json=made.json(), headers={"If-Match": version}).status_code == 412
    assert directory.delete(path, headers={"If-Match": version}).status_code == 412
    assert directory.get(path).json()["title"] == "First"
    same = patch(directory, path, title)
    assert same.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "scim_type"),
    [
        ("POST", "/Users", "{", 400, "invalidSyntax"),
        ("POST", "/Users", SCHEMA + "}", 400, "invalidValue"),
        ("POST", "/Users", SCHEMA + ', "userName": "a\\u0000"}', 400, "invalidValue"),
        ("POST", "/Users", SCHEMA + ', "userName": "a\\ud800"}', 400, None),
        ("GET", "/Users?filter=userName%20zz", "", 400, "invalidFilter"),
        ("GET", '/Users?filter=userName%20eq%20"%5Cu0000"', "", 400, "invalidValue"),
        ("GET", "/Users/mem_0", "", 404, None),
        ("GET", "/Groups/grp_0", "", 404, None),
        ("DELETE", "/Users", "", 405, None),
        ("GET", "/Elsewhere", "", 404, None),
        ("POST", "/Bulk", "{}", 404, None),
        ("POST", "/Users", "[" * 5000, 400, "invalidSyntax"),
    ],
)
def test_errors_have_the_form_of_the_rfc(
    directory: httpx.Client, method: str, path: str, body: str, status: int, scim_type: str | None
) -> None:
    answer = directory.request(method, path, content=body)
    said = answer.json()
    assert (answer.status_code, said["status"]) == (status, str(status)), said
    assert said["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert said["detail"]
    if scim_type is not None:
        assert said["scimType"] == scim_type


def test_tokens_are_shown_once_and_are_for_one_organization(
    server: Server, owner: httpx.Client, make: Make
) -> None:
    org, directory = make("Tokens")
    _, other = make("Other tokens")
    made = other.post("/Users", json={"schemas": [USER], "userName": "hidden@tokens.example"}).json()
    assert directory.get(f"/Users/{made['id']}").status_code == 404
    assert directory.delete(f"/Users/{made['id']}").status_code == 404
    assert directory.get("/Users").json()["totalResults"] == 0
    assert directory.get("/Users", params={"filter": 'userName sw "hidden"'}).json()["totalResults"] == 0
    token = directory.headers["Authorization"].removeprefix("Bearer ")
    assert server.rows("SELECT count(*) FROM scim_tokens WHERE digest = %s", digest(token)) == [(1,)]
    listed = owner.get(f"{PATH}/{org}/scim-tokens")
    assert token not in listed.text
    token_id = listed.json()["scim_tokens"][0]["id"]
    with server.client(a_user(server, "stranger@tokens.example")) as stranger:
        assert stranger.post(f"{PATH}/{org}/scim-tokens", json={}).status_code == 404
    assert owner.delete(f"{PATH}/{org}/scim-tokens/sct_0").json()["message"] == "SCIM token not found."
    assert owner.delete(f"{PATH}/{org}/scim-tokens/{token_id}").json() == {"id": token_id, "revoked": True}
    refused = directory.get("/Users")
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="SCIM"'
    assert refused.headers["Content-Type"] == SCIM
    with server.client("scim_unknown") as unknown:
        assert unknown.get("/scim/v2/Users").status_code == 401
        assert unknown.get("/v1/me").status_code == 403
    assert httpx.get(f"{server.url}/scim/v2/Users").status_code == 401
    for path in ("ServiceProviderConfig", "Schemas", "ResourceTypes"):
        assert httpx.get(f"{server.url}/scim/v2/{path}").status_code == 200
