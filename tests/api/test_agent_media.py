"""Agents of real people: face and manner from a video, the voice from a sound."""

import base64
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.test_agents import ended
from tests.support.server import Server


@pytest.fixture
def api(server: Server) -> Iterator[httpx.Client]:
    headers = {"api-secret": server.make_key("media")}
    with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client:
        yield client


def test_a_video_gives_face_and_manner_and_a_sound_the_voice(
    server: Server, api: httpx.Client, media: Path, shared_data: Path
) -> None:
    """Of real people, whose video and speech are not part of the project."""
    clip, speech = shared_data / "clips/vr5_woman_glasses.mp4", shared_data / "speech/de_female.wav"
    if not (clip.exists() and speech.exists()):
        pytest.skip("no such clip or speech")

    def packed(path: Path) -> str:
        return base64.b64encode(path.read_bytes()).decode()

    face = packed(media / "face.jpg")
    for code, sent in (
        ("of-video", {"video": packed(clip)}),
        ("of-sound", {"image": face, "audio": packed(speech)}),
    ):
        answer = api.post("/v1/agent/generate", json={"agent_id": code, "duration": 2, **sent})
        assert answer.status_code == 200, answer.text
    for code in ("of-video", "of-sound"):
        data, _ = ended(api, code)
        assert data["status"] == "ready", data["error_message"]
    made = dict(server.rows("SELECT code, manner FROM agents WHERE code LIKE 'of-%%'"))
    manner, usual = made["of-video"], made["of-sound"]
    assert 8 < manner["blinks_per_minute"] < 20  # one blink in five seconds
    assert 1.5 < manner["sway_degrees"][0] < 5
    assert usual["blinks_per_minute"] is None
    assert usual["sway_degrees"] is None
    sexes = {each["id"]: each.get("gender") for each in api.get("/v1/voices").json()["voices"]}
    voices = dict(server.rows("SELECT code, voice FROM agents WHERE code LIKE 'of-%%'"))
    for voice in voices.values():
        assert sexes[voice["name"]] == "female"
        assert 0.84 <= voice["pitch"] <= 1.19
        assert 0.8 <= voice["tempo"] <= 1.25
        assert (voice["pitch"], voice["tempo"]) != (1.0, 1.0)
