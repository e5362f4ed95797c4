"""The commands around the server: keys, users, another database."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import Server
from visavis.adapters import tethered


def visavis(*words: str, **env: str) -> "subprocess.CompletedProcess[str]":
    command = [str(Path(sys.executable).with_name("visavis")), *words]
    return subprocess.run(
        tethered.command(command, on_parents_death=signal.SIGKILL),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | env,
    )


def test_keys_while_the_server_runs(server: Server) -> None:
    data = ("--data", str(server.data))
    made = visavis("keys", "create", "Of the command line", "--rate", "7", *data)
    assert made.returncode == 0, made.stderr
    key = made.stdout.splitlines()[0].rpartition(" ")[2]
    with server.client(key) as client:
        assert client.get("/v1/me").json()["rate_limit"]["requests_per_minute"] == 7
        listed = visavis("keys", "list", *data).stdout
        assert "Of the command line" in listed
        assert key not in listed
        assert visavis("keys", "secret", "Of the command line", *data).stdout.startswith("whsec_")
        assert visavis("keys", "revoke", "Of the command line", *data).returncode == 0
        assert client.get("/v1/me").status_code == 403
    again = visavis("keys", "revoke", "nothing of that name", *data)
    assert again.returncode == 2
    assert "no key" in again.stderr


def test_keys_while_it_does_not(open_folder: Callable[[], Path]) -> None:
    data = ("--data", str(open_folder()))
    user = visavis("users", "create", "ada@example.com", "--password", "correct horse battery", *data)
    assert user.returncode == 0, user.stderr
    owned = visavis("keys", "create", "Ada's", "--owner", "ada@example.com", *data)
    assert "sk_live_" in owned.stdout
    assert visavis("keys", "create", "x", "--owner", "nobody@example.com", *data).returncode == 2


def test_a_second_server_on_the_same_folder_is_refused(server: Server) -> None:
    second = visavis("serve", "--port", "0", "--data", str(server.data))
    assert second.returncode != 0
    assert "Another" in second.stderr
    assert httpx.get(f"{server.url}/healthz").status_code == 200


def test_a_port_that_is_taken_is_one_clear_line(server: Server, open_folder: Callable[[], Path]) -> None:
    port = server.url.rpartition(":")[2]
    refused = visavis("serve", "--port", port, "--data", str(open_folder()))
    assert refused.returncode == 2
    assert f"port {port}" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_another_database_is_used(
    start_server: Callable[..., Server], postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", postgres)
    server = start_server(render_children="1", key="to be made")
    assert server.processes()["postgres"] == []
    assert not (server.data / "postgres").exists()
    made = visavis("keys", "create", "outside", "--data", str(server.data), DATABASE_URL=postgres)
    server.key = made.stdout.splitlines()[0].rpartition(" ")[2]
    with server.client() as client:
        job_id = client.post("/v1/tts/generate-wav", json={"text": "Hello"}).json()["job_id"]
        assert server.finished(job_id)["status"] == "completed"
    server.stop()
