"""Email over encrypted connections, to a real mail server."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from harness.room_clients import asynchronous

from visavis.adapters.mail import SmtpMail
from visavis.errors import MailError
from visavis.settings import MailSettings

pytestmark = pytest.mark.unit
USER, PASSWORD = "visavis", "secret of the mail server"  # made up
Received = list[tuple[bool, bool, str]]


class Handler:
    """Notes of each email whether it came encrypted and after a login, and its text."""

    def __init__(self) -> None:
        self.received: Received = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        is_encrypted = server.transport.get_extra_info("sslcontext") is not None
        text = bytes(envelope.content or b"").decode()
        self.received.append((is_encrypted, bool(session.authenticated), text))
        return "250 OK"


def check(*sent: Any) -> AuthResult:
    login = sent[-1]
    is_right = (login.login, login.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=False)  # so that the server answers


@asynccontextmanager
async def serving(encryption: str, authority: trustme.CA) -> AsyncIterator[tuple[int, Received]]:
    """A mail server with a kind of encryption, in this event loop. Gives its port and what it receives."""
    handler = Handler()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    def connection() -> SMTP:
        return SMTP(
            handler,
            hostname="mail.example",
            tls_context=context if encryption == "starttls" else None,
            require_starttls=encryption == "starttls",
            authenticator=check,
            auth_require_tls=encryption != "tls",  # which is there before the first word
        )

    before = open_files()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        connection, "127.0.0.1", 0, ssl=context if encryption == "tls" else None
    )
    async with server:
        yield server.sockets[0].getsockname()[1], handler.received
    async with asyncio.timeout(60):
        while open_files() > before:  # both sides close their sockets some rounds of the loop later
            await asyncio.sleep(0)


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


async def send(port: int, security: str, ca: Path | None, password: str = PASSWORD) -> None:
    settings = MailSettings.model_validate(
        {
            "host": "127.0.0.1",
            "port": port,
            "security": security,
            "sender": "noreply@visavis.example",
            "username": USER,
            "password": password,
            "ca": ca,
        }
    )
    await SmtpMail(settings).send("grace@example.com", "Invitation", "https://visavis.example/#secret")


@pytest.mark.parametrize("security", ["starttls", "tls"])
@asynchronous
async def test_email_is_sent_encrypted(authority: trustme.CA, ca: Path, security: str) -> None:
    async with serving(security, authority) as (port, received):
        await send(port, security, ca)
        ((is_encrypted, is_authenticated, text),) = received
        assert (is_encrypted, is_authenticated) == (True, True)
        assert "https://visavis.example/#secret" in text
        with pytest.raises(MailError):
            await send(port, security, ca, password="wrong")  # noqa: S106 - made up
        with pytest.raises(MailError):  # nobody vouches for the server
            await send(port, security, None)
        assert len(received) == 1


@asynchronous
async def test_without_encryption_nothing_is_sent(authority: trustme.CA, ca: Path) -> None:
    async with serving("none", authority) as (port, received):
        for security in ("starttls", "tls"):
            with pytest.raises(MailError):
                await send(port, security, ca)
        assert received == []
