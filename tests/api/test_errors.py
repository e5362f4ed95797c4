"""Every error code of the API's table, on the wire."""

from pathlib import Path
from typing import Any

import httpx
import psycopg
from PIL import Image

from tests.support.server import Server, files, until
from visavis import errors
from visavis.surfaces.atlas import error_responses
from visavis.surfaces.shared.authentication import AuthUnavailableError


def code(answer: httpx.Response) -> tuple[int, str]:
    said = answer.json()
    assert set(said) <= {"error", "message", "retry_after_seconds"}
    assert said["message"]
    return answer.status_code, said["error"]


def test_missing_and_malformed_authorization_is_unauthorized(server: Server) -> None:
    missing = httpx.get(f"{server.url}/v1/me")
    assert code(missing) == (401, "unauthorized")
    assert missing.json()["message"] == "Missing Authorization header. Use: Authorization: Bearer <api_key>"
    for header in ("Token x", "Bearer", "Bearer a b", server.key):
        wrong = httpx.get(f"{server.url}/v1/me", headers={"Authorization": header})
        assert code(wrong) == (401, "unauthorized")
        said = "Invalid Authorization format. Use: Authorization: Bearer <api_key>"
        assert wrong.json()["message"] == said


def test_unknown_and_revoked_keys_are_forbidden(server: Server) -> None:
    with server.client("sk_live_unknown") as client:
        assert code(client.get("/v1/me")) == (403, "forbidden")
    key = server.make_key("gone")
    with server.client(key) as client:
        assert client.get("/v1/me").status_code == 200
        server.rows("UPDATE api_keys SET revoked_at = now() WHERE name = 'gone' RETURNING id")
        assert code(client.get("/v1/me")) == (403, "forbidden")


def test_not_found_and_wrong_method(client: httpx.Client) -> None:
    assert code(client.get("/v1/nothing")) == (404, "not_found")
    assert code(client.get("/v1/jobs/000000000000")) == (404, "not_found")
    assert code(client.get("/v1/jobs/%ff")) == (404, "not_found")
    assert code(client.get("/v1/jobs/%00")) == (400, "invalid_input")
    for method, path in (("DELETE", "/v1/jobs"), ("GET", "/v1/generate"), ("PUT", "/")):
        assert code(client.request(method, path)) == (405, "method_not_allowed")


def test_validation(client: httpx.Client, media: Path) -> None:
    whole = files(media)
    for wrong in (
        client.post("/v1/generate"),
        client.post("/v1/generate", files={"audio": whole["audio"]}),
        client.post("/v1/generate", files={"image": whole["image"]}),
        client.post("/v1/generate", data={"audio": "x"}, files={"image": whole["image"]}),
        client.post(
            "/v1/generate", content=b"--x", headers={"Content-Type": "multipart/form-data; boundary=y"}
        ),
        client.post("/v1/generate", content=b"", headers={"Content-Type": "multipart/form-data"}),
        client.get("/v1/jobs", params={"limit": 0}),
        client.get("/v1/jobs", params={"limit": 101}),
        client.get("/v1/jobs", params={"limit": "x"}),
        client.get("/v1/jobs", params={"offset": -1}),
        client.get("/v1/jobs", params={"offset": 2**70}),
        client.post("/v1/generate", files=whole, headers={"Idempotency-Key": "x" * 201}),
        client.post("/v1/tts/generate"),
        client.post("/v1/tts/generate", json={}),
        client.post("/v1/tts/generate", json={"text": 7}),
        client.post("/v1/tts/generate", json={"text": "  "}),
        client.post("/v1/tts/generate", json={"text": "a", "language": "klingon-tlh-x"}),
        client.post("/v1/tts/generate", json={"text": "a", "voice": "nobody"}),
        client.post("/v1/tts/generate", json={"text": "a" * 5001}),
        client.post("/v1/tts/generate", json={"text": "a\0b"}),
        client.post("/v1/tts/generate", json=[]),
        client.post("/v1/tts/generate", content=b"{", headers={"Content-Type": "application/json"}),
        client.post("/v1/tts/generate", content=b"[" * 100_000, headers={"Content-Type": "application/json"}),
        client.post("/v1/tts/generate-video", data={"text": "a"}, files={"x": b"x"}),
    ):
        assert code(wrong) == (422, "validation_error"), wrong.request


def _photo_without_a_face(folder: Path) -> bytes:
    path = folder / "empty.png"
    Image.new("RGB", (640, 480), (90, 120, 150)).save(path)
    return path.read_bytes()


def test_invalid_input_names_the_field(client: httpx.Client, media: Path, tmp_path: Path) -> None:
    good = files(media)
    jpeg, wav = good["image"][1], good["audio"][1]
    nowhere = _photo_without_a_face(tmp_path)
    for part, name, content, kind in (
        ("audio", "a.wav", b"", "audio/wav"),
        ("image", "a.png", b"", "image/png"),
        ("audio", "a.wav", b"no sound at all", "audio/wav"),
        ("audio", "a.mp3", bytes(5000), "audio/mpeg"),
        ("image", "a.jpg", b"no picture at all", "image/jpeg"),
        ("image", "a.jpg", jpeg[:300], "image/jpeg"),
        ("image", "a.png", nowhere, "image/png"),
        ("audio", "a.wav", wav[:44], "audio/wav"),
        ("audio", "a.ogg", b"OggS" + bytes(range(256)) * 20, "audio/ogg"),
    ):
        answer = client.post("/v1/generate", files=good | {part: (name, content, kind)})
        assert code(answer) == (400, "invalid_input"), (part, name)
        words = ("audio", "sound") if part == "audio" else ("image", "photo", "picture", "face")
        assert any(word in answer.json()["message"].lower() for word in words)


def test_a_covered_mouth_is_refused_when_it_is_sent(
    client: httpx.Client, media: Path, masked_png: bytes
) -> None:
    photo = ("masked.png", masked_png, "image/png")
    for answer in (
        client.post("/v1/generate", files=files(media) | {"image": photo}),
        client.post("/v1/tts/generate-video", data={"text": "Hello."}, files={"image": photo}),
        client.post("/v1/realtime/session", files={"face": photo}),
    ):
        assert code(answer) == (400, "invalid_input"), answer.request
        assert "mouth seems to be covered" in answer.json()["message"]


def test_unsupported_media_type(client: httpx.Client, media: Path) -> None:
    good = files(media)
    for part, name, content, kind in (
        ("audio", "a.aiff", b"FORM" + bytes(100), "audio/wav"),
        ("audio", "a.txt", b"just words", "text/plain"),
        ("audio", "a.jpg", good["image"][1], "audio/wav"),
        ("image", "a.gif", b"GIF89a" + bytes(100), "image/png"),
        ("image", "a.pdf", b"%PDF-1.7" + bytes(100), "image/jpeg"),
        ("image", "a.wav", good["audio"][1], "image/png"),
        ("image", "a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
    ):
        answer = client.post("/v1/generate", files=good | {part: (name, content, kind)})
        assert code(answer) == (415, "unsupported_media_type"), (part, name)
    assert code(client.post("/v1/generate", json={"audio": "x"})) == (415, "unsupported_media_type")
    plain = client.post("/v1/tts/generate", content=b"a", headers={"Content-Type": "text/plain"})
    assert code(plain) == (415, "unsupported_media_type")


def test_bodies_that_are_too_large_with_and_without_content_length(client: httpx.Client, media: Path) -> None:
    wav, jpeg = files(media)["audio"][1], files(media)["image"][1]
    large = wav + bytes(51 * 2**20)
    said = client.post("/v1/generate", files={"audio": ("a.wav", large), "image": ("a.jpg", jpeg)})
    assert code(said) == (413, "payload_too_large")

    def chunks() -> Any:
        yield b'--x\r\nContent-Disposition: form-data; name="audio"; filename="a"\r\n\r\n' + wav
        for _ in range(52):
            yield bytes(2**20)
        yield b"\r\n--x--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert code(client.post("/v1/generate", content=chunks(), headers=headers)) == (413, "payload_too_large")


def test_invalid_callback(client: httpx.Client, media: Path) -> None:
    for url in (
        *("http://example.com/x", "https://localhost/x", "https://127.0.0.1/x", "https://10.1.2.3/"),
        *("https://[::1]/", "https://169.254.169.254/latest", "https://u:p@example.com/", "ftp://x", "x"),
        *("https://0x7f.1/", "https://2130706433/", "https://[::ffff:127.0.0.1]/", "https://" + "a" * 2100),
        *("https://metadata.invalid/", "https:///x", "https://a:99999/"),
    ):
        answer = client.post("/v1/generate", files=files(media), headers={"X-Callback-URL": url})
        assert code(answer) == (400, "invalid_callback_url"), url
    answer = client.post("/v1/tts/generate", json={"text": "a", "callback_url": "https://localhost/x"})
    assert code(answer) == (400, "invalid_callback_url")


def test_rate_limit_and_monthly_cap(server: Server) -> None:
    with server.client(server.make_key("slow", requests_per_minute=5)) as client:
        answers = [client.get("/v1/status") for _ in range(7)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
        said = answers[-1].json()
        assert said["error"] == "rate_limit_exceeded"
        assert said["message"] == "Slow down! You've hit the limit of 5 requests per minute."
        assert 1 <= said["retry_after_seconds"] <= 60
        assert answers[-1].headers["retry-after"] == str(said["retry_after_seconds"])
        # Asking after a job has an allowance of its own, and an end as well.
        polls = [client.get("/v1/jobs/000000000000").status_code for _ in range(52)]
        assert polls == [404] * 50 + [429] * 2
    with server.client(server.make_key("capped", monthly_cap=2, requests_per_minute=100)) as client:
        assert [client.get("/v1/status").status_code for _ in range(2)] == [200, 200]
        assert code(client.get("/v1/status")) == (429, "monthly_cap_exceeded")


def test_not_ready_no_output_and_failed_jobs(server: Server, client: httpx.Client) -> None:
    key = server.rows("SELECT account_id, id FROM api_keys WHERE name = 'First key'")[0]
    output = '{"path": "results/x/1.mp4", "size_bytes": 1}'
    for job_id, status, more in (
        (
            "0000000000a1",
            "completed",
            f", expires_at = now() - interval '1 s', output = '{output}'",
        ),
        ("0000000000a2", "failed", ", error = 'Processing failed. Please try again.'"),
    ):
        server.rows(
            "INSERT INTO jobs (id, account_id, key_id, surface, kind, input, base_url, status) "
            "VALUES (%s, %s, %s, 'atlas', 'video', %s, 'http://x', %s) RETURNING id",
            *(job_id, *key, '{"image": {"size_bytes": 1}}', status),
        )
        server.rows(
            f"UPDATE jobs SET error_code = 'generation_failed'{more} WHERE id = %s RETURNING id", job_id
        )
        assert code(client.get(f"/v1/jobs/{job_id}/result")) == (404, "no_output")
    failed = client.get("/v1/jobs/0000000000a2").json()
    assert (failed["status"], failed["error_code"]) == ("failed", "generation_failed")
    assert "url" not in failed
    waiting = client.post("/v1/tts/generate", json={"text": "word " * 900}).json()["job_id"]
    answer = client.get(f"/v1/jobs/{waiting}/result")
    assert code(answer) == (409, "not_ready")
    message = "Job is still processing. Poll GET /v1/jobs/{id} until status is completed."
    assert answer.json()["message"] == message
    server.finished(waiting)


def test_a_failing_object_store(server: Server, client: httpx.Client, media: Path) -> None:
    unfinished = "SELECT id FROM jobs WHERE status IN ('pending', 'processing')"
    until(lambda: not server.rows(unfinished), what="the end of other tests' jobs")
    uploads = server.data / "objects" / "uploads"
    aside = uploads.with_name("aside")
    if uploads.exists():
        uploads.rename(aside)
    uploads.parent.mkdir(exist_ok=True)
    uploads.write_bytes(b"not a folder")
    try:
        assert code(client.post("/v1/generate", files=files(media))) == (503, "storage_error")
    finally:
        uploads.unlink()
        if aside.exists():
            aside.rename(uploads)
    server.finished(client.post("/v1/generate", files=files(media)).json()["job_id"])


def test_each_row_of_the_error_table_has_an_error() -> None:
    leads: dict[str, errors.VisavisError] = {
        "internal_error": errors.ModelsMissingError("x"),
        "url_generation_failed": errors.LinkError("x"),
        "generation_failed": errors.ChildError("x"),
        "queue_unavailable": error_responses.QueueUnavailableError("x"),
        "auth_unavailable": AuthUnavailableError("x"),
        "temporarily_unavailable": errors.DatabaseError("x"),
        "storage_unavailable": errors.StoreFullError("x"),
        "storage_error": errors.StoreError("x"),
    }
    for name, error in leads.items():
        assert error_responses.TABLE.response_to(error).code == name
    statuses = {"internal_error": 500, "url_generation_failed": 500, "generation_failed": 502}
    for name, error in leads.items():
        assert error_responses.TABLE.response_to(error).status == statuses.get(name, 503)


def test_an_unexpected_error_is_an_internal_error(server: Server, client: httpx.Client) -> None:
    """A table that is not as the code has it: no trace, no page of a framework's own."""
    with psycopg.connect(server.database_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE key_months RENAME TO hidden")
        try:
            answer = client.get("/v1/me")
        finally:
            connection.execute("ALTER TABLE hidden RENAME TO key_months")
    assert answer.status_code == 500
    assert answer.json() == {"error": "internal_error", "message": "Unexpected server error."}
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert client.get("/v1/me").status_code == 200
