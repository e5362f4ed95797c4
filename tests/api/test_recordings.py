"""Recordings of live sessions: begun and ended by their key, and finished by a job."""

import io

import av
import httpx
import pytest

from tests.api.test_errors import code
from tests.support.server import Server, until

SESSION = "/v1/realtime/session"


@pytest.mark.usefixtures("freed")
def test_a_session_is_recorded_to_a_job(server: Server, client: httpx.Client) -> None:
    session_id = client.post(SESSION).raise_for_status().json()["session_id"]
    path = f"{SESSION}/{session_id}/recording"
    assert code(client.delete(path)) == (404, "not_found")
    with server.client(server.make_key("other")) as other:
        assert code(other.post(path)) == (404, "not_found")

    def begun() -> bool:
        return bool(server.rows("SELECT 1 FROM sessions WHERE id = %s AND joined_at IS NOT NULL", session_id))

    until(begun, what="the avatar")
    started = client.post(path).raise_for_status().json()
    job_id = started["job_id"]
    assert started == {"session_id": session_id, "job_id": job_id, "status": "recording"}
    assert client.post(path).json() == started
    assert code(client.get(f"/v1/jobs/{job_id}")) == (404, "not_found")

    def has_fragments() -> bool:
        return any(file.stat().st_size > 10_000 for file in server.data.rglob(f"recording-{job_id}-1.mp4"))

    until(has_fragments, what="the first seconds")
    assert client.delete(path).raise_for_status().json() == started | {"status": "saving"}
    job = server.finished(job_id)
    assert (job["type"], job["status"]) == ("video", "completed")
    assert job["output"]["duration"] > 1
    with av.open(io.BytesIO(httpx.get(job["url"]).content)) as video:
        assert [stream.type for stream in video.streams] == ["video", "audio"]
        assert next(video.decode(video=0)).to_ndarray(format="rgb24").mean() > 20
    assert not list(server.data.rglob(f"recording-{job_id}-*"))
    assert not list(server.data.rglob(f"objects/recordings/{job_id}/*"))

    again = client.post(path).raise_for_status().json()["job_id"]
    assert again != job_id
    client.delete(f"{SESSION}/{session_id}").raise_for_status()
    assert code(client.delete(path)) == (409, "session_not_active")
