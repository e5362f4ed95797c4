"""Notifications over real TLS, to a receiver on this machine with an authority of its own."""

import asyncio
import base64
import hashlib
import hmac
import http.server
import ipaddress
import json
import secrets
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
import trustme
from PIL import Image
from typer.testing import CliRunner

from tests.support.server import Server, files, until
from visavis.adapters.public_http import PublicHttp
from visavis.cli.main import app
from visavis.core import webhooks
from visavis.errors import CallbackError

DELIVERIES = "deliveries d JOIN events e ON e.id = event_id WHERE subject_id = %s"


@dataclass
class Receiver:
    """Takes notifications; answers with the statuses it is given, then with 200. It also has files."""

    port: int
    authority: Path
    answers: list[int] = field(default_factory=list)
    taken: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    held: dict[str, threading.Event] = field(default_factory=dict)
    """What GET requests of a path wait for, at most a minute."""

    def url(self, path: str) -> str:
        return f"https://localhost:{self.port}{path}"

    def of(self, path: str) -> list[tuple[dict[str, str], bytes]]:
        return [(headers, body) for at, headers, body in self.taken if at == path]


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    folder = tmp_path_factory.mktemp("authority")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.taken.append((self.path, dict(self.headers), body))
            status = receiver.answers.pop(0) if receiver.answers else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", receiver.url("/elsewhere"))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            if self.path in receiver.held:
                receiver.held[self.path].wait(60)
            content = receiver.files.get(self.path)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *words: object) -> None:
            pass

    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.socket = tls.wrap_socket(httpd.socket, server_side=True)
    receiver = Receiver(httpd.server_port, folder / "ca.pem")
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    yield receiver
    httpd.shutdown()
    httpd.server_close()
    thread.join()


@pytest.fixture(scope="module")
def notifying(start_server: Callable[..., Server], receiver: Receiver) -> Iterator[Server]:
    server = start_server(
        webhook_networks='["127.0.0.0/8"]',
        webhook_ca=str(receiver.authority),
        webhook_retry_delays_s="[0.1, 0.2, 0.3]",
        render_processes="1",
        requests_per_minute="10000",
        agent_price_credits="250",
    )
    yield server
    server.stop()


def _submit(server: Server, media: Path, url: str, **form: Any) -> str:
    with server.client() as client:
        answer = client.post("/v1/generate", files=files(media, **form), headers={"X-Callback-URL": url})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job_id"])


def test_a_completed_job_sends_a_signed_webhook(notifying: Server, receiver: Receiver, media: Path) -> None:
    job_id = _submit(notifying, media, receiver.url("/done"))
    [(headers, body)] = until(lambda: receiver.of("/done"))
    said = json.loads(body)
    assert list(said) == [
        *("event", "job_id", "type", "status", "url", "expires_in", "result_url", "created_at"),
        *("completed_at", "warnings"),
    ]
    assert said["warnings"] == []
    assert (said["event"], said["job_id"], said["type"], said["status"]) == (
        *("job.completed", job_id, "video", "completed"),
    )
    assert said["result_url"] == f"{notifying.url}/v1/jobs/{job_id}/result"
    assert said["url"].startswith(notifying.url)
    assert said["created_at"].endswith("+00:00")
    # The check that the API's documents give to clients.
    secret = notifying.webhook_secret(notifying.key)
    expected = hmac.new(
        secret.encode(), f"{headers['X-Atlas-Timestamp']}.{body.decode()}".encode(), hashlib.sha256
    ).hexdigest()
    assert hmac.compare_digest(expected, headers["X-Atlas-Signature"])


def test_a_failing_receiver_is_retried_three_times(
    notifying: Server, receiver: Receiver, media: Path
) -> None:
    receiver.answers[:] = [500, 302, 404, 503, 200]
    job_id = _submit(notifying, media, receiver.url("/failing"))
    statement = f"SELECT attempts, outcome FROM {DELIVERIES} AND given_up_at IS NOT NULL"
    assert until(lambda: notifying.rows(statement, job_id)) == [(4, "503")]
    assert len(receiver.of("/failing")) == 4
    assert not receiver.of("/elsewhere")
    receiver.answers.clear()


def test_a_receiver_that_recovers_gets_the_webhook(
    notifying: Server, receiver: Receiver, media: Path
) -> None:
    receiver.answers[:] = [500]
    job_id = _submit(notifying, media, receiver.url("/back"))
    statement = f"SELECT attempts FROM {DELIVERIES} AND delivered_at IS NOT NULL"
    assert until(lambda: notifying.rows(statement, job_id)) == [(2,)]


def test_a_failed_job_sends_a_webhook_without_a_result(
    notifying: Server, receiver: Receiver, media: Path
) -> None:
    with notifying.client() as client:
        job_id = client.post(
            "/v1/tts/generate", json={"text": "…!?", "callback_url": receiver.url("/failed")}
        ).json()["job_id"]
    [(_, body)] = until(lambda: receiver.of("/failed"))
    said = json.loads(body)
    assert list(said) == ["event", "job_id", "type", "status", "error_code", "created_at", "completed_at"]
    assert (said["event"], said["job_id"], said["error_code"]) == ("job.failed", job_id, "invalid_input")


def test_avatar_jobs_send_webhooks_of_their_own(notifying: Server, receiver: Receiver) -> None:
    """Signed as Standard Webhooks; the check is the one of its libraries."""
    metadata = {"campaign": "spring"}
    with notifying.client() as client:
        for path in ("/avatar", "/no-avatar"):
            body = {"prompt": "A sailor", "output": {"resolution": "512"}, "metadata": metadata}
            body |= {"client_reference_id": "ref-1", "webhook_url": receiver.url(path)}
            accepted = client.post("/api/v1/avatars/generate", json=body)
            assert accepted.status_code == 202
    # The first one is still painted. The second one fails as if it had been tried too often.
    notifying.rows("UPDATE jobs SET attempt = 3 WHERE id = %s RETURNING id", accepted.json()["job_id"])
    [(headers, body)] = until(lambda: receiver.of("/avatar"))
    said = json.loads(body)
    assert (said["type"], said["data"]["status"]) == ("avatar.completed", "completed")
    assert (said["data"]["metadata"], said["data"]["client_reference_id"]) == (metadata, "ref-1")
    assert said["data"]["avatar"]["image_url"] == said["data"]["result_url"]
    assert httpx.get(said["data"]["result_url"]).headers["content-type"] == "image/png"
    secret = base64.b64decode(notifying.webhook_secret(notifying.key).removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body.decode()}"
    expected = base64.b64encode(hmac.new(secret, signed.encode(), hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-id"] == said["id"]
    [(_, body)] = until(lambda: receiver.of("/no-avatar"))
    failed = json.loads(body)
    assert (failed["type"], failed["data"]["error_code"]) == ("avatar.failed", "generation_failed")
    assert failed["data"]["avatar"] is None


def _write_clip(picture: Path, target: Path) -> None:
    """A video of half a second that shows a picture."""
    with av.open(str(target), "w") as clip, Image.open(picture) as shown:
        stream = clip.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = *shown.size, "yuv420p"
        for _ in range(13):
            clip.mux(stream.encode(av.VideoFrame.from_image(shown)))
        clip.mux(stream.encode(None))


def test_agents_send_webhooks_of_their_own_and_cost_credits(
    notifying: Server, receiver: Receiver, media: Path, tmp_path: Path
) -> None:
    """Paid when they are accepted, and given back when they fail. Face and voice come from URLs."""
    _write_clip(media / "face.jpg", tmp_path / "face.mp4")
    receiver.files |= {
        "/face.mp4": (tmp_path / "face.mp4").read_bytes(),
        "/voice.wav": (media / "speech.wav").read_bytes(),
        "/help.html": b"<html><title>Help</title><p>Call us at any time of the day.</p></html>",
    }
    name = f"credits {secrets.token_hex(4)}"  # a second attempt has another
    with notifying.client(notifying.make_key(name)) as client:

        def generate(code: str, video: str, **fields: Any) -> httpx.Response:
            urls = {"video": receiver.url(video), "audio": receiver.url("/voice.wav")}
            body = {"agent_id": code, "video_aspect_ratio": "1:1", **urls, **fields}
            return client.post("/v1/agent/generate", json=body)

        def balance() -> int:
            return int(client.get("/v2/credit-summaries").json()["data"]["balance"])

        poor = generate("poor", "/face.mp4")
        assert (poor.status_code, poor.json()["error"]["code"]) == (402, "INSUFFICIENT_BALANCE")
        assert poor.json()["error"]["message"] == "Not enough credits: this costs 250, and the balance is 0."
        grant = ["credits", "grant", name, "500", "--data", str(notifying.data)]
        assert "has 500 credits" in CliRunner().invoke(app, grant).stdout
        hook = {"url": receiver.url("/agents"), "events": []}
        secret = client.post("/v1/webhooks", json=hook).json()["data"]["secret"]
        looked = receiver.held["/no-face.mp4"] = threading.Event()  # it fails, and is paid back, afterwards
        assert generate("lost", "/no-face.mp4").status_code == 200
        assert generate("made", "/face.mp4", duration=2).status_code == 200
        assert balance() == 0
        looked.set()

        def told() -> dict[str, tuple[dict[str, str], bytes]]:
            return {
                json.loads(body)["data"]["agent_code"]: (headers, body)
                for headers, body in receiver.of("/agents")
            }

        found = until(lambda: len(told()) == 2 and told(), within_s=100, what="both agents")
        assert isinstance(found, dict)
        assert balance() == 250
        spent = client.get("/v1/usage").json()["data"]
        assert [(each["activity_type"], each["agent_code"], each["credits_change"]) for each in spent] == [
            *(("refund", "lost", -250), ("generation", "made", 250), ("generation", "lost", 250)),
            ("grant", None, -500),
        ]
        made = client.get("/v1/agent/made").json()["data"]
        assert made["voice_id"]  # the closest to the sound at its URL
        lengths = "SELECT input->>'code', input->>'duration_s' FROM jobs WHERE kind = 'agent'"
        assert dict(notifying.rows(lengths)) == {"lost": "10.0", "made": "2.0"}
        ((manner,),) = notifying.rows("SELECT manner FROM agents WHERE code = 'made'")
        assert manner["blinks_per_minute"] is not None  # measured in the video at its URL
        known = client.post("/v1/agent/made/add-context", json={"url": receiver.url("/help.html")}).json()
        assert (known["document"]["name"], known["document"]["kind"]) == ("Help", "html")
        gone = client.post("/v1/agent/made/add-context", json={"url": receiver.url("/gone.html")})
        assert (gone.status_code, gone.json()["error"]["code"]) == (422, "VALIDATION_ERROR")
        assert "status 404" in gone.json()["error"]["message"]
    for code, event in (("lost", "agent.failed"), ("made", "agent.ready")):
        headers, body = found[code]
        said = json.loads(body)
        assert (said["event"], said["data"]["status"]) == (event, event.partition(".")[2])
        signed = f"{headers['X-BitHuman-Timestamp']}.{body.decode()}".encode()
        expected = "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        assert headers["X-BitHuman-Signature"] == expected
    assert "fetched from its URL" in json.loads(found["lost"][1])["data"]["error_message"]
    assert httpx.get(json.loads(found["made"][1])["data"]["video_url"]).headers["content-type"] == "video/mp4"


def test_a_certificate_of_an_unknown_authority_is_refused(receiver: Receiver) -> None:
    before = len(receiver.taken)
    loopback = (ipaddress.ip_network("127.0.0.0/8"),)
    http = PublicHttp(networks=loopback)
    with pytest.raises(CallbackError, match="cannot be reached"):
        asyncio.run(http.post(receiver.url("/untrusted"), b"{}", {}))
    trusting = PublicHttp(networks=loopback, certificates=receiver.authority)
    with pytest.raises(CallbackError, match="cannot be reached"):
        asyncio.run(trusting.post(receiver.url("/").replace("localhost", "127.0.0.1"), b"{}", {}))
    assert len(receiver.taken) == before
    assert asyncio.run(trusting.post(receiver.url("/trusted"), b"{}", {})) == 200


@pytest.mark.parametrize(
    "url", ["http://a.example", "https://", "https://u@a.example", "https://a b", "x" * 3000]
)
def test_invalid_callback_urls_are_refused(url: str) -> None:
    with pytest.raises(CallbackError):
        webhooks.check_url(url)
