"""The agents API on a real server: every route, every error, from a prompt to the agent's own file."""

import asyncio
import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import av
import httpx
import numpy as np
import pytest
from openai import OpenAI
from PIL import Image

from tests.support.external_rooms import agent_token, rooms_of
from tests.support.server import Server, until
from visavis.engine.agent_file import read_profile
from visavis.engine.framing import SIZES
from visavis.engine.rig.file import load_rig

PROMPT = "You are Ada, a professional sales assistant. We sell bicycles."
CODE = re.compile(r"[A-Z][A-Z0-9]{9}")


@pytest.fixture(scope="module")
def api(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=server.url, headers={"api-secret": server.make_key("agents")}, timeout=60
    ) as client:
        yield client


def fault(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of an error, whose shape is checked."""
    said = answer.json()
    assert set(said) == {"error", "status", "status_code"}
    assert said["status"] == "error"
    assert said["status_code"] == said["error"]["httpStatus"] == answer.status_code
    assert said["error"]["message"]
    return answer.status_code, said["error"]["code"]


def ended(client: httpx.Client, code: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The state of an agent at its end, and those before it."""
    seen: list[dict[str, Any]] = []

    def look() -> bool:
        data = client.get(f"/v1/agent/status/{code}").json()["data"]
        if not seen or seen[-1]["progress"] != data["progress"] or seen[-1]["status"] != data["status"]:
            seen.append(data)
        return data["status"] in {"ready", "failed"}

    until(look, within_s=200, what=f"the end of {code}")
    return seen[-1], seen


@pytest.fixture(scope="module")
def agent(api: httpx.Client, media: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """An agent that was made from a prompt and a photo, and its states on the way."""
    image = base64.b64encode((media / "face.jpg").read_bytes()).decode()
    body = {"prompt": PROMPT, "image": image, "duration": 3, "video_aspect_ratio": "9:16"}
    answer = api.post("/v1/agent/generate", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["success"] is True
    assert answer.json()["message"] == "Agent generation started"
    assert answer.json()["status"] == "processing"
    assert CODE.fullmatch(answer.json()["agent_id"])
    return ended(api, answer.json()["agent_id"])


def test_an_agent_is_made_step_by_step(agent: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    data, seen = agent
    assert (data["status"], data["progress"], data["progress_msg"]) == ("ready", 1.0, "Done")
    assert data["current_step"] == "lip_created"
    assert data["error_message"] is None
    assert (data["name"], data["system_prompt"], data["code"]) == ("Ada", PROMPT, data["agent_id"])
    progress = [each["progress"] for each in seen]
    assert progress == sorted(progress)
    statuses = list(dict.fromkeys(each["status"] for each in seen))
    order = ["processing", "generating", "completed", "ready"]
    assert statuses == [each for each in order if each in statuses]
    steps = {each["current_step"] for each in seen}
    assert steps <= {"payment", "persona", "voice_image", "video", "lip_sync", "done", "lip_created"}
    assert "video" in steps


def test_its_picture_its_clip_and_its_file(
    agent: tuple[dict[str, Any], list[dict[str, Any]]], tmp_path: Path
) -> None:
    data, _ = agent
    picture, clip, file = (tmp_path / name for name in ("a.jpg", "a.mp4", "a.visavis"))
    for path, name in ((picture, "image_url"), (clip, "video_url"), (file, "model_url")):
        answer = httpx.get(data[name])
        assert answer.status_code == 200
        path.write_bytes(answer.content)
    assert httpx.get(data["image_url"]).headers["content-type"] == "image/jpeg"
    with Image.open(picture) as image:
        assert image.size == SIZES["16:9"]
    with av.open(str(clip)) as video:
        stream = video.streams.video[0]
        assert (stream.width, stream.height) == SIZES["9:16"]
        sound = np.concatenate([frame.to_ndarray().ravel() for frame in video.decode(audio=0)])
    assert 2.8 < len(sound) / 48_000 < 3.3
    assert np.abs(sound).max() > 0.05
    content = file.read_bytes()
    profile = read_profile(content)
    assert profile is not None
    assert (profile.name, profile.system_prompt, profile.code) == ("Ada", PROMPT, data["code"])
    assert load_rig(content).size == 512


def test_get_list_update_and_delete(api: httpx.Client, agent: tuple[dict[str, Any], Any]) -> None:
    code = agent[0]["code"]
    got = api.get(f"/v1/agent/{code}").json()
    assert got["success"] is True
    assert got["data"]["name"] == "Ada"
    new = "You are a professional sales assistant."
    answer = api.post(f"/v1/agent/{code}", json={"system_prompt": new})
    assert answer.json() == {"agent_code": code, "updated": True}
    assert api.get(f"/v1/agent/{code}").json()["data"]["system_prompt"] == new
    listed = api.get("/v1/agents", params={"limit": 1, "status": "ready"}).json()
    assert listed["data"][0]["code"] == code
    assert listed["pagination"] == {"limit": 1, "offset": 0, "total": 1, "has_more": False}
    assert api.get("/v1/agents", params={"status": "failed"}).json()["data"] == []
    assert fault(api.get("/v1/agents", params={"limit": 0})) == (422, "VALIDATION_ERROR")
    assert fault(api.delete("/v1/agent/NOBODY")) == (404, "AGENT_NOT_FOUND")


def test_agents_of_other_accounts_are_not_there(
    server: Server, api: httpx.Client, agent: tuple[dict[str, Any], Any]
) -> None:
    code = agent[0]["code"]
    other = httpx.Client(base_url=server.url, headers={"api-secret": server.make_key("other")})
    with other as client:
        for answer in (
            client.get(f"/v1/agent/{code}"),
            client.get(f"/v1/agent/status/{code}"),
            client.post(f"/v1/agent/{code}", json={"system_prompt": "x"}),
            client.post(f"/v1/agent/{code}/speak", json={"message": "x"}),
            client.post(f"/v1/agent/{code}/add-context", json={"context": "x"}),
            client.delete(f"/v1/agent/{code}"),
        ):
            assert fault(answer) == (404, "AGENT_NOT_FOUND")
            assert answer.json()["error"]["message"] == f"Agent not found for code: {code}"
        assert client.get("/v1/agents").json()["data"] == []


def test_a_plugin_shows_an_agent_by_its_code(
    server: Server, api: httpx.Client, agent: tuple[dict[str, Any], Any]
) -> None:
    rooms = asyncio.run(rooms_of(server))
    room = {
        "livekit_url": rooms.url,
        "room_name": "agents",
        "livekit_token": agent_token(rooms, "agents", "a"),
    }
    made = api.post("/v1/runtime-tokens/request", json=room | {"agent_id": agent[0]["agent_id"]})
    session_id = made.raise_for_status().json()["session_id"]
    api.delete(
        f"/v1/realtime/session/{session_id}", headers={"Authorization": f"Bearer {api.headers['api-secret']}"}
    ).raise_for_status()
    look = "SELECT s.rig_id = a.rig_id FROM sessions s, agents a WHERE s.id = %s AND a.code = %s"
    assert server.rows(look, session_id, agent[0]["agent_id"]) == [(True,)]
    missing = api.post("/v1/runtime-tokens/request", json=room | {"agent_id": "A000000000"})
    assert fault(missing) == (404, "AGENT_NOT_FOUND")
    assert missing.json()["error"]["message"] == "Agent not found for code: A000000000"


def test_secrets(server: Server, api: httpx.Client) -> None:
    assert api.post("/v1/validate").json() == {"valid": True}
    key = api.headers["api-secret"]
    for headers in ({"x-api-key": key}, {"Authorization": f"Bearer {key}"}):
        assert httpx.post(f"{server.url}/v1/validate", headers=headers).json() == {"valid": True}
    for headers in ({}, {"api-secret": "wrong"}, {"Authorization": "Basic x"}):
        answer = httpx.post(f"{server.url}/v1/validate", headers=headers)
        assert fault(answer) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize(
    "body",
    [
        {"aspect_ratio": "4:3"},
        {"video_aspect_ratio": 1},
        {"duration": 0},
        {"duration": "long"},
        {"agent_id": "generate"},
        {"agent_id": "no spaces"},
        {"prompt": "x" * 16_001},
        {"prompt": 7},
        {"image": "not a picture!"},
        {"image": "http://example.com/face.jpg"},
        {"image": "https://127.0.0.1/face.jpg"},
        {"image": base64.b64encode(b"no picture at all").decode()},
        {"audio": base64.b64encode(b"no sound at all").decode()},
        {"image": 5},
    ],
)
def test_requests_that_cannot_be_fulfilled(api: httpx.Client, body: dict[str, Any]) -> None:
    before = api.get("/v1/agents").json()["pagination"]["total"]
    assert fault(api.post("/v1/agent/generate", json=body)) == (422, "VALIDATION_ERROR")
    assert api.get("/v1/agents").json()["pagination"]["total"] == before


def test_bodies_of_the_other_routes(api: httpx.Client, agent: tuple[dict[str, Any], Any]) -> None:
    code = agent[0]["code"]
    for path, body in (
        (f"/v1/agent/{code}", {}),
        (f"/v1/agent/{code}", {"system_prompt": " "}),
        (f"/v1/agent/{code}/speak", {}),
        (f"/v1/agent/{code}/speak", {"message": "x" * 5001}),
        (f"/v1/agent/{code}/add-context", {"context": "x", "type": "shout"}),
        ("/v1/audio/speech", {"input": ""}),
        ("/v1/audio/speech", {"input": "Hi", "voice": "nobody"}),
        ("/v1/audio/speech", {"input": "Hi", "response_format": "midi"}),
        ("/v1/webhooks", {"url": "http://example.com"}),
        ("/v1/webhooks", {"url": "https://example.com", "events": ["agent.lost"]}),
    ):
        assert fault(api.post(path, json=body)) == (422, "VALIDATION_ERROR"), path
    assert fault(api.post("/v1/agent/generate", content=b"{", headers={"Content-Type": "application/json"}))
    assert fault(api.put("/v1/agent/generate")) == (405, "METHOD_NOT_ALLOWED")
    assert fault(api.get("/v1/agent/x/y/z")) == (404, "NOT_FOUND")


def test_without_a_live_room_nobody_hears(api: httpx.Client, agent: tuple[dict[str, Any], Any]) -> None:
    code = agent[0]["code"]
    for answer in (
        api.post(f"/v1/agent/{code}/speak", json={"message": "Hello", "room_id": "customer_session_1"}),
        api.post(f"/v1/agent/{code}/add-context", json={"context": "VIP", "type": "add_context"}),
    ):
        assert fault(answer) == (404, "NO_ACTIVE_ROOMS")
        assert answer.json()["error"]["message"] == f"No active rooms found for agent {code}"


def test_the_same_request_twice_makes_one_agent(api: httpx.Client) -> None:
    body = {"prompt": "You are Bo, a guide.", "agent_id": "twice-1", "duration": 2}
    headers = {"Idempotency-Key": "twice"}
    first, again = (api.post("/v1/agent/generate", json=body, headers=headers) for _ in range(2))
    assert first.json() == again.json()
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    other = api.post("/v1/agent/generate", json=body | {"duration": 4}, headers=headers)
    assert fault(other) == (409, "IDEMPOTENCY_KEY_MISMATCH")
    assert fault(api.post("/v1/agent/generate", json=body)) == (409, "AGENT_EXISTS")
    assert fault(api.delete("/v1/agent/twice-1")) == (409, "AGENT_NOT_READY")
    data, _ = ended(api, "twice-1")
    assert (data["status"], data["name"]) == ("ready", "Bo")
    assert api.delete("/v1/agent/twice-1").json() == {"agent_code": "twice-1", "deleted": True}
    assert fault(api.get("/v1/agent/twice-1")) == (404, "AGENT_NOT_FOUND")


def test_an_image_without_a_face_is_refused_at_once(api: httpx.Client, tmp_path: Path) -> None:
    Image.new("RGB", (400, 400), "white").save(tmp_path / "white.png")
    image = base64.b64encode((tmp_path / "white.png").read_bytes()).decode()
    answer = api.post("/v1/agent/generate", json={"image": image})
    assert fault(answer) == (422, "VALIDATION_ERROR")
    assert "face" in answer.json()["error"]["message"]


def test_voices_and_speech(server: Server, api: httpx.Client) -> None:
    voices = api.get("/v1/voices").json()["voices"]
    assert "espeak" in {each["id"] for each in voices}
    assert (
        "voices"
        in httpx.get(
            f"{server.url}/v1/voices", headers={"Authorization": f"Bearer {api.headers['api-secret']}"}
        ).json()
    )
    client = OpenAI(api_key=api.headers["api-secret"], base_url=f"{server.url}/v1")
    begins: dict[Literal["mp3", "wav", "flac", "opus"], tuple[bytes, ...]] = {
        "mp3": (b"ID3", b"\xff"),
        "wav": (b"RIFF",),
        "flac": (b"fLaC",),
        "opus": (b"OggS",),
    }
    for name, first in begins.items():
        sound = client.audio.speech.create(
            model="tts-1", voice="espeak", input="Hello there.", response_format=name
        ).content
        assert sound.startswith(first), name
    slow, quick = (
        client.audio.speech.create(
            model="tts-1", voice="espeak", input="Hello there.", response_format="pcm", speed=speed
        ).content
        for speed in (0.7, 1.4)
    )
    assert 1.5 < len(slow) / len(quick) < 2.6
    answer = api.post("/v1/tts", json={"text": "Hello.", "voice": "espeak", "format": "wav"})
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.content.startswith(b"RIFF")


def test_a_page_of_an_allowed_domain_embeds_an_agent(
    server: Server, api: httpx.Client, agent: tuple[dict[str, Any], Any]
) -> None:
    code = agent[0]["code"]
    wanted = {
        "agent_id": code,
        "fingerprint": "0a1b",
        "domains": ["example.com", "*.shop.example", "localhost:3000"],
    }
    made = api.post("/v1/embed-tokens/request", json=wanted).raise_for_status().json()
    assert (made["status"], made["status_code"]) == ("success", 200)
    data = made["data"]
    assert data["domains"] == ["https://example.com", "https://*.shop.example", "http://localhost:3000"]
    assert data["url"] == f"{server.url}/embed/{code}?token={data['token']}"
    listed = api.get("/v1/embed-tokens").json()["data"]
    assert [(each["sid"], each["agent_id"], each["sessions"]) for each in listed] == [(data["sid"], code, 0)]
    assert data["token"] not in str(listed)

    framed = httpx.get(data["url"], headers={"Sec-Fetch-Dest": "iframe"})
    policy = framed.headers["content-security-policy"]
    assert policy.endswith("frame-ancestors https://example.com https://*.shop.example http://localhost:3000")
    assert framed.headers["permissions-policy"].endswith("microphone=(self)")
    assert "x-frame-options" not in framed.headers
    alone = httpx.get(data["url"], headers={"Sec-Fetch-Dest": "document"})
    assert (alone.status_code, alone.headers["location"]) == (303, f"/embed/{code}")
    nowhere = httpx.get(f"{server.url}/embed/other?token={data['token']}")
    assert nowhere.headers["content-security-policy"].endswith("frame-ancestors *")

    visitor = httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {data['token']}"})
    with visitor:
        seen = visitor.get("/v1/embed/agent").json()
        assert (seen["agent_id"], seen["name"]) == (code, "Ada")
        assert httpx.get(seen["image_url"]).status_code == 200
        foreign = visitor.post("/v1/embed/sessions", headers={"Origin": "https://example.net"})
        assert fault(foreign) == (403, "FOREIGN_ORIGIN")
        assert fault(visitor.get(f"/v1/agent/{code}")) == (401, "UNAUTHORIZED")
        assert fault(visitor.delete("/v1/embed/sessions/ses_0")) == (404, "SESSION_NOT_FOUND")
        assert api.delete(f"/v1/embed-tokens/{data['sid']}").json()["deleted"] is True
        assert fault(visitor.get("/v1/embed/agent")) == (401, "EMBED_TOKEN_INVALID")
    assert fault(api.delete(f"/v1/embed-tokens/{data['sid']}")) == (404, "EMBED_TOKEN_NOT_FOUND")


def test_an_embed_token_opens_as_many_sessions_as_it_allows(
    server: Server, api: httpx.Client, agent: tuple[dict[str, Any], Any]
) -> None:
    wanted = {"agent_id": agent[0]["code"], "max_sessions": 2, "max_concurrent_sessions": 1}
    token = api.post("/v1/embed-tokens/request", json=wanted).json()["data"]["token"]
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {token}"}) as visitor:
        first = visitor.post("/v1/embed/sessions").raise_for_status().json()
        assert first["room"] == f"embed-{first['session_id']}"
        assert fault(visitor.post("/v1/embed/sessions")) == (429, "EMBED_LIMIT_REACHED")
        path = f"/v1/embed/sessions/{first['session_id']}"
        assert visitor.delete(path).json()["status"] == "ended"
        assert fault(visitor.delete(path)) == (409, "SESSION_ENDED")
        second = visitor.post("/v1/embed/sessions").raise_for_status().json()
        visitor.delete(f"/v1/embed/sessions/{second['session_id']}").raise_for_status()
        assert fault(visitor.post("/v1/embed/sessions")) == (429, "EMBED_LIMIT_REACHED")


def test_a_visitor_leaves_after_the_embed_token_has_expired(
    server: Server, api: httpx.Client, agent: tuple[dict[str, Any], Any]
) -> None:
    made = api.post("/v1/embed-tokens/request", json={"agent_id": agent[0]["code"]}).json()["data"]
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {made['token']}"}) as visitor:
        session_id = visitor.post("/v1/embed/sessions").raise_for_status().json()["session_id"]
        server.rows("UPDATE embed_tokens SET expires_at = now() WHERE id = %s RETURNING id", made["sid"])
        assert fault(visitor.post("/v1/embed/sessions")) == (401, "EMBED_TOKEN_INVALID")
        visitor.delete(f"/v1/embed/sessions/{session_id}").raise_for_status()


@pytest.mark.parametrize(
    "fields",
    [
        {"domains": ["https://example.com/path"]},
        {"domains": ["exa mple.com"]},
        {"domains": ["example.com; script-src *"]},
        {"domains": ["ftp://example.com"]},
        {"expires_in": 59},
        {"max_sessions": 0},
        {"max_concurrent_sessions": "many"},
    ],
)
def test_embed_tokens_that_cannot_be_issued(
    api: httpx.Client, agent: tuple[dict[str, Any], Any], fields: dict[str, Any]
) -> None:
    answer = api.post("/v1/embed-tokens/request", json={"agent_id": agent[0]["code"], **fields})
    assert fault(answer) == (422, "VALIDATION_ERROR")
    missing = api.post("/v1/embed-tokens/request", json={"agent_id": "NOBODY"})
    assert fault(missing) == (404, "AGENT_NOT_FOUND")
