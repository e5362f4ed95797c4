"""Avatar images and saved avatars, as clients of the API send and read them."""

import asyncio
import base64
import io
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from typer.testing import CliRunner

from tests.api.test_commands import visavis
from tests.support.avatars import AVATARS, GENERATE, SAVE, SETTINGS, SMALL, code
from tests.support.external_rooms import agent_token, rooms_of
from tests.support.server import Server, files, until
from visavis.adapters.credentials import verify
from visavis.cli.main import app
from visavis.core import rigs

ASKED = {
    "prompt": "A friendly doctor in her forties with short grey hair and round glasses",
    "hints": {"eye_color": "green", "accessories": ["stud earrings"], "unheard_of": 7},
    "output": {"aspect_ratio": "1:1", "resolution": "512", "count": 2, "format": None},
    "generator": "painter",
    "client_reference_id": "ref-1",
    "metadata": {"campaign": "spring"},
}
KEY = {"Idempotency-Key": "first"}


def ended(client: httpx.Client, job_id: str) -> dict[str, Any]:
    """A job, when it has ended."""

    def look() -> dict[str, Any] | None:
        query = {"wait_for_completion": "true", "timeout_seconds": 30, "expand": "avatar", "fields": "id"}
        job: dict[str, Any] = client.get(f"/api/v1/jobs/{job_id}", params=query).raise_for_status().json()
        return job if job["status"] in {"completed", "failed"} else None

    found = until(look, within_s=120, what=f"end of {job_id}")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def own(server: Server) -> Iterator[httpx.Client]:
    """A client with a key of its own, whose avatars nobody else makes."""
    with server.client(server.make_key("avatars", requests_per_minute=10_000)) as client:
        yield client


@pytest.fixture(scope="module")
def accepted(own: httpx.Client) -> httpx.Response:
    return own.post(GENERATE, json=ASKED, headers=KEY)


@pytest.fixture(scope="module")
def job(own: httpx.Client, accepted: httpx.Response) -> dict[str, Any]:
    return ended(own, accepted.json()["job_id"])


@pytest.fixture(scope="module")
def saved(own: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    body = {"job_id": job["data"]["id"], "label": "CEO hero v2"}
    answer: dict[str, Any] = own.post(SAVE, json=body).raise_for_status().json()
    return answer


def test_a_generation_is_accepted(accepted: httpx.Response) -> None:
    said = accepted.json()
    assert accepted.status_code == 202
    assert "x-idempotency-replayed" not in accepted.headers
    assert accepted.headers["x-request-id"].startswith("req_")
    assert list(said) == ["id", "object", "status", "created_at", "job_id", "data"]
    assert said["id"] == f"req_pi_{uuid.UUID(said['job_id']).hex}"
    assert (said["object"], said["status"], said["data"]) == ("job", "queued", {"job_id": said["job_id"]})
    assert isinstance(said["created_at"], int)


def test_the_same_request_under_one_key_is_answered_again(
    own: httpx.Client, accepted: httpx.Response, server: Server
) -> None:
    again = own.post(GENERATE, json=dict(reversed(ASKED.items())), headers=KEY)
    assert (again.status_code, again.headers["x-idempotency-replayed"]) == (202, "true")
    assert again.json() == accepted.json()
    other = own.post(GENERATE, json=ASKED | {"prompt": "A sailor"}, headers=KEY)
    assert code(other) == (409, "idempotency_key_mismatch")
    assert code(own.post(GENERATE, json=ASKED, headers={"Idempotency-Key": "x" * 201})) == (
        400,
        "invalid_request_body",
    )
    # The keys of another surface are others.
    speech = own.post("/v1/tts/generate", json={"text": "One."}, headers=KEY)
    assert speech.status_code == 202
    server.rows("SELECT 1 FROM jobs WHERE id = %s", speech.json()["job_id"])


def test_a_completed_job(own: httpx.Client, accepted: httpx.Response, job: dict[str, Any]) -> None:
    assert list(job) == [
        *("id", "object", "status", "created_at", "client_reference_id", "metadata", "data"),
    ]
    assert (job["id"], job["object"], job["status"]) == (accepted.json()["id"], "job", "completed")
    assert (job["client_reference_id"], job["metadata"]) == ("ref-1", {"campaign": "spring"})
    data = job["data"]
    assert list(data) == [
        *("id", "org_id", "type", "status", "progress", "payload", "client_reference_id", "metadata"),
        *("result_url", "error_log", "error_code", "created_at", "updated_at", "avatar"),
    ]
    assert (data["type"], data["status"], data["error_log"]) == ("avatar_generation", "completed", None)
    assert data["org_id"].startswith("org_")
    payload = data["payload"]
    assert (payload["prompt"], payload["hints"]["unheard_of"]) == (ASKED["prompt"], "7")
    assert (payload["output"]["resolution"], payload["generator"]) == ("512", "painter")
    assert payload["metadata"] == ASKED["metadata"]
    assert "grey" in json.dumps(payload["understood"])
    avatar = data["avatar"]
    assert avatar["image_url"] == data["result_url"] == avatar["images"][0]["image_url"]
    assert (avatar["width"], avatar["height"], avatar["content_type"]) == (512, 512, "image/png")
    assert avatar["warnings"] == []
    assert len({each["image_url"] for each in avatar["images"]}) == 2
    assert [each["preview_url"] for each in avatar["images"]] == [None, None]
    assert own.get(f"/api/v1/jobs/{accepted.json()['id']}").json()["data"]["id"] == data["id"]


def test_references_inspire_and_must_show_a_face(own: httpx.Client, media: Path) -> None:
    face = base64.b64encode((media / "face.jpg").read_bytes()).decode()
    wanted = {"prompt": "A sailor", "output": {"resolution": "512", "format": "webp", "preview": True}}
    asked = ({"reference_images": [face, f"data:image/jpeg;base64,{face}"]}, {"reference_images": [SMALL]})
    made = [own.post(GENERATE, json=wanted | each).raise_for_status().json()["job_id"] for each in asked]
    inspired, faceless = (ended(own, each) for each in made)
    assert (inspired["status"], inspired["data"]["payload"]["reference_image_count"]) == ("completed", 2)
    picture = httpx.get(inspired["data"]["result_url"]).raise_for_status()
    assert picture.headers["content-type"] == "image/webp"
    [image] = inspired["data"]["avatar"]["images"]
    preview = httpx.get(image["preview_url"]).raise_for_status()
    assert (preview.headers["content-type"], preview.content[4:8]) == ("video/mp4", b"ftyp")
    assert (faceless["status"], faceless["data"]["error_code"]) == ("failed", "invalid_input")
    assert faceless["data"]["error_log"].startswith("No face was found.")
    assert faceless["data"]["avatar"] is None


def test_the_pictures_are_marked_as_made_by_ai(job: dict[str, Any], tmp_path: Path) -> None:
    contents = set()
    for each in job["data"]["avatar"]["images"]:
        answer = httpx.get(each["image_url"]).raise_for_status()
        assert answer.headers["content-type"] == "image/png"
        assert len(answer.content) == each["size_bytes"]
        assert Image.open(io.BytesIO(answer.content)).size == (512, 512)
        path = tmp_path / "picture.png"
        path.write_bytes(answer.content)
        verdict = verify(path)
        assert verdict is not None
        assert (verdict.made_by_ai, verdict.intact) == (True, True)
        contents.add(answer.content)
    assert len(contents) == 2


def test_a_saved_avatar(own: httpx.Client, job: dict[str, Any], saved: dict[str, Any]) -> None:
    assert list(saved) == [
        *("id", "object", "label", "name", "image_url", "job_id", "created_at", "client_reference_id"),
        *("metadata", "data", "avatar"),
    ]
    assert (saved["object"], saved["label"], saved["name"]) == (
        *("saved_avatar", "CEO hero v2", "CEO hero v2"),
    )
    assert (saved["job_id"], saved["metadata"]) == (job["data"]["id"], ASKED["metadata"])
    flat = {name: value for name, value in saved.items() if name not in {"data", "avatar"}}
    assert saved["data"] == saved["avatar"] == flat
    first = httpx.get(job["data"]["avatar"]["image_url"]).content
    assert httpx.get(saved["image_url"]).raise_for_status().content == first
    got = own.get(f"{AVATARS}/{saved['id']}").raise_for_status().json()
    assert (got["id"], got["label"]) == (saved["id"], "CEO hero v2")


def test_avatars_are_listed_renamed_and_deleted(
    own: httpx.Client, server: Server, job: dict[str, Any], saved: dict[str, Any]
) -> None:
    body = {"job_id": job["id"], "name": "Second", "image_index": 1}
    second = own.post(SAVE, json=body).raise_for_status().json()
    listed = own.get(AVATARS, params={"limit": 1}).json()
    assert list(listed) == ["object", "data", "total", "total_count", "has_more", "limit", "offset"]
    assert [each["id"] for each in listed["data"]] == [second["id"]]
    assert (listed["total"], listed["total_count"], listed["has_more"]) == (2, 2, True)
    last = own.get(AVATARS, params={"limit": 1, "offset": 1}).json()
    assert ([each["id"] for each in last["data"]], last["has_more"]) == ([saved["id"]], False)
    path = f"{AVATARS}/{second['id']}"
    assert own.patch(path, json={"label": "Other"}).json()["name"] == "Other"
    stranger = server.make_key("a stranger")
    with server.client(stranger) as other:
        for answer in (other.get(path), other.patch(path, json={"name": "x"}), other.delete(path)):
            assert code(answer) == (404, "avatar_not_found")
        assert code(other.get(f"/api/v1/jobs/{job['id']}")) == (404, "job_not_found")
        assert code(other.post(SAVE, json=body)) == (404, "job_not_found")
        assert other.get(AVATARS).json()["total"] == 0
    picture = server.data / "objects" / "avatars" / f"{second['id']}.png"
    assert picture.is_file()
    assert own.delete(path).json() == {"id": second["id"], "object": "saved_avatar", "deleted": True}
    assert not picture.exists()
    assert code(own.get(path)) == (404, "avatar_not_found")
    assert own.get(AVATARS).json()["total"] == 1


def test_a_saved_avatar_is_a_face_everywhere(
    own: httpx.Client, server: Server, media: Path, job: dict[str, Any], saved: dict[str, Any]
) -> None:
    short = {"audio": files(media)["audio"]}
    made = own.post("/v1/generate", data={"avatar_id": saved["id"]}, files=short).raise_for_status().json()
    video = until(lambda: _video(own, made["job_id"]), within_s=120)
    assert (video["status"], video["output"]["warnings"]) == ("completed", [])
    mine = own.post(SAVE, json={"job_id": job["id"], "name": "Brief"}).raise_for_status().json()
    session = own.post("/v1/realtime/session", json={"avatar_id": mine["id"]}).raise_for_status().json()
    try:
        path = f"/v1/realtime/session/{session['session_id']}"
        digest = server.rows("SELECT digest FROM avatars WHERE id = %s", mine["id"])[0][0]
        look = "SELECT rig_id, status FROM sessions WHERE id = %s"
        assert server.rows(look, session["session_id"]) == [(rigs.rig_id(digest), "active")]
        own.patch(path, json={"avatar_id": saved["id"]}).raise_for_status()
        # A session keeps its face when the avatar is gone.
        own.delete(f"{AVATARS}/{mine['id']}").raise_for_status()
        assert server.rows(look, session["session_id"])[0][1] == "active"
    finally:
        own.delete(path)


def test_a_plugin_names_a_saved_avatar(own: httpx.Client, server: Server, saved: dict[str, Any]) -> None:
    rooms = asyncio.run(rooms_of(server))
    key = {"x-api-key": own.headers["Authorization"].removeprefix("Bearer ")}
    room = {"transport": "livekit", "url": rooms.url, "token": agent_token(rooms, "faces", "avatar")}
    digest = server.rows("SELECT digest FROM avatars WHERE id = %s", saved["id"])[0][0]
    for word in (saved["id"], saved["label"]):
        sent = room | {"avatar_id": word}
        made = own.post("/v1/sessions", json=sent, headers=key).raise_for_status().json()
        own.delete(f"/v1/realtime/session/{made['id']}").raise_for_status()
        shown = server.rows("SELECT rig_id FROM sessions WHERE id = %s", made["id"])
        assert shown == [(rigs.rig_id(digest),)]


def test_the_command_line_renders_a_saved_avatar(
    server: Server, media: Path, saved: dict[str, Any], tmp_path: Path
) -> None:
    out, data = tmp_path / "out.mp4", ("--data", str(server.data))
    more = (str(media / "short.wav"), "-o", str(out), "--size", "256", *data)
    made = visavis("render", f"avatar:{saved['id']}", *more)
    assert made.returncode == 0, made.stderr
    assert verify(out) is not None
    unknown = visavis("render", "avatar:unknown", *more)
    assert (unknown.returncode, unknown.stderr) == (2, "visavis: There is no saved avatar unknown.\n")


def _video(client: httpx.Client, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/v1/jobs/{job_id}").json()
    return found if found["status"] in {"completed", "failed"} else {}


def test_an_unknown_or_foreign_avatar_is_never_the_default(
    client: httpx.Client, media: Path, saved: dict[str, Any]
) -> None:
    short = {"audio": files(media)["audio"]}
    for avatar_id in (saved["id"], "unknown"):
        body = {"avatar_id": avatar_id}
        for answer in (
            client.post("/v1/generate", data=body, files=short),
            client.post(
                "/v1/tts/generate-video",
                files={name: (None, value) for name, value in body.items()} | {"text": (None, "One.")},
            ),
            client.post("/v1/realtime/session", json=body),
        ):
            assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
            assert answer.json()["message"] == "avatar_id: there is no such avatar."
    both = client.post("/v1/generate", data={"avatar_id": saved["id"]}, files=files(media))
    assert (both.status_code, both.json()["error"]) == (400, "invalid_input")


def test_bodies_that_are_no_json_objects(client: httpx.Client, saved: dict[str, Any]) -> None:
    routes = (("POST", GENERATE), ("POST", SAVE), ("PATCH", f"{AVATARS}/{saved['id']}"))
    for method, path in routes:
        for content in (b"{", b"", b'{"prompt": NaN}', b"\xff"):
            assert code(client.request(method, path, content=content)) == (400, "invalid_json_body")
        assert code(client.request(method, path, json=[])) == (400, "invalid_request_body")


def test_what_cannot_be_saved(own: httpx.Client, server: Server, job: dict[str, Any]) -> None:
    speech = own.post("/v1/tts/generate", json={"text": "One."}).json()["job_id"]
    assert code(own.post(SAVE, json={"job_id": speech, "label": "x"})) == (400, "invalid_job_type")
    for body in ({"label": "x"}, {"job_id": job["id"]}, {"job_id": job["id"], "label": " "}):
        assert code(own.post(SAVE, json=body)) == (400, "invalid_request_body")
    many = own.post(SAVE, json={"job_id": job["id"], "label": "x", "image_index": 2})
    assert many.json()["error"]["message"] == "image_index: must be less than 2, the number of pictures."
    assert code(own.post(SAVE, json={"job_id": "unknown", "label": "x"})) == (404, "job_not_found")
    [account] = server.rows("SELECT account_id, key_id FROM jobs WHERE id = %s", job["data"]["id"])
    for status, expected in (
        ("pending", (409, "job_not_complete")),
        ("failed", (409, "job_not_complete")),
        ("completed", (404, "job_not_found")),
    ):
        job_id = str(uuid.uuid4())
        server.rows(
            "INSERT INTO jobs (id, account_id, key_id, surface, kind, input, output, base_url, status, "
            "expires_at) VALUES (%s, %s, %s, 'avatars', 'avatar_image', %s, %s, '', %s, %s) RETURNING id",
            *(job_id, *account, json.dumps({"width_px": 512, "height_px": 512, "text": "A sailor"})),
            json.dumps({"path": "x", "size_bytes": 1}) if status == "completed" else None,
            *(status, "2026-01-01" if status == "completed" else None),
        )
        assert code(own.post(SAVE, json={"job_id": job_id, "label": "x"})) == expected


def test_an_account_chooses_what_makes_its_pictures(server: Server) -> None:
    with server.client(server.make_key("chooser")) as client:
        usual = {"object": "avatar_settings", "generator": None, "used_generator": "painter"}
        assert client.get(SETTINGS).json() == usual | {"may_choose": False}  # this server has no service
        painter = client.put(SETTINGS, json={"generator": "painter"}).raise_for_status().json()
        assert painter == usual | {"generator": "painter", "may_choose": False}
        assert client.put(SETTINGS, json={"generator": None}).json()["generator"] is None
        for wanted in ("service", "magic", 7):
            answer = client.put(SETTINGS, json={"generator": wanted})
            assert code(answer) == (400, "invalid_request_body")
        command = ["avatars", "generator", "chooser", "painter", "--fixed", "--data", str(server.data)]
        assert "may not choose another one" in CliRunner().invoke(app, command).stdout
        assert client.get(SETTINGS).json()["generator"] == "painter"
        assert code(client.put(SETTINGS, json={})) == (403, "forbidden")


def test_the_surface_has_its_own_openapi_document(server: Server) -> None:
    document = httpx.get(f"{server.url}/api/v1/avatars/openapi.json").json()
    assert sorted(document["paths"]) == [
        *("/api/v1/avatars", "/api/v1/avatars/generate", "/api/v1/avatars/save"),
        *("/api/v1/avatars/settings", "/api/v1/avatars/{avatar_id}", "/api/v1/jobs/{job_id}"),
    ]
