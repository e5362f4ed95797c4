"""The commands around the server: keys, users, another database."""

import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import psycopg
import pytest
from typer.testing import CliRunner

from tests.support.fixtures import CLIENT_VARIABLES
from tests.support.server import Server, files, until
from visavis.adapters import tethered
from visavis.adapters.postgres import EmbeddedPostgres
from visavis.bootstrap.doctor import State, network, stores
from visavis.cli.main import app
from visavis.settings import Settings


def visavis(*words: str, **env: str) -> "subprocess.CompletedProcess[str]":
    command = [str(Path(sys.executable).with_name("visavis")), *words]
    return subprocess.run(
        tethered.command(command, on_parents_death=signal.SIGKILL),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | env,
    )


@pytest.mark.slow
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
        edited = visavis("keys", "edit", "Of the command line", "--no-conversation", *data)
        assert "may not open conversations" in edited.stdout
        refused = client.post("/v1/realtime/session", json={"mode": "conversation"})
        assert refused.json()["error"] == "conversation_disabled"
        assert visavis("keys", "revoke", "Of the command line", *data).returncode == 0
        assert client.get("/v1/me").status_code == 403
    again = visavis("keys", "revoke", "nothing of that name", *data)
    assert again.returncode == 2
    assert "no key" in again.stderr


@pytest.mark.slow
def test_keys_while_the_server_is_stopped(open_folder: Callable[[], Path]) -> None:
    data = ("--data", str(open_folder()))
    user = visavis("users", "create", "ada@example.com", "--password", "correct horse battery", *data)
    assert user.returncode == 0, user.stderr
    owned = visavis("keys", "create", "Ada's", "--owner", "ada@example.com", *data)
    assert "sk_live_" in owned.stdout
    assert visavis("keys", "create", "x", "--owner", "nobody@example.com", *data).returncode == 2


def test_servers_and_commands_ignore_the_variables_of_a_client(server: Server) -> None:
    assert server.env.items() >= CLIENT_VARIABLES.items()
    assert httpx.get(f"{server.url}/healthz").status_code == 200
    listed = visavis("keys", "list", "--data", str(server.data), **CLIENT_VARIABLES)
    assert listed.returncode == 0, listed.stderr
    assert "First key" in listed.stdout


def test_a_second_server_on_the_same_folder_is_refused(server: Server) -> None:
    second = visavis("serve", "--port", "0", "--data", str(server.data))
    assert second.returncode != 0
    assert "Another" in second.stderr
    assert httpx.get(f"{server.url}/healthz").status_code == 200


def test_a_port_in_use_gives_one_clear_line(server: Server, open_folder: Callable[[], Path]) -> None:
    port = server.url.rpartition(":")[2]
    refused = visavis("serve", "--port", port, "--data", str(open_folder()))
    assert refused.returncode == 2
    assert f"port {port}" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.slow
def test_outages_of_an_external_database(
    start_server: Callable[..., Server],
    open_folder: Callable[[], Path],
    media: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    postgres = EmbeddedPostgres(open_folder() / "elsewhere")
    postgres.start()
    try:
        monkeypatch.setenv("DATABASE_URL", postgres.url)
        server = start_server(render_processes="1", key="to be made")
        _uses_the_other_database(server, postgres.url)
        with server.client() as client:
            _says_that_the_queue_is_unavailable(client, postgres.url, media)
            postgres.stop()
            answers = {path: client.get(path) for path in ("/v1/me", "/v1/health", "/metrics", "/healthz")}
            assert answers["/v1/me"].status_code == 503
            assert answers["/v1/me"].json()["error"] == "auth_unavailable"
            assert answers["/v1/health"].status_code == 503
            assert answers["/v1/health"].json() == {
                "status": "offline",
                "services": {"avatar_generation": "offline"},
            }
            assert answers["/metrics"].json()["error"] == "temporarily_unavailable"
            assert answers["/healthz"].json() == {"status": "ok"}
            postgres.start()
            assert client.get("/v1/me").status_code == 200
            until(lambda: client.get("/v1/health").status_code == 200)
            job_id = client.post("/v1/tts/generate-wav", json={"text": "Back"}).json()["job_id"]
            until(lambda: client.get(f"/v1/jobs/{job_id}").json()["status"] == "completed")
        server.stop()
    finally:
        postgres.stop()


def _uses_the_other_database(server: Server, url: str) -> None:
    assert server.processes()["postgres"] == []
    assert not (server.data / "postgres").exists()
    made = visavis("keys", "create", "outside", "--data", str(server.data), DATABASE_URL=url)
    server.key = made.stdout.splitlines()[0].rpartition(" ")[2]


def _says_that_the_queue_is_unavailable(client: httpx.Client, url: str, media: Path) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$"
        )
        connection.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON procrastinate_jobs EXECUTE FUNCTION full_disk()"
        )
        answer = client.post("/v1/generate", files=files(media))
        assert (answer.status_code, answer.json()["error"]) == (503, "queue_unavailable")
        assert client.get("/v1/jobs").json()["count"] == 0
        connection.execute("DROP TRIGGER full_disk ON procrastinate_jobs")


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec

    def find(name: str, package: str | None = None) -> object:
        return None if name == "fastapi" else found(name, package)

    monkeypatch.setattr("visavis.cli.serve.find_spec", find)
    for words in (["serve"], ["work"], ["keys", "list"], ["verify", "x.mp4"]):
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 1
        assert "visavis[serve]" in result.output


def test_doctor_knows_a_server_that_runs(
    server: Server, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(server.url.rpartition(":")[2])
    running = [each.found for each in network.check_ports(Settings(), "127.0.0.1", port)]
    assert running == [f"visavis is running on 127.0.0.1 port {port}"]
    embedded = stores.check_postgres(Settings(), server.data)
    assert (embedded.state, embedded.found.endswith("running")) == (State.OK, True)
    monkeypatch.setenv("DATABASE_URL", postgres)
    assert stores.check_postgres(Settings(), server.data).state is State.OK
    monkeypatch.setenv("VISAVIS_LLM_URL", f"{server.url}/v1")
    monkeypatch.setenv("VISAVIS_LLM_MODEL", "any")
    assert network.check_services(Settings())[0].found == f"VISAVIS_LLM_URL: {server.url}/v1 answers (404)"
