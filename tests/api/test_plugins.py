"""The HTTP interfaces of other vendors' LiveKit plugins, on a real server, with what the plugins send.

`tests/conformance/avatar_plugin` has the plugins themselves.
"""

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from tests.support.external_rooms import agent_token, rooms_of
from tests.support.server import Server
from visavis.ports import RoomServerAddress

pytestmark = pytest.mark.usefixtures("freed")

ROOM, AVATAR = "plugins", "the-avatar"
BASIC, BEARER = "Basic {}", "Bearer {}"


@dataclass(frozen=True)
class Wire:
    """What a plugin sends, and what the server answers.

    Attributes:
        path: Path, with `{avatar}` where the avatar's ID is part of it.
        header: Name and form of the header with the key.
        body: Makes the JSON from the room server's address, the token and the avatar's ID.
        session: Field of the answer with the session's ID.
        fault: Finds the message in an error.
        status: Status of the answer.
        invalid: Status of a request that is not valid.
    """

    path: str
    header: tuple[str, str]
    body: Callable[[str, str, str], dict[str, Any]]
    session: str
    fault: Callable[[dict[str, Any]], str]
    status: int = 200
    invalid: int = 400


WIRES = {
    "bithuman": Wire(
        "/v1/runtime-tokens/request",
        ("api-secret", "{}"),
        lambda url, token, avatar: {
            "livekit_url": url,
            "livekit_token": token,
            "room_name": ROOM,
            "mode": "cpu",
            "agent_id": avatar,
        },
        "session_id",
        lambda said: str(said["error"]["message"]),
        invalid=422,
    ),
    "bey": Wire(
        "/v1/sessions",
        ("x-api-key", "{}"),
        lambda url, token, avatar: {
            "transport": "livekit",
            "avatar_id": avatar,
            "url": url,
            "token": token,
        },
        "id",
        lambda said: str(said["detail"]),
        status=201,
    ),
    "anam": Wire(
        "/v1/engine/session",
        ("Authorization", BEARER),
        lambda url, token, avatar: {
            "personaConfig": {"type": "ephemeral", "name": "Ada", "avatarId": avatar},
            "environment": {"livekitUrl": url, "livekitToken": token},
        },
        "sessionId",
        lambda said: str(said["message"]),
    ),
    "keyframe": Wire(
        "/v1/sessions/plugins/livekit",
        ("Authorization", BEARER),
        lambda url, token, avatar: {
            "room_name": ROOM,
            "livekit_url": url,
            "livekit_token": token,
            "source_participant_identity": "agent",
            "persona_id": avatar,
        },
        "reservation_id",
        lambda said: str(said["detail"]),
    ),
    "runway": Wire(
        "/v1/realtime_sessions",
        ("Authorization", BEARER),
        lambda url, token, avatar: {
            "model": "gwm1_avatars",
            "avatar": {"type": "custom", "avatarId": avatar},
            "livekit": {"url": url, "token": token, "roomName": ROOM, "agentIdentity": "agent"},
            "maxDuration": 300,
        },
        "id",
        lambda said: str(said["error"]),
    ),
    "anva": Wire(
        "/api/v2/sessions",
        ("Authorization", BEARER),
        lambda url, token, avatar: {
            "service_mode": "avatar_only",
            "livekit": {"url": url, "token": token},
            "avatar_id": avatar,
            "max_duration_seconds": 300,
        },
        "session_id",
        lambda said: str(said["error"]["message"]),
        status=201,
    ),
    "atmee": Wire(
        "/v1/avatars/{avatar}/avatar_sessions",
        ("X-Api-Key", "{}"),
        lambda url, token, _avatar: {
            "livekitUrl": url,
            "livekitToken": token,
            "agentIdentity": "agent",
            "maxDurationSeconds": 300,
        },
        "sessionId",
        lambda said: str(said["message"]),
        status=202,
    ),
    "tavus": Wire(
        "/v2/conversations",
        ("x-api-key", "{}"),
        lambda url, token, avatar: {
            "pal_id": "pb87e71797da",
            "face_id": avatar,
            "properties": {"livekit_ws_url": url, "livekit_room_token": token},
            "conversation_name": "lk_conversation_1",
        },
        "conversation_id",
        lambda said: str(said["message"]),
    ),
    "lemonslice": Wire(
        "/api/liveai/sessions",
        ("X-API-Key", "{}"),
        lambda url, token, avatar: {
            "transport_type": "livekit",
            "properties": {"livekit_url": url, "livekit_token": token, "livekit_session_id": "RM_1"},
            "agent_id": avatar,
            "audio_sample_rate": 24000,
        },
        "session_id",
        lambda said: str(said["error"]),
    ),
    "did": Wire(
        "/v2/agents/{avatar}/sessions/join",
        ("Authorization", BASIC),
        lambda url, token, _avatar: {
            "transport": {"provider": "livekit", "server_url": url, "token": token, "room_name": ROOM},
            "audio_config": {"sample_rate": 24000},
        },
        "id",
        lambda said: str(said["description"]),
    ),
}
named = pytest.mark.parametrize("name", WIRES)


@pytest.fixture(scope="module")
def rooms(server: Server) -> RoomServerAddress:
    return asyncio.run(rooms_of(server))


@pytest.fixture
def token(rooms: RoomServerAddress, server: Server) -> str:
    attributes = {"lk.publish_on_behalf": "agent", "api_secret": server.key}
    return agent_token(rooms, ROOM, AVATAR, **attributes)


def call(server: Server, wire: Wire, *, key: str, avatar: str, url: str, token: str) -> httpx.Response:
    name, form = wire.header
    return httpx.post(
        server.url + wire.path.format(avatar=avatar),
        json=wire.body(url, token, avatar),
        headers={name: form.format(key)},
        timeout=60,
    )


def row(server: Server, session_id: str) -> tuple[Any, ...]:
    """Mode, room and longest time of a session."""
    look = "SELECT mode, room, max_duration_s, status FROM sessions WHERE id = %s"
    return server.rows(look, session_id)[0]


@named
def test_a_plugin_s_request_opens_a_session(
    server: Server, rooms: RoomServerAddress, token: str, name: str
) -> None:
    wire = WIRES[name]
    answer = call(server, wire, key=server.key, avatar="default", url=rooms.url, token=token)
    assert answer.status_code == wire.status, answer.text
    mode, room, max_s, status = row(server, answer.json()[wire.session])
    assert (mode, room, status) == ("external", ROOM, "active")
    if name in {"runway", "anva", "atmee"}:
        assert max_s == 300
    if name == "keyframe":
        assert answer.json()["avatar_participant_identity"] == AVATAR
        assert answer.json()["model_id"].startswith("persona-2.0-live")
    if name == "atmee":
        assert answer.json()["avatarParticipantIdentity"] == AVATAR


@named
def test_errors_have_the_vendor_s_shape(
    server: Server, rooms: RoomServerAddress, token: str, name: str
) -> None:
    wire = WIRES[name]

    def refused(status: int, words: str, **changed: str) -> None:
        sent = {"key": server.key, "avatar": "default", "url": rooms.url, "token": token} | changed
        answer = call(server, wire, **sent)  # type: ignore[arg-type]
        assert answer.status_code == status, answer.text
        assert words in wire.fault(answer.json())

    refused(401, "key", key="sk_wrong")
    refused(404, "nobody", avatar="nobody")
    refused(wire.invalid, "livekit_token", token=token[:10])
    refused(wire.invalid, "livekit_url", url="ws://10.0.0.1")
    header, form = wire.header
    keyless = httpx.post(
        server.url + wire.path.format(avatar="default"), headers={header: form.format("").strip()}
    )
    assert keyless.status_code == 401
    empty = httpx.post(
        server.url + wire.path.format(avatar="default"), json={}, headers={header: form.format(server.key)}
    )
    assert empty.status_code == wire.invalid
    assert "missing" in wire.fault(empty.json())
    unclean = call(server, wire, key=server.key, avatar="default", url=rooms.url, token=f"{token}\0")
    assert unclean.status_code == wire.invalid
    assert server.rows("SELECT count(*) FROM sessions WHERE status = 'active'") == [(0,)]


@pytest.mark.parametrize(
    ("name", "end", "answer"),
    [
        ("runway", ("DELETE", "/v1/realtime_sessions/{}"), (204, 204)),
        ("anva", ("DELETE", "/api/v2/sessions/{}"), (200, 200)),
        ("atmee", ("POST", "/v1/avatar_sessions/{}/end"), (200, 200)),
    ],
)
def test_a_plugin_ends_its_session(
    server: Server,
    rooms: RoomServerAddress,
    token: str,
    name: str,
    end: tuple[str, str],
    answer: tuple[int, int],
) -> None:
    wire = WIRES[name]
    made = call(server, wire, key=server.key, avatar="default", url=rooms.url, token=token).json()
    header, form = wire.header
    url = server.url + end[1].format(made[wire.session])

    def ended(key: str) -> httpx.Response:
        return httpx.request(end[0], url, headers={header: form.format(key)})

    assert ended(server.make_key()).status_code == 404
    assert row(server, made[wire.session])[3] == "active"
    assert [ended(server.key).status_code, ended(server.key).status_code] == list(answer)
    assert row(server, made[wire.session])[3] == "ended"
    if name == "atmee":
        assert ended(server.key).json()["alreadyEnded"] is True


def test_simli_sends_the_face_first(server: Server, rooms: RoomServerAddress, token: str) -> None:
    def asked(face: str, key: str = server.key) -> httpx.Response:
        body = {"faceId": f"{face}/92f24a0c", "maxSessionLength": 600, "maxIdleTime": 30}
        return httpx.post(f"{server.url}/compose/token", json=body, headers={"x-simli-api-key": key})

    def joined(session_token: str) -> httpx.Response:
        body = {"session_token": session_token, "livekit_token": token, "livekit_url": rooms.url}
        return httpx.post(f"{server.url}/integrations/livekit/agents", json=body, timeout=60)

    assert asked("default", "sk_wrong").status_code == 401
    session_token = asked("default").raise_for_status().json()["session_token"]
    assert server.key not in session_token
    assert joined("forged").status_code == 401
    unknown = joined(asked("nobody").json()["session_token"])
    assert (unknown.status_code, "nobody" in unknown.json()["detail"]) == (404, True)
    made = joined(session_token).raise_for_status().json()
    assert row(server, made["session_id"])[:3] == ("external", ROOM, 600)


def test_bithuman_sends_pictures_in_json_and_forms(
    server: Server, rooms: RoomServerAddress, token: str, media: Path
) -> None:
    face = (media / "face.jpg").read_bytes()
    room = {"livekit_url": rooms.url, "livekit_token": token, "room_name": ROOM}
    secret, bearer = {"api-secret": server.key}, {"Authorization": f"Bearer {server.key}"}
    own, theirs = "/v1/avatar/session", "/v1/runtime-tokens/request"
    picture = {"image": base64.b64encode(face).decode(), "mode": "gpu", "model": "essence"}
    form = {**room, "model": "expression-2", "avatar_id": "default"}
    uploaded = {"avatar_image": ("avatar.jpg", face, "image/jpeg")}
    for sent in (
        {"url": theirs, "headers": secret, "json": room | picture},
        {"url": own, "headers": secret, "json": room | picture},
        {"url": own, "headers": secret, "json": room | {"agent_id": "default"}},
        {"url": theirs, "headers": bearer, "data": form},  # urlencoded
        {"url": theirs, "headers": bearer, "data": room | {"async_mode": "true"}, "files": uploaded},
        {"url": own, "headers": bearer, "data": room | {"model": "expression"}, "files": uploaded},
    ):
        answer = httpx.post(**{**sent, "url": server.url + str(sent["url"])}, timeout=60)  # type: ignore[arg-type]
        assert answer.status_code == 200, (sent["url"], answer.text)
        assert row(server, answer.json()["session_id"])[:2] == ("external", ROOM)
        with server.client() as client:
            client.delete(f"/v1/realtime/session/{answer.json()['session_id']}").raise_for_status()
    wrong = httpx.post(server.url + own, headers=secret, json=room | {"model": "expresion"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "VALIDATION_ERROR")
    missing = httpx.post(server.url + own, headers=secret, json=room | {"agent_id": "A12345"})
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "AGENT_NOT_FOUND")


def test_lemonslice_uploads_a_picture(
    server: Server, rooms: RoomServerAddress, token: str, media: Path
) -> None:
    wire = WIRES["lemonslice"]
    payload = wire.body(rooms.url, token, "")
    del payload["agent_id"]

    def sent(text: str) -> httpx.Response:
        files = {
            "payload": (None, text, "application/json"),
            "image": ("image.png", (media / "face.png").read_bytes(), "image/png"),
        }
        return httpx.post(server.url + wire.path, files=files, headers={"X-API-Key": server.key}, timeout=60)

    for broken in ("{", "[]", '{"properties": {"livekit_url": "\\u0000", "livekit_token": "t"}}'):
        assert sent(broken).status_code == 400
    assert row(server, sent(json.dumps(payload)).raise_for_status().json()["session_id"])[1] == ROOM


def test_the_room_is_the_one_of_the_token(server: Server, rooms: RoomServerAddress) -> None:
    roomless = jwt.encode({"sub": AVATAR, "iss": rooms.key, "video": {"roomJoin": True}}, rooms.secret)
    answer = call(server, WIRES["bey"], key=server.key, avatar="default", url=rooms.url, token=roomless)
    assert answer.status_code == 400


def test_paths_that_others_share_are_theirs_without_the_vendor_s_header(server: Server) -> None:
    bearer = {"Authorization": f"Bearer {server.key}"}
    assert "detail" not in httpx.post(f"{server.url}/v1/sessions", headers=bearer, json={}).json()
    own = httpx.post(f"{server.url}/v1/avatar/session", headers=bearer, json={}).json()
    assert own["error"] == "invalid_input"


def test_neither_keys_nor_tokens_are_logged(server: Server, rooms: RoomServerAddress, token: str) -> None:
    """One plugin puts the key into the token. That is kept encrypted, until the session ends."""
    for name in ("bithuman", "bey"):
        made = call(server, WIRES[name], key=server.key, avatar="default", url=rooms.url, token=token)
        session_id = made.json()[WIRES[name].session]
        assert server.key not in made.text
        ((kept,),) = server.rows("SELECT to_jsonb(sessions)::text FROM sessions WHERE id = %s", session_id)
        assert server.key not in kept
        assert token not in kept
        with server.client() as client:
            client.delete(f"/v1/realtime/session/{session_id}").raise_for_status()
        assert server.rows("SELECT sealed_token FROM sessions WHERE id = %s", session_id) == [(None,)]
    log = server.log.read_text()
    assert server.key not in log
    assert token not in log
