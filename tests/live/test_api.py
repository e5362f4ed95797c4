"""The realtime rows of the API, on a real server."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from tests.support.external_rooms import agent_token, rooms_of
from tests.support.live import Stage
from tests.support.server import until

SESSION = "/v1/realtime/session"


@pytest.fixture
def client(stage: Stage) -> Any:
    with stage.server.client() as client:
        yield client
        # What a test that failed has left would take the slots of the others.
        for (session_id,) in stage.server.rows("SELECT id FROM sessions WHERE status = 'active'"):
            client.delete(f"{SESSION}/{session_id}")


def refused(answer: httpx.Response) -> tuple[int, str]:
    said = answer.json()
    assert set(said) <= {"error", "message", "retry_after_seconds"}
    assert answer.headers["x-content-type-options"] == "nosniff"
    return answer.status_code, said["error"]


def end(client: httpx.Client, made: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = client.delete(f"{SESSION}/{made['session_id']}").raise_for_status().json()
    return said


def claims(token: str) -> dict[str, Any]:
    said: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return said


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"json": {"face_url": "http://example.com/a.png"}}, 400, "invalid_face_url"),
        ({"json": {"face_url": "https://e/" + "a" * 2048}}, 400, "invalid_face_url"),
        ({"json": {"face_url": "https://127.0.0.1/a.png"}}, 400, "invalid_face_url"),
        ({"json": {"face_url": "https://localhost:1/a.png"}}, 400, "invalid_face_url"),
        ({"json": {"face_url": "https://[::1/a.png"}}, 400, "invalid_face_url"),
        ({"json": {"face_url": 5}}, 422, "validation_error"),
        ({"json": {"mode": "dance"}}, 400, "invalid_mode"),
        ({"json": {"idle_timeout": "soon"}}, 422, "validation_error"),
        ({"json": {"idle_timeout": True}}, 422, "validation_error"),
        ({"json": {"idle_timeout": 1.5}}, 422, "validation_error"),
        ({"json": [1]}, 422, "validation_error"),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 422, "validation_error"),
        ({"content": b"a=b", "headers": {"content-type": "text/plain"}}, 415, "unsupported_media_type"),
        ({"files": {"face": ("a.png", b"")}}, 400, "invalid_input"),
        ({"files": {"face": ("a.gif", b"GIF89a")}}, 415, "unsupported_media_type"),
        ({"files": {"face": ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(11 * 2**20))}}, 413, "payload_too_large"),
    ],
)
def test_impossible_values_are_refused(
    client: httpx.Client, sent: dict[str, Any], status: int, code: str
) -> None:
    assert refused(client.post(SESSION, **sent)) == (status, code)


NOT_A_FACE = {
    "no picture": "400 invalid_input",
    "": "400 invalid_input",
    "data:image/png;base64,": "400 invalid_input",
    "data:image/gif;base64,R0lGODlhAQABAAAAACw=": "415 unsupported_media_type",
    "http://example.com/face.png": "400 invalid_face_url",
    "file:///etc/passwd": "400 invalid_face_url",
    "https://127.0.0.1/face.png": "400 invalid_face_url",
}


@pytest.mark.parametrize("face", NOT_A_FACE)
def test_an_invalid_face_never_becomes_the_default_face(client: httpx.Client, face: str) -> None:
    sent: list[dict[str, Any]] = [{"json": {"face": face}}, {"files": {"face": (None, face)}}]
    for each in sent:
        answer = client.post(SESSION, **each)
        assert " ".join(map(str, refused(answer))) == NOT_A_FACE[face]
        assert "face" in answer.json()["message"]


@pytest.mark.parametrize(
    "field",
    [{"face": 5}, {"face": {}}, {"face": ["a"]}, {"avatar_id": "av_1"}, {"avatar_id": 5}, {"face_url": []}],
)
def test_an_unknown_field_of_a_face_is_refused(client: httpx.Client, field: dict[str, Any]) -> None:
    answer = client.post(SESSION, json=field)
    assert refused(answer)[0] in {400, 404, 422}
    assert answer.json()["message"].startswith(next(iter(field)))


def test_a_base64_face_is_accepted_everywhere(client: httpx.Client, stage: Stage, media: Path) -> None:
    """In JSON and in forms, as it is and as a data URL; null is no face."""
    packed = base64.b64encode((media / "face.webp").read_bytes()).decode()
    lines = "\r\n".join(packed[at : at + 76] for at in range(0, len(packed), 76))
    look = "SELECT rig_id FROM sessions WHERE id = %s"
    rigs = []
    for body in (
        {"files": {"face": (None, packed)}},
        {"json": {"face": f"data:image/webp;base64,{packed}", "face_url": None, "avatar_id": None}},
        {"json": {"face": lines}},
        {"content": f"face={packed}", "headers": {"content-type": "application/x-www-form-urlencoded"}},
        {"json": {"face": None, "avatar_id": None, "mode": None, "idle_timeout": None}},
    ):
        made = client.post(SESSION, **body).raise_for_status().json()  # type: ignore[arg-type]
        rigs += stage.server.rows(look, made["session_id"])
        if len(rigs) == 5:
            path = f"{SESSION}/{made['session_id']}"
            client.patch(path, files={"face": (None, packed)}).raise_for_status()
            rigs += stage.server.rows(look, made["session_id"])
            assert refused(client.patch(path, files={"face": (None, "no picture")})) == (400, "invalid_input")
        end(client, made)
    assert len(set(rigs[:4])) == 1
    assert rigs[4] != rigs[0] == rigs[5]


def test_two_faces_are_refused(client: httpx.Client, media: Path) -> None:
    face = {"face": ("face.jpg", (media / "face.jpg").read_bytes())}
    answer = client.post(SESSION, files=face, data={"face_url": "https://example.com/a.png"})
    assert refused(answer) == (400, "invalid_input")


def test_a_picture_without_a_face_is_refused(client: httpx.Client, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (400, 400), "grey").save(tmp_path / "grey.png")
    sent = {"face": ("grey.png", (tmp_path / "grey.png").read_bytes())}
    assert refused(client.post(SESSION, files=sent)) == (400, "invalid_input")


def test_a_key_is_needed(stage: Stage) -> None:
    for method, path in (
        ("POST", SESSION),
        ("GET", f"{SESSION}/ses_x"),
        ("PATCH", f"{SESSION}/ses_x"),
        ("DELETE", f"{SESSION}/ses_x"),
        ("POST", f"{SESSION}/ses_x/viewer"),
        ("POST", "/v1/avatar/session"),
    ):
        answer = httpx.request(method, stage.server.url + path)
        assert refused(answer) == (401, "unauthorized")
    assert refused(httpx.put(stage.server.url + SESSION)) == (405, "method_not_allowed")


def test_a_session_from_opening_to_end(client: httpx.Client, stage: Stage, media: Path) -> None:
    face = {"face": ("face.jpg", (media / "face.jpg").read_bytes(), "image/jpeg")}
    made = client.post(SESSION, files=face, data={"mode": "passthrough", "idle_timeout": "60"}).json()
    identifier = made["session_id"]
    assert identifier.startswith("ses_")
    assert len(identifier) == 24
    assert made["room"] == f"atlas-rt-{identifier}"
    assert (made["mode"], made["max_duration_seconds"]) == ("passthrough", None)
    assert made["pricing"] == "$7/hour, prorated per second"
    video = claims(made["token"])["video"]
    assert (video["room"], video["canPublish"], video["canSubscribe"]) == (made["room"], True, True)
    seen = client.get(f"{SESSION}/{identifier}").json()
    assert (seen["status"], seen["ended_at"], seen["end_reason"]) == ("active", None, None)
    assert seen["started_at"].endswith("Z")
    viewers = [client.post(f"{SESSION}/{identifier}/viewer").json() for _ in range(2)]
    assert viewers[0]["viewer_id"] != viewers[1]["viewer_id"]
    assert (viewers[0]["role"], viewers[0]["room"]) == ("viewer", made["room"])
    video = claims(viewers[0]["token"])["video"]
    assert (video["canPublish"], video["canPublishData"], video["canSubscribe"]) == (False, False, True)
    over = end(client, made)
    assert set(over) == {
        "session_id",
        "status",
        "duration_seconds",
        "estimated_cost",
        "credits_deducted_cents",
    }
    assert over["status"] == "ended"
    assert over["estimated_cost"] == f"${over['credits_deducted_cents'] / 100:.2f}"
    assert refused(client.delete(f"{SESSION}/{identifier}")) == (409, "already_ended")
    assert refused(client.post(f"{SESSION}/{identifier}/viewer")) == (409, "session_not_active")
    assert refused(client.patch(f"{SESSION}/{identifier}", files=face)) == (409, "session_not_active")
    seen = client.get(f"{SESSION}/{identifier}").json()
    assert (seen["status"], seen["end_reason"]) == ("ended", "deleted")
    assert seen["duration_seconds"] == over["duration_seconds"]


def test_sessions_of_other_keys_are_not_found(client: httpx.Client, stage: Stage, media: Path) -> None:
    made = client.post(SESSION).json()
    path = f"{SESSION}/{made['session_id']}"
    face = {"face": (media / "face.jpg").read_bytes()}
    with stage.server.client(stage.server.make_key()) as stranger:
        for answer in (
            stranger.get(path),
            stranger.delete(path),
            stranger.post(f"{path}/viewer"),
            stranger.patch(path, files=face),
        ):
            assert refused(answer) == (404, "not_found")
    end(client, made)


def test_a_swap_without_a_face_is_refused(client: httpx.Client) -> None:
    made = client.post(SESSION).json()
    path = f"{SESSION}/{made['session_id']}"
    assert refused(client.patch(path, files={"other": b"x"})) == (400, "invalid_input")
    assert refused(client.patch(path, files={"face": b"x"})) == (400, "invalid_input")
    by_address = client.patch(path, files={"face_url": (None, "https://example.com/a.png")})
    assert refused(by_address) == (400, "invalid_input")
    assert refused(client.patch(path, json={})) == (400, "invalid_input")
    end(client, made)


def wait_for_avatar(stage: Stage, made: dict[str, Any]) -> None:
    look = "SELECT 1 FROM sessions WHERE joined_at IS NOT NULL AND id = %s"
    until(lambda: stage.server.rows(look, made["session_id"]))


def test_face_swaps_have_a_rate_limit(client: httpx.Client, stage: Stage, media: Path) -> None:
    made = client.post(SESSION).json()
    wait_for_avatar(stage, made)
    path = f"{SESSION}/{made['session_id']}"
    face = {"face": (media / "face.png").read_bytes()}
    pushed = []
    for _ in range(6):
        said = client.patch(path, files=face).raise_for_status().json()
        assert (said["status"], said["face_updated"]) == ("active", True)
        pushed.append(said["metadata_pushed"])
    assert any(pushed)  # a busy avatar may obey after the answer
    answer = client.patch(path, files=face)
    assert refused(answer) == (429, "rate_limited")
    assert 1 <= answer.json()["retry_after_seconds"] <= 60
    end(client, made)


def test_without_a_free_slot_a_session_is_refused_at_once(client: httpx.Client, stage: Stage) -> None:
    made = []
    while (answer := client.post(SESSION)).status_code == 200:
        made.append(answer.json())
    assert refused(answer) == (503, "no_capacity")
    assert answer.json()["retry_after_seconds"] == 30
    assert len(made) == int(stage.server.env["VISAVIS_LIVE_SLOTS"])
    assert client.get("/v1/status").json()["services"]["avatar_generation"] == "busy"
    end(client, made.pop())
    assert client.get("/v1/status").json()["services"]["avatar_generation"] == "available"
    again = client.post(SESSION)
    assert again.status_code == 200
    for each in (again.json(), *made):
        end(client, each)


def test_too_many_session_requests_have_their_own_code(stage: Stage) -> None:
    with stage.server.client(stage.server.make_key(requests_per_minute=1)) as hasty:
        hasty.post(SESSION, json={"mode": "dance"})
        assert refused(hasty.post(SESSION, json={"mode": "dance"})) == (429, "rate_limited")


def test_the_time_of_a_session_is_billed(client: httpx.Client, stage: Stage) -> None:
    made = client.post(SESSION).json()
    wait_for_avatar(stage, made)
    until(lambda: client.get(f"{SESSION}/{made['session_id']}").json()["duration_seconds"] > 1)
    over = end(client, made)
    ((kind, seconds),) = stage.server.rows(
        "SELECT reason, seconds FROM ledger WHERE subject_id = %s", made["session_id"]
    )
    assert kind == "realtime"
    assert abs(seconds - over["duration_seconds"]) <= 0.55
    assert 'visavis_live_slots{state="all"}' in client.get("/metrics").text


def room_of_ours(stage: Stage, identity: str = "avatar") -> dict[str, str]:
    """Fields that an avatar needs to join a room on the stage's own server."""
    server = asyncio.run(rooms_of(stage.server))
    return {"livekit_url": server.url, "livekit_token": agent_token(server, "r", identity), "room_name": "r"}


@pytest.mark.parametrize(
    ("changed", "words", "code"),
    [
        ({"livekit_url": None}, "livekit_url", "invalid_input"),
        ({"livekit_url": None, "livekit_token": "", "room_name": None}, "livekit_token", "invalid_input"),
        ({"livekit_url": "ftp://e"}, "livekit_url", "invalid_input"),
        ({"livekit_url": "ws://10.0.0.1"}, "livekit_url", "invalid_input"),
        ({"livekit_url": "ws://127.0.0.1:7880\\@93.184.216.34/"}, "livekit_url", "invalid_input"),
        ({"livekit_url": "ws://93.184.216.34@127.0.0.1/"}, "livekit_url", "invalid_input"),
        ({"livekit_url": "ws://127.0.0.1:1"}, "livekit_url", "invalid_input"),
        ({"livekit_token": "t"}, "livekit_token", "invalid_input"),
        ({"livekit_token": "eyJhbGciOiJIUzI1NiJ9.e30.c2ln"}, "livekit_token", "invalid_input"),
        ({"avatar_id": "a"}, "avatar_id", "not_found"),
        ({"image": "%%"}, "image", "invalid_input"),
        ({"avatar_image_url": "http://e"}, "avatar_image_url", "invalid_face_url"),
        ({"avatar_image": "x", "image": "y"}, "not avatar_image and image", "invalid_input"),
        ({"avatar_image": ""}, "avatar_image", "invalid_input"),
    ],
)
def test_unreachable_rooms_are_refused(
    client: httpx.Client, stage: Stage, changed: dict[str, str | None], words: str, code: str
) -> None:
    """The message names the field that is wrong; nothing was opened."""
    sent = {name: value for name, value in (room_of_ours(stage) | changed).items() if value is not None}
    for form in ({"json": sent}, {"files": {name: (None, value) for name, value in sent.items()}}):
        answer = client.post("/v1/avatar/session", **form)  # type: ignore[arg-type]
        assert refused(answer) == (404 if code == "not_found" else 400, code)
        assert words in answer.json()["message"]
    assert stage.server.rows("SELECT count(*) FROM sessions WHERE status = 'active'") == [(0,)]


def test_an_external_token_is_stored_encrypted_and_deleted(
    client: httpx.Client, stage: Stage, media: Path
) -> None:
    image = base64.b64encode((media / "face.jpg").read_bytes()).decode()
    sent = room_of_ours(stage) | {"image": image}
    word = sent["livekit_token"]
    made = client.post("/v1/avatar/session", json=sent).raise_for_status().json()
    assert made["status"] == "ok"
    look = "SELECT sealed_token FROM sessions WHERE id = %s"
    ((sealed,),) = stage.server.rows(look, made["session_id"])
    assert word.encode() not in sealed
    end(client, made)
    assert stage.server.rows(look, made["session_id"]) == [(None,)]
    assert word not in stage.server.log.read_text()


def test_session_routes_are_documented(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert set(paths[f"{SESSION}/{{session_id}}"]) == {"get", "patch", "delete"}
    assert "post" in paths[f"{SESSION}/{{session_id}}/viewer"]
    listed = client.get("/").json()["endpoints"]
    assert f"POST {SESSION}" in listed
    assert not any("avatar/session" in each for each in listed)
