"""`visavis doctor`: each kind of trouble is found, and comes with what to do."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
from typer.testing import CliRunner

from visavis.bootstrap.doctor import Finding, State, examine, machine, network
from visavis.cli.main import app
from visavis.settings import Settings, read_settings


def findings(
    monkeypatch: pytest.MonkeyPatch, data: Path, *, host: str = "127.0.0.1", port: int = 0, **settings: str
) -> dict[str, list[Finding]]:
    """All findings, by name. No port and no model of this machine matters unless a test says so."""
    for name, value in {"rooms_port": "0", "rooms_udp_port": "0", "offline": "1", **settings}.items():
        monkeypatch.setenv(f"VISAVIS_{name.upper()}", value)
    found: dict[str, list[Finding]] = {}
    for each in examine(data, host, port):
        found.setdefault(each.name, []).append(each)
    return found


def test_nothing_is_created(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = findings(monkeypatch, tmp_path / "data", models_dir=str(tmp_path / "models"))
    assert list(tmp_path.iterdir()) == []
    assert found["Data folder"][0].found.startswith(str(tmp_path / "data"))
    assert found["Codecs"][0].state is State.OK
    assert "PostgreSQL" in found["Postgres"][0].found or found["Postgres"][0].advice


def test_settings_that_are_not_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISAVIS_LIVE_SLOT", "1")
    done = CliRunner().invoke(app, ["doctor", "--json"])
    report = json.loads(done.stdout)
    assert (done.exit_code, report["healthy"]) == (1, False)
    last = report["checks"][-1]
    assert (last["name"], last["state"]) == ("Settings", "problem")
    assert "Did you mean VISAVIS_LIVE_SLOTS?" in last["found"]


def test_missing_models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = findings(monkeypatch, tmp_path, models_dir=str(tmp_path / "models"))["Models"][0]
    assert found.state is State.PROBLEM
    assert "face" in found.found.partition("missing")[2]
    assert "visavis models pull --from" in found.advice


def test_ports_in_use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        taken = {"rooms_port": str(tcp.getsockname()[1]), "rooms_udp_port": str(udp.getsockname()[1])}
        found = findings(monkeypatch, tmp_path, **taken)
    assert found["HTTP port"][0].state is State.OK
    assert (found["Room port"][0].state, found["Media port"][0].state) == (State.PROBLEM, State.PROBLEM)
    assert "VISAVIS_ROOMS_UDP_PORT" in found["Media port"][0].advice


def test_too_little_disk_space(tmp_path: Path) -> None:
    full = machine.check_folder("Data folder", tmp_path, min_free_bytes=1 << 60)
    assert (full.state, "Free some disk space" in full.advice) == (State.PROBLEM, True)


def test_a_processor_without_vectors() -> None:
    """No processor has the instructions of both architectures."""
    found = {each: machine.check_processor(each).state for each in ("x86_64", "aarch64")}
    assert State.WARNING in found.values()


@pytest.mark.parametrize(
    ("host", "settings", "state"),
    [
        ("127.0.0.1", {}, State.OK),
        ("192.0.2.7", {}, State.WARNING),
        ("127.0.0.1", {"public_url": "http://avatars.example.com"}, State.WARNING),
        ("127.0.0.1", {"public_url": "https://avatars.example.com"}, State.WARNING),
        (
            "127.0.0.1",
            {"public_url": "https://avatars.example.com", "rooms_url": "wss://rooms.example.com"},
            State.OK,
        ),
    ],
)
def test_microphones_need_tls(
    monkeypatch: pytest.MonkeyPatch, host: str, settings: dict[str, str], state: State
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"VISAVIS_{name.upper()}", value)
    assert network.check_address(read_settings(), host).state is state


def test_certificates(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority, text = trustme.CA(), tmp_path / "not-pem.txt"
    text.write_text("no certificate")
    with _tls_server(authority) as url:
        monkeypatch.setenv("VISAVIS_PUBLIC_URL", url)
        monkeypatch.setenv("VISAVIS_WEBHOOK_CA", str(text))
        file, address = network.check_tls(Settings())
        assert (file.state, "VISAVIS_WEBHOOK_CA" in file.found) == (State.PROBLEM, True)
        assert (address.state, "certificate" in address.found) == (State.PROBLEM, True)
        trusted = tmp_path / "ca.pem"
        authority.cert_pem.write_to_path(str(trusted))
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        monkeypatch.setenv("VISAVIS_WEBHOOK_CA", str(trusted))
        file, address = network.check_tls(Settings())
        assert (file.state, address.state) == (State.OK, State.OK)
        assert "valid for" in address.found
    assert network.check_tls(Settings())[1].state is State.WARNING  # the proxy is not running


def test_services(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
    monkeypatch.setenv("VISAVIS_LLM_URL", url)
    monkeypatch.setenv("VISAVIS_LLM_MODEL", "any")
    found = network.check_services(Settings())
    assert [each.state for each in found] == [State.PROBLEM]
    assert f"VISAVIS_LLM_URL: {url}" in found[0].found


def test_a_database_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://u:secret@/x?host={tmp_path}")
    found = findings(monkeypatch, tmp_path)["Postgres"][0]
    assert (found.state, "secret" in found.found) == (State.PROBLEM, False)
    assert "DATABASE_URL" in found.advice


@contextmanager
def _tls_server(authority: trustme.CA) -> Iterator[str]:
    """A server that does no more than TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    with socket.create_server(("localhost", 0)) as listener:

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:  # closed
                    return
                try:
                    context.wrap_socket(connection, server_side=True).close()
                except OSError:  # the client refused our certificate
                    connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"https://localhost:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
