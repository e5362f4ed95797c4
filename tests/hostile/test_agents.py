"""Attacks on agents: wrong types, foreign addresses, bombs, and many requests at once. Never a 500."""

import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import httpx
import pytest
from tests.support.server import Server, until

CODE: Final = "besieged"
AT_ONCE: Final = 6
BUSY: Final = ("processing", "generating")
WRONG: Final[tuple[Any, ...]] = (None, 7, -1.5, True, [], {}, [{}], "", " ", "x" * 70_000, "\u202e\U0001f600")
PRIVATE: Final = (
    *("https://127.0.0.1/a", "https://localhost/a", "https://[::1]/a", "https://[::ffff:10.0.0.1]/a"),
    *("https://169.254.169.254/latest", "https://2130706433/a", "https://0x7f000001/a", "https://0/a"),
    *("https://user:secret@127.0.0.1/a", "http://example.com/a", "file:///etc/passwd", "https:///a"),
    *("https://127.0.0.1:99999/a", "https://exa mple.com/a", "https://ex\u2024ample.com\\@127.0.0.1/"),
)


@pytest.fixture(scope="module")
def api(server: Server) -> Iterator[httpx.Client]:
    headers = {"api-secret": server.make_key("besieged")}
    with httpx.Client(base_url=server.url, headers=headers, timeout=120) as client:
        body = {"prompt": "You are Ada.", "agent_id": CODE, "duration": 2}
        client.post("/v1/agent/generate", json=body).raise_for_status()
        yield client

        def is_quiet() -> bool:
            return all(not client.get("/v1/agents", params={"status": each}).json()["data"] for each in BUSY)

        until(is_quiet, within_s=180, what="the agents, which would keep the tests that follow waiting")


def refused(answer: httpx.Response) -> str:
    """The code of a refusal in the form of this API, with words for people."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:300])
    said = answer.json()
    assert (said["status"], said["status_code"]) == ("error", answer.status_code)
    assert said["error"]["message"]
    assert "Input should" not in said["error"]["message"]
    return str(said["error"]["code"])


@pytest.mark.parametrize(
    ("path", "whole", "field"),
    [
        *(("/v1/agent/generate", {"agent_id": "a b"}, field) for field in ("prompt", "image", "duration")),
        *(("/v1/agent/generate", {"agent_id": "a b"}, field) for field in ("video", "audio", "aspect_ratio")),
        (f"/v1/agent/{CODE}", {}, "system_prompt"),
        *(
            (f"/v1/agent/{CODE}/speak", {"message": "a"}, field)
            for field in ("message", "room_id", "priority")
        ),
        *((f"/v1/agent/{CODE}/add-context", {"room_id": "x"}, each) for each in ("context", "url", "file")),
        *((f"/v1/agent/{CODE}/add-context", {"context": "x"}, each) for each in ("name", "type", "room_id")),
        *(
            ("/v1/embed-tokens/request", {"agent_id": "x"}, each)
            for each in ("agent_id", "domains", "expires_in")
        ),
        *(("/v1/embed-tokens/request", {"agent_id": "x"}, each) for each in ("max_sessions", "fingerprint")),
        *(("/v1/webhooks", {"url": "http://x"}, each) for each in ("url", "events", "description")),
        *(("/v1/audio/speech", {"voice": "nobody"}, each) for each in ("input", "voice", "speed")),
        *(("/v1/tts", {"voice": "nobody"}, each) for each in ("text", "language", "format")),
    ],
)
def test_wrong_types(api: httpx.Client, path: str, whole: dict[str, Any], field: str) -> None:
    """Each request is wrong whatever the field holds, so each of them must be refused with a reason."""
    for value in WRONG:
        if field == "system_prompt" and value == WRONG[-1]:
            continue  # a prompt like any other
        refused(api.post(path, json={**whole, field: value}))
    if path.endswith("generate"):
        return  # it needs no field, so an empty request is not wrong
    for content in (
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff",
        b'{"%s": "\\ud800"}' % field.encode(),
        b"[" * 5000,
    ):
        refused(api.post(path, content=content, headers={"Content-Type": "application/json"}))
    refused(api.post(path, content=b"x", headers={"Content-Type": "multipart/form-data"}))


@pytest.mark.parametrize(
    "code", ["%00", "%ff", "%F0%9F%98%80", "..%2f..", "a" * 5_000, "generate", "%20", "a%0d%0ab"]
)
def test_codes_of_no_agent(api: httpx.Client, code: str) -> None:
    for method, path, body in (
        ("GET", f"/v1/agent/{code}", None),
        ("GET", f"/v1/agent/status/{code}", None),
        ("GET", f"/v1/agent/{code}/documents", None),
        ("DELETE", f"/v1/agent/{code}", None),
        ("DELETE", f"/v1/agent/{CODE}/documents/{code}", None),
        ("POST", f"/v1/agent/{code}/speak", {"message": "a"}),
        ("POST", f"/v1/agent/{code}/add-context", {"context": "a"}),
    ):
        refused(api.request(method, path, json=body))


@pytest.mark.parametrize("url", PRIVATE)
def test_private_addresses(api: httpx.Client, url: str) -> None:
    """Nobody lets the server look into its own network, and no answer tells what is there."""
    for path, body in (
        (f"/v1/agent/{CODE}/add-context", {"url": url}),
        ("/v1/agent/generate", {"image": url}),
        ("/v1/agent/generate", {"video": url}),
        ("/v1/webhooks", {"url": url}),
    ):
        answer = api.post(path, json=body)
        assert refused(answer) == "VALIDATION_ERROR", (path, url)
        assert "secret" not in answer.text


def test_a_document_that_grows(api: httpx.Client) -> None:
    """Some kilobytes that unpack to hundreds of megabytes end in a reason, and the server goes on."""
    packed = zlib.compress(b"\0" * 200_000_000, 9)
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    parts = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F %s >> >> >>" % font,
        b"<< /Length %d /Filter /FlateDecode >> stream\n%s\nendstream" % (len(packed), packed),
    )
    content, places = b"%PDF-1.5\n", []
    for number, part in enumerate(parts, 1):
        places.append(b"%010d 00000 n \n" % len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(places)
    content += table + b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(content)
    for file in (content, b"<div>" * 50_000, b"[" * 250_000):
        answer = api.post(f"/v1/agent/{CODE}/add-context", files={"file": ("a.md", file)})
        if answer.status_code != 200:
            assert refused(answer) in {"VALIDATION_ERROR", "PAYLOAD_TOO_LARGE"}
    assert api.get(f"/v1/agent/{CODE}").status_code == 200


def at_once(send: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(send, range(AT_ONCE)))


def test_the_same_at_once(api: httpx.Client) -> None:
    def make(body: dict[str, Any], **headers: str) -> Callable[[int], httpx.Response]:
        return lambda _: api.post("/v1/agent/generate", json={"duration": 2, **body}, headers=headers)

    repeated = at_once(make({"prompt": "One."}, **{"Idempotency-Key": "once"}))
    assert {answer.status_code for answer in repeated} == {200}
    assert len({answer.json()["agent_id"] for answer in repeated}) == 1
    named = at_once(make({"agent_id": "only-one"}))
    assert sorted(answer.status_code for answer in named) == [200] + [409] * (AT_ONCE - 1)
    assert {refused(answer) for answer in named if answer.status_code != 200} == {"AGENT_EXISTS"}

    path = f"/v1/agent/{CODE}/add-context"
    learned = at_once(lambda _: api.post(path, files={"file": ("a.txt", b"The same text.")}))
    assert {answer.status_code for answer in learned} == {200}
    listed = api.get(f"/v1/agent/{CODE}/documents").json()["data"]
    assert [each["name"] for each in listed].count("a.txt") == 1
    (known,) = (each["document_id"] for each in listed if each["name"] == "a.txt")
    gone = at_once(lambda _: api.delete(f"/v1/agent/{CODE}/documents/{known}"))
    assert sorted(answer.status_code for answer in gone) == [200] + [404] * (AT_ONCE - 1)


def test_deleted_while_it_is_made(api: httpx.Client) -> None:
    code = "short-lived"
    assert api.post("/v1/agent/generate", json={"agent_id": code, "duration": 10}).status_code == 200
    answers = at_once(lambda _: api.delete(f"/v1/agent/{code}"))
    assert {refused(answer) for answer in answers} == {"AGENT_NOT_READY"}
    assert api.get(f"/v1/agent/{code}").json()["data"]["status"] in {"processing", "generating"}


def test_an_agent_of_somebody_else(server: Server, api: httpx.Client) -> None:
    with httpx.Client(base_url=server.url, headers={"api-secret": server.make_key("thief")}) as thief:
        for method, path, body in (
            ("GET", "", None),
            ("POST", "", {"system_prompt": "Mine."}),
            ("DELETE", "", None),
            ("POST", "/speak", {"message": "Mine."}),
            ("POST", "/add-context", {"context": "Mine." * 4_000}),
            ("GET", "/documents", None),
        ):
            answer = thief.request(method, f"/v1/agent/{CODE}{path}", json=body)
            assert refused(answer) == "AGENT_NOT_FOUND"
    assert api.get(f"/v1/agent/{CODE}").json()["data"]["system_prompt"] == "You are Ada."
