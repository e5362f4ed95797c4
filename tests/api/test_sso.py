"""Single sign-on on a real server: with a real OpenID Connect provider, and through the SDK of WorkOS."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from tests.support import identity_provider, workos
from tests.support.identity_provider import HAS_PROVIDER, Provider
from tests.support.organizations import PATH, a_user, add, an_organization
from tests.support.server import Server
from tests.support.workos import WorkOs, signed

SSO = "/v1/auth/sso"
OTHER = "whsec_other"
PAGE = {"Accept": "text/html,*/*"}
needs_provider = pytest.mark.skipif(not HAS_PROVIDER, reason="needs Node and its packages")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def remote() -> Iterator[WorkOs]:
    with workos.workos() as server:
        yield server


@pytest.fixture(scope="module")
def signing(
    start_server: Callable[..., Server],
    open_folder: Callable[[], Path],
    authority: trustme.CA,
    remote: WorkOs,
) -> Server:
    """A server whose organizations may sign in through providers on this machine."""
    folder = open_folder()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    return start_server(
        folder,
        requests_per_minute="100000",
        sso_networks="127.0.0.0/8",
        sso_ca=str(folder / "ca.pem"),
        sso_workos_api_key=workos.API_KEY,
        sso_workos_client_id=workos.CLIENT_ID,
        sso_workos_webhook_secret=workos.WEBHOOK_SECRET,
        sso_workos_url=remote.url,
    )


@pytest.fixture(scope="module")
def owner(signing: Server) -> Iterator[httpx.Client]:
    with signing.client(a_user(signing, "owner@sso.example")) as client:
        yield client


@pytest.fixture(scope="module")
def idp(signing: Server, authority: trustme.CA) -> Iterator[Provider]:
    with identity_provider.provider(signing.data, authority, f"{signing.url}{SSO}/callback") as found:
        yield found


@pytest.fixture(scope="module")
def oidc(owner: httpx.Client, idp: Provider) -> dict[str, Any]:
    """An organization that is connected with the provider, with a member."""
    org = an_organization(owner, "Signed in by OIDC")
    assert owner.get(f"{PATH}/{org['id']}/sso").json()["configured"] is False
    refused = owner.post(f"{PATH}/{org['id']}/sso/enable", json={"enabled": True})
    assert (refused.status_code, refused.json()["error"]) == (409, "sso_not_active")
    setup = {"discovery_url": idp.discovery_url, "client_id": "visavis", "client_secret": "secret"}
    made = owner.post(f"{PATH}/{org['id']}/sso/setup", json=setup)
    assert made.status_code == 200, made.text
    read = owner.get(f"{PATH}/{org['id']}/sso")
    assert read.json()["connection"]["state"] == "active"
    assert "secret" not in read.text
    add(owner, org["id"], "member@sso.example")
    return org


@pytest.fixture
def browser(signing: Server) -> Iterator[httpx.Client]:
    # All tests come from one machine, which may begin only so many sign-ins a minute.
    signing.rows("DELETE FROM rate_rings WHERE name LIKE 'sign-in:%%' RETURNING id")
    with httpx.Client(base_url=signing.url, timeout=60) as client:
        yield client


def begin(browser: httpx.Client, slug: str) -> str:
    answer = browser.get(SSO, params={"org_slug": slug})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["authorization_url"])


@needs_provider
def test_a_member_signs_in_through_the_provider(
    signing: Server, browser: httpx.Client, idp: Provider, oidc: dict[str, Any]
) -> None:
    back = idp.sign_in(begin(browser, oidc["slug"]), "member@sso.example")
    answer = browser.get(back)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["user"]["email"], said["user"]["role"]) == ("member@sso.example", "member")
    assert said["organization"] == {key: oidc[key] for key in ("id", "name", "slug")}
    with signing.client(said["session_token"]) as session:
        assert session.get("/v1/me").status_code == 200
        assert [each["id"] for each in session.get(PATH).json()["organizations"]] == [oidc["id"]]
    assert browser.get(back).status_code == 403  # a sign-in ends once


@needs_provider
def test_a_browser_is_signed_in_to_the_console(
    browser: httpx.Client, idp: Provider, oidc: dict[str, Any]
) -> None:
    back = idp.sign_in(begin(browser, oidc["slug"]), "member@sso.example")
    answer = browser.get(back, headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    session = browser.get("/console/api/session").json()
    assert session["signed_in"] is True


@needs_provider
def test_enforcement_ends_with_the_membership(
    signing: Server, owner: httpx.Client, browser: httpx.Client, idp: Provider, oidc: dict[str, Any]
) -> None:
    org = oidc["id"]
    member = add(owner, org, "leaver@sso.example")
    back = idp.sign_in(begin(browser, oidc["slug"]), "leaver@sso.example")
    token = browser.get(back).json()["session_token"]
    assert owner.post(f"{PATH}/{org}/sso/enable", json={"enabled": True}).json() == {"enabled": True}
    with signing.client(token) as session:
        assert session.get("/v1/me").status_code == 200
        assert owner.delete(f"{PATH}/{org}/members/{member['id']}").status_code == 200
        assert session.get("/v1/me").status_code == 403
    again = idp.sign_in(begin(browser, oidc["slug"]), "leaver@sso.example")
    assert browser.get(again).status_code == 403
    stranger = idp.sign_in(begin(browser, oidc["slug"]), "stranger@sso.example")
    assert browser.get(stranger).status_code == 403
    unverified = idp.sign_in(begin(browser, oidc["slug"]), "unverified-member@sso.example")
    assert browser.get(unverified).status_code == 403
    assert owner.post(f"{PATH}/{org}/sso/enable", json={"enabled": False}).json() == {"enabled": False}


@needs_provider
@pytest.mark.parametrize(
    "tamper",
    [
        lambda back, other: (back.copy_set_param("state", "x"), None),
        lambda back, other: (back.copy_set_param("state", back.params["state"][:-1]), None),
        lambda back, other: (back.copy_remove_param("state"), None),
        lambda back, other: (back.copy_set_param("code", "x"), None),
        lambda back, other: (back.copy_remove_param("code"), None),
        lambda back, other: (back.copy_add_param("error", "access_denied"), None),
        lambda back, other: (back, ""),
        lambda back, other: (back, "x"),
        lambda back, other: (back.copy_set_param("state", other.params["state"]), None),
        lambda back, other: (back.copy_set_param("code", other.params["code"]), None),
        lambda back, other: (back.copy_set_param("state", "x" * 3000), None),
        lambda back, other: (back.copy_set_param("state", "x" * 5000), None),
        lambda back, other: (back.copy_set_param("iss", "https://other.example"), None),
        lambda back, other: (back.copy_set_param("iss", ""), None),
        lambda back, other: (back.copy_remove_param("iss"), None),
    ],
)
def test_tampered_callbacks_are_refused(
    signing: Server,
    browser: httpx.Client,
    idp: Provider,
    oidc: dict[str, Any],
    tamper: Callable[[httpx.URL, httpx.URL], tuple[httpx.URL, str | None]],
) -> None:
    with httpx.Client(base_url=signing.url, timeout=60) as another:
        other = httpx.URL(idp.sign_in(begin(another, oidc["slug"]), "member@sso.example"))
    back = httpx.URL(idp.sign_in(begin(browser, oidc["slug"]), "member@sso.example"))
    url, cookie = tamper(back, other)
    if cookie is not None:
        browser.cookies.clear()
        browser.cookies.set("visavis_sso", cookie)
    answer = browser.get(url)
    assert answer.status_code in {403, 422}, answer.text
    assert "session_token" not in answer.text
    page = browser.get(url, headers=PAGE)
    assert page.headers["location"].startswith("/sign-in/failed?reason="), page.text
    assert not page.cookies


@needs_provider
def test_browsers_are_led_to_the_provider_and_to_pages(
    browser: httpx.Client, idp: Provider, oidc: dict[str, Any]
) -> None:
    there = browser.get(SSO, params={"org_slug": oidc["slug"]}, headers=PAGE)
    assert there.status_code == 303
    assert there.headers["location"].startswith(idp.issuer)
    back = idp.sign_in(there.headers["location"], "stranger@sso.example")
    failed = browser.get(back, headers=PAGE)
    assert failed.headers["location"] == f"/sign-in/failed?reason=not_member&org={oidc['slug']}"
    for slug in ("", "nowhere", "\u2028", "x" * 5000):
        answer = browser.get(SSO, params={"org_slug": slug}, headers=PAGE)
        assert answer.headers["location"].startswith("/sign-in/failed?reason="), slug[:10]
        assert browser.get(SSO, params={"org_slug": slug}).status_code in {404, 422}, slug[:10]


@needs_provider
def test_an_owner_tests_the_connection(
    signing: Server, owner: httpx.Client, browser: httpx.Client, idp: Provider, oidc: dict[str, Any]
) -> None:
    path = f"{PATH}/{oidc['id']}/sso"

    def tested(email: str) -> dict[str, Any]:
        answer = owner.post(f"{path}/test")
        assert (answer.status_code, answer.json()["problem"]) == (200, None), answer.text
        browser.cookies.set("visavis_sso", answer.cookies["visavis_sso"])
        led = browser.get(idp.sign_in(answer.json()["authorization_url"], email))
        assert led.headers["location"] == f"/organizations?id={oidc['id']}&section=sso"
        assert "visavis_console" not in led.cookies
        found: dict[str, Any] = owner.get(path).json()["last_test"]
        return found

    passed = tested("owner@sso.example")
    assert (passed["passed"], passed["email"], passed["reason"]) == (True, "owner@sso.example", None)
    failed = tested("nobody@sso.example")
    assert (failed["passed"], failed["email"], failed["reason"]) == (
        False,
        "nobody@sso.example",
        "not_member",
    )
    newest = owner.get(f"{PATH}/{oidc['id']}/audit-log").json()["entries"][0]
    assert (newest["action"], newest["actor_name"]) == ("sso.test_failed", "owner@sso.example")

    with_client = "UPDATE sso_connections SET client_id = %s WHERE organization_id = %s RETURNING id"
    signing.rows(with_client, "unknown", oidc["id"])
    answer = owner.post(f"{path}/test").json()
    assert (answer["passed"], answer["authorization_url"]) == (False, None)
    assert "refuses the client ID" in answer["problem"]
    signing.rows(with_client, "visavis", oidc["id"])
    add(owner, oidc["id"], "admin@sso.example", "admin")
    with signing.client(a_user(signing, "admin@sso.example")) as admin:
        assert admin.post(f"{path}/test").status_code == 403
        assert admin.get(path).json()["connection"]["client_id"] == "visavis"


@needs_provider
def test_a_client_that_the_provider_does_not_know_is_refused(owner: httpx.Client, idp: Provider) -> None:
    org = an_organization(owner, "With a wrong secret")["id"]
    for client_id, secret in (("visavis", "wrong"), ("unknown", "secret")):
        setup = {"discovery_url": idp.discovery_url, "client_id": client_id, "client_secret": secret}
        answer = owner.post(f"{PATH}/{org}/sso/setup", json=setup)
        assert (answer.status_code, answer.json()["error"]) == (422, "validation_error")
        assert "refuses the client ID or the client secret" in answer.json()["message"]
    assert owner.post(f"{PATH}/{org}/sso/test").status_code == 409


def test_addresses_that_are_no_provider_are_refused(owner: httpx.Client) -> None:
    org = an_organization(owner, "Without a provider")["id"]
    for url in (
        "http://127.0.0.1:1/.well-known/openid-configuration",
        "https://127.0.0.1:1/.well-known/openid-configuration",
        "https://10.0.0.1/.well-known/openid-configuration",
        "nonsense",
    ):
        setup = {"discovery_url": url, "client_id": "a", "client_secret": "b"}
        answer = owner.post(f"{PATH}/{org}/sso/setup", json=setup)
        assert (answer.status_code, answer.json()["error"]) == (422, "validation_error"), answer.text
    missing = owner.post(f"{PATH}/{org}/sso/setup", json={"discovery_url": "https://example.com"})
    assert missing.status_code == 422
    assert owner.get(f"{PATH}/{org}/sso").json()["configured"] is False
    assert owner.get(SSO, params={"org_slug": "nowhere"}).status_code == 404


def activation(event_id: str, remote_id: str, kind: str = "connection.activated") -> dict[str, Any]:
    data = {"object": "connection", "id": "conn_remote", "organization_id": remote_id}
    data |= {"connection_type": "OktaSAML", "name": "Okta", "state": "active", "domains": []}
    return {"id": event_id, "event": kind, "data": data, "created_at": workos.NOW}


def post(browser: httpx.Client, body: bytes, signature: str) -> httpx.Response:
    return browser.post(f"{SSO}/webhook", content=body, headers={"WorkOS-Signature": signature})


def test_a_member_signs_in_through_workos(
    signing: Server, owner: httpx.Client, browser: httpx.Client, remote: WorkOs
) -> None:
    org = an_organization(owner, "Signed in by WorkOS")
    setup = owner.post(f"{PATH}/{org['id']}/sso/setup", json={"return_url": "https://example.com/done"})
    assert setup.status_code == 200, setup.text
    remote_id = next(body["organization"] for path, body in reversed(remote.calls) if "portal" in path)
    assert setup.json()["portal_url"] == f"https://setup.workos.example/{remote_id}"
    assert browser.get(SSO, params={"org_slug": org["slug"]}).status_code == 404  # not active yet
    assert owner.get(f"{PATH}/{org['id']}/sso").json()["connection"]["state"] == "inactive"

    event = activation(f"event_{org['id']}", remote_id)
    assert post(browser, *signed(event)).json() == {"received": True}
    assert post(browser, *signed(event)).json() == {"received": True}
    actions = [each["action"] for each in owner.get(f"{PATH}/{org['id']}/audit-log").json()["entries"]]
    assert actions.count("sso.connection_activated") == 1
    connection = owner.get(f"{PATH}/{org['id']}/sso").json()["connection"]
    assert (connection["state"], connection["type"]) == ("active", "OktaSAML")

    add(owner, org["id"], "saml@sso.example")
    back = remote.sign_in(begin(browser, org["slug"]), "saml@sso.example")
    answer = browser.get(back)
    assert answer.status_code == 200, answer.text
    assert answer.json()["user"]["email"] == "saml@sso.example"
    assert browser.get(back).status_code == 403
    elsewhere = remote.sign_in(begin(browser, org["slug"]), "saml@sso.example", organization="org_other")
    assert browser.get(elsewhere).status_code == 403
    wrong = httpx.URL(remote.sign_in(begin(browser, org["slug"]), "saml@sso.example"))
    assert browser.get(wrong.copy_set_param("code", "code-x")).status_code == 403

    ended = activation(f"ended_{org['id']}", remote_id, "connection.deactivated")
    assert post(browser, *signed(ended)).status_code == 200
    assert browser.get(SSO, params={"org_slug": org["slug"]}).status_code == 404


@pytest.mark.parametrize(
    "tamper",
    [
        lambda body, signature: (body + b" ", signature),
        lambda body, signature: (body.replace(b"activated", b"deleted"), signature),
        lambda body, signature: (body, ""),
        lambda body, signature: (body, "t=1, v1=0"),
        lambda body, signature: (body, signature[:-1]),
        lambda body, signature: (body, signature.replace("v1=", "v2=0")),
        lambda body, signature: (body, signature.partition(", ")[0]),
        lambda body, signature: (b"", signature),
        lambda body, signature: (b"\xff\xfe", signature),
        lambda body, signature: signed({"id": "a", "event": "b", "data": {}}, secret=OTHER),
        lambda body, signature: signed({"id": "a", "event": "b", "data": {}}, age_s=600),
        lambda body, signature: signed({"id": "a", "event": "b", "data": {}}, age_s=-600),
    ],
)
def test_tampered_webhooks_are_refused(
    browser: httpx.Client, tamper: Callable[[bytes, str], tuple[bytes, str]]
) -> None:
    body, signature = tamper(*signed(activation("event_tampered", "org_remote_1")))
    answer = post(browser, body, signature)
    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
