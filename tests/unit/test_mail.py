"""Email over encrypted connections, to a real mail server."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

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


class Server(Controller):
    """A mail server that offers STARTTLS if it has a certificate for that.

    Attributes:
        ended: Counts the connections that have ended.
    """

    def __init__(self, handler: Handler, *, starttls: ssl.SSLContext | None, tls: ssl.SSLContext | None):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self._starttls = starttls
        self.ended = threading.Semaphore(0)
        super().__init__(handler, hostname="127.0.0.1", port=port, ssl_context=tls)

    def factory(self) -> SMTP:
        ended = self.ended

        class Connection(SMTP):
            def connection_lost(self, error: Exception | None) -> None:
                super().connection_lost(error)
                ended.release()

        return Connection(
            self.handler,
            hostname="mail.example",
            tls_context=self._starttls,
            require_starttls=self._starttls is not None,
            authenticator=self._check,
            auth_require_tls=self.ssl_context is None,  # which is there before the first word otherwise
        )

    @staticmethod
    def _check(*sent: Any) -> AuthResult:
        login = sent[-1]
        is_right = (login.login, login.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=False)  # so that the server answers


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def serve(authority: trustme.CA) -> Iterator[Callable[[str], tuple[Server, Received]]]:
    """Start a server with a kind of encryption. Returns it and what it receives."""
    with ExitStack() as stack:

        def start(encryption: str) -> tuple[Server, Received]:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert("127.0.0.1").configure_cert(context)
            given = {kind: context if kind == encryption else None for kind in ("starttls", "tls")}
            handler = Handler()
            server = Server(handler, starttls=given["starttls"], tls=given["tls"])
            server.start()
            stack.callback(server.stop)
            return server, handler.received

        yield start


def send(
    server: Server, security: str, ca: Path | None, password: str = PASSWORD, *, is_encrypted: bool = True
) -> None:
    """Send an email, and wait until the connection has ended, if it can be encrypted."""
    settings = MailSettings.model_validate(
        {
            "host": "127.0.0.1",
            "port": server.port,
            "security": security,
            "sender": "noreply@visavis.example",
            "username": USER,
            "password": password,
            "ca": ca,
        }
    )

    async def run() -> None:
        try:
            await SmtpMail(settings).send(
                "grace@example.com", "Invitation", "https://visavis.example/#secret"
            )
        finally:
            if is_encrypted:
                await asyncio.to_thread(server.ended.acquire)

    asyncio.run(run())


@pytest.fixture
def ca(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_email_is_sent_encrypted(
    serve: Callable[[str], tuple[Server, Received]], ca: Path, security: str
) -> None:
    server, received = serve(security)
    send(server, security, ca)
    ((is_encrypted, is_authenticated, text),) = received
    assert (is_encrypted, is_authenticated) == (True, True)
    assert "https://visavis.example/#secret" in text
    with pytest.raises(MailError):
        send(server, security, ca, password="wrong")  # noqa: S106 - made up
    with pytest.raises(MailError):  # nobody vouches for the server
        send(server, security, None, is_encrypted=False)
    assert len(received) == 1


def test_without_encryption_nothing_is_sent(
    serve: Callable[[str], tuple[Server, Received]], ca: Path
) -> None:
    server, received = serve("none")
    for security in ("starttls", "tls"):
        with pytest.raises(MailError):
            send(server, security, ca, is_encrypted=False)
    assert received == []
