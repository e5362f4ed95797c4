"""The examples of the agents API's document, its client for MCP, and a terminal, on a real server.

Only address, key, code, picture and length of the clip differ from the document, and the pauses between
questions.
"""

import ast
import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from harness.bithuman_environment import ENVIRONMENT, call_tools
from typer.testing import CliRunner, Result

from tests.support.server import Server
from visavis.cli.main import app
from visavis.engine.agent_file import read_profile

HOSTED: Final = "https://api.bithuman.ai"
EXAMPLE_CODE: Final = "A91XMB7113"

VALIDATE: Final = """
curl -X POST https://api.bithuman.ai/v1/validate \\
-H "api-secret: $BITHUMAN_API_SECRET"
"""
SPEAK: Final = """
curl -X POST https://api.bithuman.ai/v1/agent/A91XMB7113/speak \\
-H "Content-Type: application/json" \\
-H "api-secret: $BITHUMAN_API_SECRET" \\
-d '{
"message": "We have a 20% discount available today.",
"room_id": "customer_session_1"
}'
"""
GENERATE: Final = """
import requests
resp = requests.post(
    "https://api.bithuman.ai/v1/agent/generate",
    headers={"Content-Type": "application/json", "api-secret": "YOUR_API_SECRET"},
    json={
        "prompt": "You are a professional video content creator.",
        "image": "https://example.com/avatar.jpg",
    },
)
print(resp.json())
"""
GENERATE_AND_POLL: Final = """
import os, time, requests
BASE = "https://api.bithuman.ai"
SECRET = os.environ["BITHUMAN_API_SECRET"]
headers = {"Content-Type": "application/json", "api-secret": SECRET}
resp = requests.post(f"{BASE}/v1/agent/generate", headers=headers,
                     json={"prompt": "You are a friendly AI assistant."})
agent_id = resp.json()["agent_id"]
while True:
    data = requests.get(f"{BASE}/v1/agent/status/{agent_id}",
                        headers={"api-secret": SECRET}).json()["data"]
    if data["status"] == "ready":
        print("Ready:", data["model_url"])
        break
    if data["status"] == "failed":
        raise SystemExit(f"Failed: {data['error_message']}")
    time.sleep(5)
"""
GET: Final = """
import requests
code = "A91XMB7113"
data = requests.get(
    f"https://api.bithuman.ai/v1/agent/{code}",
    headers={"api-secret": "YOUR_API_SECRET"},
).json()
agent = data["data"]
print(agent["name"], agent["status"])
"""
UPDATE: Final = """
import requests
code = "A91XMB7113"
resp = requests.post(
    f"https://api.bithuman.ai/v1/agent/{code}",
    headers={"Content-Type": "application/json", "api-secret": "YOUR_API_SECRET"},
    json={"system_prompt": "You are a professional sales assistant."},
)
print(resp.json())
"""
ADD_CONTEXT: Final = """
import requests
print(requests.post(
    "https://api.bithuman.ai/v1/agent/A91XMB7113/add-context",
    headers={"Content-Type": "application/json", "api-secret": "YOUR_API_SECRET"},
    json={
        "context": "Customer has VIP status. Preferred name: Alex. Account since 2021.",
        "type": "add_context",
        "room_id": "vip_session_42",
    },
).json())
"""


@pytest.fixture(scope="module")
def key(server: Server) -> str:
    return server.make_key("examples")


@pytest.fixture(scope="module")
def ready(server: Server, key: str) -> str:
    """Code of an agent that the document's loop made."""
    words = {"time.sleep(5)": "time.sleep(0.2)", 'assistant."}': 'assistant.", "duration": 3}'}
    said = python(server, key, GENERATE_AND_POLL, **words)
    ready, model_url = said.split()
    assert ready == "Ready:"
    assert read_profile(httpx.get(model_url).content) is not None
    with server.client(key) as client:
        (agent,) = client.get("/v1/agents").json()["data"]
    return str(agent["code"])


def _changed(server: Server, key: str, example: str, words: dict[str, str]) -> str:
    for old, new in {HOSTED: server.url, "YOUR_API_SECRET": key, **words}.items():
        example = example.replace(old, new)
    return example


def _run(key: str, script: str, *command: str) -> str:
    env = os.environ | {"BITHUMAN_API_SECRET": key}
    done = subprocess.run(command, env=env, input=script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def python(server: Server, key: str, example: str, **words: str) -> str:
    return _run(key, _changed(server, key, example, words), sys.executable, "-")


def curl(server: Server, key: str, example: str, **words: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(_run(key, _changed(server, key, example, words), "sh"))
    return said


def test_a_secret_is_checked(server: Server, key: str) -> None:
    assert curl(server, key, VALIDATE) == {"valid": True}
    wrong = curl(server, "wrong", VALIDATE)
    assert (wrong["error"]["code"], wrong["status_code"]) == ("UNAUTHORIZED", 401)


def test_a_picture_becomes_an_agent(server: Server, media: Path) -> None:
    key = server.make_key("a picture")
    image = base64.b64encode((media / "face.jpg").read_bytes()).decode()
    words = {'"https://example.com/avatar.jpg"': f'"{image}", "duration": 2'}
    said = ast.literal_eval(python(server, key, GENERATE, **words))
    code = said.pop("agent_id")
    assert said == {"success": True, "message": "Agent generation started", "status": "processing"}
    with server.client(key) as client:
        assert client.get(f"/v1/agent/status/{code}").json()["data"]["status"] in {"processing", "generating"}


def test_an_agent_is_read_and_changed(server: Server, key: str, ready: str) -> None:
    words = {EXAMPLE_CODE: ready}
    assert python(server, key, GET, **words).split()[-1] == "ready"
    assert ast.literal_eval(python(server, key, UPDATE, **words)) == {"agent_code": ready, "updated": True}
    with server.client(key) as client:
        agent = client.get(f"/v1/agent/{ready}").json()["data"]
    assert agent["system_prompt"] == "You are a professional sales assistant."


def test_models_of_the_hosted_engine_are_not_made(server: Server, key: str, ready: str) -> None:
    """What the package `bithuman` asks, which opens no other models: it says so to its user."""
    with server.client(key) as client:
        for code, expected in ((ready, (409, "MODEL_NOT_DOWNLOADABLE")), ("A0", (404, "AGENT_NOT_FOUND"))):
            asked = client.get(f"/v1/agent/{code}/model/download", params={"redirect": "false"})
            assert (asked.status_code, asked.json()["error"]["code"]) == expected


def test_without_a_live_room(server: Server, key: str, ready: str) -> None:
    """`tests/conversation/test_agents_live.py` has the rooms."""
    words = {EXAMPLE_CODE: ready}
    for said in (
        curl(server, key, SPEAK, **words),
        ast.literal_eval(python(server, key, ADD_CONTEXT, **words)),
    ):
        assert said["error"] == {
            "code": "NO_ACTIVE_ROOMS",
            "message": f"No active rooms found for agent {ready}",
            "httpStatus": 404,
        }
    unknown = curl(server, key, SPEAK)
    assert (unknown["error"]["code"], unknown["status_code"]) == ("AGENT_NOT_FOUND", 404)


def test_the_mcp_server_of_the_hosted_service(server: Server, key: str, ready: str, tmp_path: Path) -> None:
    """`bithuman-mcp` as it is on PyPI: its tools answer with what this server said."""
    interpreter = ENVIRONMENT.python()
    if interpreter is None:
        pytest.skip("there is no environment with bithuman-mcp")
    sound = tmp_path / "hello.wav"
    spoken = {"text": "Hello.", "voice": "espeak", "output_path": str(sound)}
    calls: dict[str, dict[str, Any]] = {
        "validate_api_secret": {},
        "get_credit_balance": {},
        "get_usage": {},
        "list_voices": {},
        "list_agents": {"status": "ready"},
        "get_agent_status": {"agent_id": ready},
        "get_agent": {"code": ready},
        "update_agent_prompt": {"code": ready, "system_prompt": "You are Ada."},
        "agent_speak": {"code": ready, "message": "Hello"},
        "add_agent_context": {"code": ready, "context": "A VIP"},
        "text_to_speech": spoken,
        "create_embed_token": {"agent_id": ready, "fingerprint": "0a1b"},
        "create_webhook": {"url": "https://93.184.215.14/", "events": ["agent.ready"]},
        "list_webhooks": {},
        "delete_webhook": {"webhook_id": "wh_0"},
        "delete_agent": {"code": "A000000000"},
    }
    answers = call_tools(interpreter, list(calls.items()), url=server.url, secret=key)
    said = dict(zip(calls, answers, strict=True))
    assert said["validate_api_secret"] == {"valid": True}
    assert said["get_credit_balance"]["data"]["balance"] == 0
    assert said["get_usage"]["data"] == []
    assert "espeak" in {each["id"] for each in said["list_voices"]["voices"]}
    assert [each["code"] for each in said["list_agents"]["data"]] == [ready]
    assert said["get_agent_status"]["data"]["progress"] == 1.0
    assert said["get_agent"]["data"]["status"] == "ready"
    assert said["update_agent_prompt"] == {"agent_code": ready, "updated": True}
    assert said["text_to_speech"]["bytes"] == len(sound.read_bytes()) > 10_000
    assert said["create_embed_token"]["data"]["token"].startswith("embt_")
    assert said["list_webhooks"]["data"][0]["id"] == said["create_webhook"]["data"]["id"]
    for tool, code in (
        ("agent_speak", "NO_ACTIVE_ROOMS"),
        ("add_agent_context", "NO_ACTIVE_ROOMS"),
        ("delete_webhook", "WEBHOOK_NOT_FOUND"),
        ("delete_agent", "AGENT_NOT_FOUND"),
    ):
        assert (said[tool]["status_code"], said[tool]["body"]["error"]["code"]) == (404, code)


def test_agents_in_a_terminal(server: Server, key: str, ready: str) -> None:
    def visavis(*words: str, key: str = key) -> Result:
        env = {"VISAVIS_API_URL": server.url, "VISAVIS_API_KEY": key, "COLUMNS": "200"}
        return CliRunner().invoke(app, ["agents", *words], env=env)

    assert ready in visavis("list").stdout
    shown = visavis("show", ready).stdout
    assert "model_url" in shown
    assert "You are" in shown
    refused = visavis("list", key="wrong")
    assert (refused.exit_code, "key" in refused.stderr) == (2, True)
    missing = visavis("show", "A000000000")
    assert (missing.exit_code, "Agent not found" in missing.stderr) == (2, True)
    assert visavis("delete", ready, "--yes").stdout == f"{ready} is deleted\n"
    assert "There are no agents" in visavis("list").stdout
