"""Conversations in requests for sessions: the fields that are understood, and how others are refused."""

import json
from typing import Any

import httpx
import pytest

from tests.support.server import Server

SESSION = "/v1/realtime/session"
WEBHOOK = {"name": "hours", "url": "https://127.0.0.1/hours"}


def refused(answer: httpx.Response) -> tuple[int, str, str]:
    said = answer.json()
    assert set(said) <= {"error", "message", "retry_after_seconds"}
    return answer.status_code, said["error"], said["message"]


@pytest.mark.parametrize(
    ("field", "status", "said"),
    [
        ({"system_prompt": 5}, 422, "system_prompt: must be text."),
        ({"system_prompt": "a" * 16_001}, 422, "system_prompt: must have at most 16000 characters."),
        ({"system_prompt": "a", "instructions": "b"}, 422, "Send system_prompt or instructions, not both."),
        ({"greeting": "a" * 1_001}, 422, "greeting: must have at most 1000 characters."),
        ({"voice": "nobody-of-that-name"}, 422, "voice"),
        ({"language": "klingon-tlh-x"}, 422, "language"),
        ({"knowledge": {}}, 422, "knowledge: must be a list."),
        ({"knowledge": [1]}, 422, "knowledge.0: must be text."),
        ({"knowledge": ["a"] * 33}, 422, "knowledge: must have at most 32 entries."),
        ({"knowledge": ["a" * 32_001] * 2}, 422, "knowledge: it has 64002 characters"),
        ({"tools": "call me"}, 422, "tools: must be a list."),
        ({"tools": "[" * 5_000}, 422, "tools: must be a list."),
        ({"tools": [{}]}, 422, "tools.0.name: is missing."),
        ({"tools": [{"name": "9 lives"}]}, 422, "tools.0.name: has a form that cannot be used."),
        ({"tools": [{"name": "a"}, {"name": "a"}]}, 422, "tools: two of them have the same name."),
        ({"tools": [{"name": f"a{at}"} for at in range(17)]}, 422, "tools: must have at most 16 entries."),
        ({"tools": [{"name": "a", "parameters": {"type": "array"}}]}, 422, "tools: parameters must be"),
        ({"tools": [{"name": "a", "parameters": {"type": "object", "x": "y" * 4_000}}]}, 422, "tools: param"),
        ({"tools": [{"name": "a", "timeout": 31}]}, 422, "tools.0.timeout: must be at most 30"),
        ({"tools": [WEBHOOK]}, 400, "The URL of the tool hours does not lead to a public address."),
        (
            {"tools": [WEBHOOK | {"url": "http://example.com"}]},
            400,
            "The URL of the tool hours must use HTTPS.",
        ),
        ({"transcript": "perhaps"}, 422, "transcript: must be true or false."),
    ],
)
def test_what_cannot_be_is_refused_in_json_and_in_forms(
    client: httpx.Client, field: dict[str, Any], status: int, said: str
) -> None:
    code = "validation_error" if status == 422 else "invalid_input"
    answer = refused(client.post(SESSION, json={"mode": "conversation"} | field))
    assert answer[:2] == (status, code)
    assert answer[2].startswith(said) or said in answer[2].lower()
    if all(isinstance(value, str | list) for value in field.values()):
        form = {name: v if isinstance(v, str) else json.dumps(v) for name, v in field.items()}
        for sent in (
            {"data": form | {"mode": "conversation"}},
            {
                "files": {name: (None, value) for name, value in form.items()}
                | {"mode": (None, "conversation")}
            },
        ):
            assert refused(client.post(SESSION, **sent)) == answer


@pytest.mark.parametrize(
    "field",
    [
        {"system_prompt": "Be kind."},
        {"greeting": "Hello!"},
        {"knowledge": ["We open at nine."]},
        {"tools": [{"name": "hours"}]},
        {"transcript": True},
    ],
)
def test_a_passthrough_session_takes_no_conversation(client: httpx.Client, field: dict[str, Any]) -> None:
    status, code, message = refused(client.post(SESSION, json=field))
    assert (status, code) == (422, "validation_error")
    assert message == f'{next(iter(field))}: only for sessions with mode "conversation".'


def test_a_key_that_is_not_allowed(server: Server) -> None:
    with server.client(server.make_key("no talk", allows_conversation=False)) as client:
        status, code, message = refused(client.post(SESSION, json={"mode": "conversation"}))
    assert (status, code) == (403, "conversation_disabled")
    assert "allowlisted" in message
