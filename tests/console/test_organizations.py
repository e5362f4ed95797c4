"""Browsers that act for organizations, and invitations, by link and through a real mail server."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler

from tests.support.organizations import PASSWORD, PATH, a_user, add, an_organization
from tests.support.server import Server

API = "/console/api"
REFUSED = "refused@mail.example"


class Mailbox(MessageHandler):
    """Keeps what is sent, and refuses one address."""

    def __init__(self) -> None:
        super().__init__()
        self.mail: list[Message] = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # type: ignore[no-untyped-def]  # noqa: N802
        if address == REFUSED:
            return "550 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def handle_message(self, message: Message) -> None:
        self.mail.append(message)


@pytest.fixture(scope="module")
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """A mail server, and its port."""
    handler = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


@pytest.fixture(scope="module")
def posting(start_server: Callable[..., Server], mailbox: tuple[Mailbox, int]) -> Server:
    """A server that sends email."""
    return start_server(
        requests_per_minute="1000",
        smtp_host="127.0.0.1",
        smtp_port=str(mailbox[1]),
        smtp_security="none",
        smtp_sender="visavis <noreply@mail.example>",
    )


@pytest.fixture(scope="module")
def owner(posting: Server) -> Iterator[httpx.Client]:
    """The API, with a key of a user who owns organizations."""
    with posting.client(a_user(posting, "owner@mail.example", password=PASSWORD)) as client:
        yield client


@contextmanager
def browser(server: Server, email: str = "") -> Iterator[httpx.Client]:
    """A browser, which a user with an address is signed in to."""
    with httpx.Client(base_url=server.url, timeout=60.0) as client:
        if email:
            answer = client.post(f"{API}/session", json={"email": email, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
        yield client


def secret_in(text: str) -> str:
    found = re.search(r"/invitation#(\S+)", text)
    assert found
    return found[1]


def test_an_invitation_by_email_makes_a_user(
    posting: Server, owner: httpx.Client, mailbox: tuple[Mailbox, int]
) -> None:
    org = an_organization(owner, "Kühne & Söhne")["id"]
    made = owner.post(f"{PATH}/{org}/invitations", json={"email": "New@Mail.example", "role": "admin"})
    assert (made.status_code, made.json()["url"]) == (201, None)
    assert made.json()["invitation"]["is_emailed"] is True
    message = mailbox[0].mail[-1]
    assert (message["To"], message["From"]) == ("new@mail.example", "visavis <noreply@mail.example>")
    text = message.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "owner@mail.example invites you to the organization Kühne & Söhne." in text
    secret = secret_in(text)
    with browser(posting) as client:
        look = client.post(f"{API}/invitations/look", json={"invitation": secret}).json()
        assert look == {
            "organization": "Kühne & Söhne",
            "email": "new@mail.example",
            "role": "admin",
            "can_create_user": True,
        }
        short = {"invitation": secret, "password": "short"}
        assert client.post(f"{API}/invitations/accept", json=short).status_code == 400
        joined = client.post(f"{API}/invitations/accept", json={"invitation": secret, "password": PASSWORD})
        assert joined.status_code == 200, joined.text
        again = client.post(f"{API}/invitations/look", json={"invitation": secret})
        assert (again.status_code, again.json()["error"]) == (410, "invalid_link")
    members = owner.get(f"{PATH}/{org}").json()["members"]
    assert [(each["email"], each["role"]) for each in members[1:]] == [("new@mail.example", "admin")]
    with browser(posting, "new@mail.example") as client:
        accounts = client.get(f"{API}/session/accounts").json()["organizations"]
        assert [each["id"] for each in accounts] == [org]
    # The address has a password now: an invitation never replaces it.
    other = an_organization(owner, "Other")["id"]
    owner.post(f"{PATH}/{other}/invitations", json={"email": "new@mail.example"})
    secret = secret_in(mailbox[0].mail[-1].get_payload(decode=True).decode())  # type: ignore[union-attr]
    with browser(posting) as client:
        body = {"invitation": secret, "password": "another password"}
        refused = client.post(f"{API}/invitations/accept", json=body)
        assert (refused.status_code, refused.json()["error"]) == (401, "signed_out")


def test_an_email_that_cannot_be_sent_leaves_no_invitation(owner: httpx.Client) -> None:
    org = an_organization(owner, "Unlucky")["id"]
    refused = owner.post(f"{PATH}/{org}/invitations", json={"email": REFUSED})
    assert (refused.status_code, refused.json()["error"]) == (503, "mail_unavailable")
    listed = owner.get(f"{PATH}/{org}/invitations").json()
    assert listed == {"invitations": [], "sends_email": True}
    shown = owner.post(f"{PATH}/{org}/invitations", json={"email": REFUSED, "send_email": False}).json()
    assert secret_in(shown["url"])


def test_a_link_lets_in_who_is_signed_in_and_nobody_else(posting: Server, owner: httpx.Client) -> None:
    a_user(posting, "guest@mail.example", password=PASSWORD)
    org = an_organization(owner, "By Link")["id"]
    body = {"email": "somebody@mail.example", "send_email": False}
    secret = secret_in(owner.post(f"{PATH}/{org}/invitations", json=body).json()["url"])
    with browser(posting) as client:
        look = client.post(f"{API}/invitations/look", json={"invitation": secret}).json()
        assert look["can_create_user"] is False
        accept = {"invitation": secret, "password": PASSWORD}
        refused = client.post(f"{API}/invitations/accept", json=accept)
        assert (refused.status_code, refused.json()["error"]) == (401, "signed_out")
    with browser(posting, "guest@mail.example") as client:
        joined = client.post(f"{API}/invitations/accept", json={"invitation": secret})
        assert joined.json()["organization"]["id"] == org
        assert client.get(f"{API}/session").json()["organization"]["name"] == "By Link"
    with posting.client() as service, httpx.Client(base_url=posting.url) as client:
        key = service.headers["Authorization"].removeprefix("Bearer ")
        assert client.post(f"{API}/session", json={"api_key": key}).status_code == 200
        assert client.post(f"{API}/invitations/accept", json={"invitation": secret}).status_code == 403
        assert client.get(f"{API}/session/accounts").json() == {"organizations": []}
        assert client.post(f"{API}/session/account", json={"organization_id": org}).status_code == 403


def test_a_browser_acts_for_one_account_at_a_time(posting: Server, owner: httpx.Client) -> None:
    a_user(posting, "member@mail.example", password=PASSWORD)
    org = an_organization(owner, "Switched")["id"]
    member = add(owner, org, "member@mail.example")
    with browser(posting, "member@mail.example") as client, browser(posting, "owner@mail.example") as boss:
        own = client.post(f"{API}/token", json={}).json()["token"]
        switch = client.post(f"{API}/session/account", json={"organization_id": org})
        assert switch.json()["organization"]["id"] == org
        bearer = {"Authorization": f"Bearer {own}"}
        assert client.get("/v1/me", headers=bearer).status_code == 403  # a token of the account before
        made = client.post(f"{API}/keys", json={"name": "Mine"}).json()
        assert [row["name"] for row in client.get(f"{API}/keys").json()["keys"]] == ["Mine"]
        token = client.post(f"{API}/token", json={}).json()["token"]
        bearer = {"Authorization": f"Bearer {token}"}
        assert [each["id"] for each in client.get(PATH, headers=bearer).json()["organizations"]] == [org]
        # An owner sees the keys of members and revokes them, and never acts with them.
        boss.post(f"{API}/session/account", json={"organization_id": org})
        owners = boss.post(f"{API}/keys", json={"name": "The owner's"}).json()["row"]["id"]
        assert client.post(f"{API}/token", json={"key_id": owners}).status_code == 403
        assert client.delete(f"{API}/keys/{owners}").status_code == 403
        seen = {row["name"]: row["owner"] for row in boss.get(f"{API}/keys").json()["keys"]}
        assert seen["Mine"] == "member@mail.example"
        assert boss.post(f"{API}/token", json={"key_id": made["row"]["id"]}).status_code == 403
        assert boss.delete(f"{API}/keys/{made['row']['id']}").status_code == 204
        back = boss.post(f"{API}/session/account", json={"organization_id": None})
        assert back.json()["organization"] is None
        assert boss.get(f"{API}/keys").json()["keys"][-1]["name"] == "owner@mail.example's"
        # Removal: the browser acts for the user's own account again.
        assert owner.delete(f"{PATH}/{org}/members/{member['id']}").status_code == 200
        assert client.get("/v1/me", headers=bearer).status_code == 403
        assert client.get(f"{API}/session").json()["organization"] is None
        assert client.post(f"{API}/session/account", json={"organization_id": org}).status_code == 403
