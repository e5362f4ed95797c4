"""Every endpoint: names and shapes as the API's documents have them."""

import io
import re
from pathlib import Path
from typing import Any

import av
import httpx

from tests.support.server import Server, files, until
from visavis.surfaces.shared.middleware import SECURITY_HEADERS

MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def test_about(server: Server) -> None:
    said = httpx.get(server.url).json()
    assert list(said) == ["name", "version", "endpoints", "authentication", "flow"]
    assert said["authentication"] == "Authorization: Bearer <api_key>"
    assert "POST /v1/generate" in said["endpoints"]


def test_health_needs_no_key(server: Server) -> None:
    assert httpx.get(f"{server.url}/v1/health").json() == {
        "status": "all systems go",
        "services": {"avatar_generation": "online"},
    }
    assert httpx.get(f"{server.url}/healthz").json() == {"status": "ok"}


def test_status(client: httpx.Client) -> None:
    said = client.get("/v1/status").json()
    assert said["status"] == "operational"
    assert list(said["services"]) == ["avatar_generation", "voice_synthesis"]


def test_me(server: Server) -> None:
    with server.client(server.make_key("My API Key", tier="production", requests_per_minute=30)) as client:
        client.get("/v1/status")
        said = client.get("/v1/me").json()
        assert list(said) == [
            *("authenticated", "key_prefix", "name", "tier", "requests_used", "rate_limit", "billing")
        ]
        assert said["authenticated"] is True
        assert re.fullmatch(r"sk_live_\w{4}", said["key_prefix"])
        assert (said["name"], said["tier"], said["requests_used"]) == ("My API Key", "production", 2)
        assert said["rate_limit"]["requests_per_minute"] == 30
        assert said["rate_limit"]["remaining"] in {28, 29, 30}  # more if a minute has just ended
        assert re.fullmatch(r"\d+s", said["rate_limit"]["resets_in"])
        assert said["billing"] == "pay_as_you_go"


def test_a_job_from_submission_to_file(server: Server, client: httpx.Client, media: Path) -> None:
    answer = client.post("/v1/generate", files=files(media))
    assert answer.status_code == 202
    submitted = answer.json()
    job_id = submitted["job_id"]
    assert re.fullmatch("[0-9a-f]{12}", job_id)
    assert submitted == {
        "job_id": job_id,
        "status": "pending",
        "message": f"Job accepted. Poll GET /v1/jobs/{job_id} for status.",
    }
    early: dict[str, Any] = client.get(f"/v1/jobs/{job_id}").json()
    job = server.finished(job_id)
    for said in (early, job):
        assert list(said)[:9] == [
            *("job_id", "type", "status", "queue_position", "input", "output", "error", "error_code"),
            "timing",
        ]
        assert list(said["timing"]) == ["created_at", "started_at", "completed_at", "latency_ms"]
        assert said["type"] == "video"
        assert said["input"] == {
            "text_preview": None,
            "language": None,
            "chars": None,
            "audio_size": (media / "short.wav").stat().st_size,
            "image_size": (media / "face.jpg").stat().st_size,
        }
    if early["status"] != "completed":
        assert list(early["output"]) == ["duration", "size_bytes", "sample_rate"]
        assert "url" not in early
    assert job["status"] == "completed"
    assert job["queue_position"] == 0
    assert job["output"]["has_result"] is True
    assert job["expires_in"] == 86_400
    assert job["result_url"] == f"/v1/jobs/{job_id}/result"
    assert all(re.fullmatch(MOMENT, job["timing"][name]) for name in list(job["timing"])[:3])
    assert job["timing"]["latency_ms"] > 0
    result = client.get(job["result_url"]).json()
    assert list(result) == ["url", "content_type", "expires_in"]
    assert (result["content_type"], result["expires_in"]) == ("video/mp4", 86_400)
    video = httpx.get(result["url"])
    assert video.headers["content-type"] == "video/mp4"
    assert len(video.content) == job["output"]["size_bytes"]
    with av.open(io.BytesIO(video.content)) as file:
        assert "AI" in file.metadata["comment"]
        assert file.streams.video[0].codec_context.name == "h264"
        assert file.streams.audio[0].codec_context.name == "aac"
    part = httpx.get(result["url"], headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, video.content[:10])
    # What was sent is not kept.
    assert not list((server.data / "objects" / "uploads").glob(f"{job_id}/*"))


def test_a_changed_link_is_refused(server: Server, client: httpx.Client, media: Path) -> None:
    job = server.finished(client.post("/v1/generate", files=files(media)).json()["job_id"])
    url = httpx.URL(job["url"])
    later = str(int(url.params["expires"]) + 1)
    for bent in (
        url.copy_set_param("signature", "0" * 64),
        url.copy_set_param("expires", later),
        url.copy_set_param("expires", "x"),
        url.copy_with(path=url.path.replace("/1.mp4", "/2.mp4")),
        url.copy_with(path="/v1/files/../serve.log"),
        url.copy_with(query=b""),
    ):
        assert httpx.get(bent).status_code == 404


def test_the_list_of_jobs(server: Server, media: Path) -> None:
    with server.client(server.make_key("list", requests_per_minute=1000)) as client:
        made = [client.post("/v1/tts/generate-wav", json={"text": f"{n}"}).json()["job_id"] for n in range(5)]
        for job_id in made:
            with server.client(client.headers["authorization"].split()[1]):
                server.finished(job_id, client.headers["authorization"].split()[1])
        said = client.get("/v1/jobs", params={"limit": 2, "offset": 1}).json()
        assert {name: said[name] for name in ("count", "limit", "offset")} == {
            "count": 5,
            "limit": 2,
            "offset": 1,
        }
        assert [row["job_id"] for row in said["jobs"]] == [made[3], made[2]]
        assert list(said["jobs"][0]) == [
            *("job_id", "type", "status", "created_at", "completed_at", "latency_ms", "output_duration"),
            *("input_chars", "error_code"),
        ]
        assert said["jobs"][0]["input_chars"] == 1
        assert client.get("/v1/jobs").json()["limit"] == 20


def test_every_answer_carries_the_security_headers(server: Server, client: httpx.Client) -> None:
    paths = ("/", "/v1/health", "/v1/me", "/v1/jobs/000000000000", "/nowhere", "/v1/files/x", "/docs")
    for answer in [client.get(path) for path in paths] + [client.delete("/v1/me")]:
        for name, value in SECURITY_HEADERS.items():
            assert answer.headers[name] == value


def test_metrics_count_requests_by_route(client: httpx.Client) -> None:
    client.get("/v1/jobs/000000000000")
    said = client.get("/metrics").text
    assert (
        'visavis_requests_total{method="GET",route="/v1/jobs/{job_id}",status="404",surface="atlas"}' in said
    )
    assert "visavis_slots" in said


def test_metrics_count_the_console_too(server: Server, client: httpx.Client) -> None:
    httpx.get(f"{server.url}/console/api/session").raise_for_status()
    httpx.get(f"{server.url}/sign-in", headers={"Accept": "text/html"}).raise_for_status()
    said = client.get("/metrics").text
    counted = 'visavis_requests_total{method="GET",route='
    assert f'{counted}"/console/api/session",status="200",surface="console"}}' in said
    assert f'{counted}"/{{page:path}}",status="200",surface="pages"}}' in said


def test_another_key_never_sees_a_job(server: Server, client: httpx.Client, media: Path) -> None:
    job_id = client.post("/v1/generate", files=files(media)).json()["job_id"]
    server.finished(job_id)
    with server.client(server.make_key("stranger", requests_per_minute=1000)) as stranger:
        for path in (f"/v1/jobs/{job_id}", f"/v1/jobs/{job_id}/result"):
            answer = stranger.get(path)
            assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
        assert stranger.get("/v1/jobs").json() == {"jobs": [], "count": 0, "limit": 20, "offset": 0}


def test_an_idempotency_key_returns_the_first_answer(server: Server, media: Path) -> None:
    with server.client(server.make_key("again", requests_per_minute=1000)) as client:
        headers = {"Idempotency-Key": "once"}
        first = client.post("/v1/generate", files=files(media), headers=headers)
        second = client.post("/v1/generate", files=files(media), headers=headers)
        assert (first.status_code, second.status_code) == (202, 202)
        assert first.json()["job_id"] == second.json()["job_id"]
        other = client.post("/v1/generate", files=files(media, image="face.png"), headers=headers)
        assert (other.status_code, other.json()["error"]) == (409, "idempotency_key_mismatch")
        assert client.get("/v1/jobs").json()["count"] == 1


def test_speech(server: Server, client: httpx.Client, media: Path) -> None:
    said = {"text": "Guten Tag, wie geht es Ihnen?", "language": "de", "voice": "f2"}
    mp3 = client.post("/v1/tts/generate", json=said).json()["job_id"]
    wav = client.post("/v1/tts/generate-wav", json=said).json()["job_id"]
    picture = {"image": ("face.webp", (media / "face.webp").read_bytes(), "image/webp")}
    video = client.post("/v1/tts/generate-video", data={"text": "Hello there."}, files=picture).json()[
        "job_id"
    ]
    for job_id, content_type, kind, begin in (
        (mp3, "audio/mpeg", "tts", (b"ID3", b"\xff")),
        (wav, "audio/wav", "tts", (b"RIFF",)),
        (video, "video/mp4", "video", (b"\0\0\0",)),
    ):
        job = server.finished(job_id)
        assert (job["status"], job["type"]) == ("completed", kind), job
        if job_id != video:
            assert job["input"]["language"] == "de"
            assert job["input"]["text_preview"] == said["text"]
            assert job["input"]["chars"] == len(said["text"])
            assert job["output"]["sample_rate"] in {22_050, 44_100}
        assert job["output"]["duration"] > 0.5
        answer = httpx.get(client.get(f"/v1/jobs/{job_id}/result").json()["url"])
        assert answer.headers["content-type"] == content_type
        assert answer.content.startswith(begin)


def test_usage_is_recorded_once_a_job(server: Server, client: httpx.Client, media: Path) -> None:
    job = server.finished(client.post("/v1/generate", files=files(media)).json()["job_id"])
    rows = server.rows("SELECT seconds, amount_micros FROM ledger WHERE subject_id = %s", job["job_id"])
    duration_s = job["output"]["duration"]
    assert rows == [(duration_s, -round(duration_s * 7_000_000 / 3600))]


def test_without_a_worker_health_is_degraded(server: Server, client: httpx.Client) -> None:
    def look() -> httpx.Response | None:
        server.rows("DELETE FROM workers RETURNING id")
        answer = client.get("/v1/health")
        return answer if answer.status_code == 503 else None

    answer = until(look)
    assert answer is not None
    assert answer.json() == {"status": "degraded", "services": {"avatar_generation": "offline"}}
    until(lambda: client.get("/v1/health").status_code == 200)


def test_the_log_holds_no_keys_texts_or_names(server: Server, client: httpx.Client, media: Path) -> None:
    client.post("/v1/generate", files=files(media))
    said = {"text": "unmistakable words", "callback_url": "https://secret-receiver.invalid/x"}
    client.post("/v1/tts/generate", json=said)
    client.post("/v1/tts/generate", json={"text": "unmistakable words", "language": "tlh"})
    log = server.log.read_text()
    assert '"route": "/v1/generate"' in log
    for private in (server.key, "unmistakable", "face.jpg", "short.wav", "secret-receiver"):
        assert private not in log
