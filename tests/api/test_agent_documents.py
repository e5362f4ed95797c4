"""What agents know beside their prompt: documents sent, listed, found, forgotten, refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text

from tests.support.server import Server, in_database
from tests.unit.knowledge.test_documents import MARKDOWN, PAGE, pdf
from visavis.core.agents import knowledge
from visavis.core.database import Database
from visavis.core.schema import Agent, AgentPassage

CODE = "knowing-1"
WARRANTY = "The warranty of every bicycle lasts for three years. It covers frame and fork."


@pytest.fixture(scope="module")
def api(server: Server) -> Iterator[httpx.Client]:
    headers = {"api-secret": server.make_key("knowing")}
    with httpx.Client(base_url=server.url, headers=headers, timeout=120) as client:
        body = {"prompt": "You are Ada.", "agent_id": CODE, "duration": 2}
        client.post("/v1/agent/generate", json=body).raise_for_status()
        yield client


@pytest.fixture(scope="module")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("handbook") / "handbook.pdf"
    pdf(WARRANTY, title="Handbook").write(path)
    return path.read_bytes()


def learn(api: httpx.Client, content: bytes, name: str = "", kind: str = "") -> httpx.Response:
    file = ("document", content, kind) if kind else ("document", content)
    return api.post(
        f"/v1/agent/{CODE}/add-context", files={"file": file}, data={"name": name} if name else {}
    )


def found(server: Server, question: str, *, has_pgvector: bool = True, vector: Any = None) -> list[str]:
    """Sources of the passages that are found for a question."""

    async def search(database: Database) -> list[str]:
        async with database.transaction() as tx:
            agent = (await tx.execute(select(Agent).where(Agent.code == CODE))).scalar_one()
            if not has_pgvector:
                await tx.execute(text("DROP EXTENSION vector"))
            passages = await knowledge.search(tx, agent.account_id, agent.id, question, vector)
            await tx.rollback()
        return [each.source for each in passages]

    return in_database(server.database_url, search)


def test_documents_of_every_kind_are_known(server: Server, api: httpx.Client, handbook: bytes) -> None:
    long = "\n".join(f"Bell number {n} costs {n} euros." for n in range(1_000))
    sent = [
        (learn(api, handbook), "pdf", "Handbook"),
        (learn(api, PAGE), "html", "Returns policy"),
        (learn(api, MARKDOWN.encode(), "costs.md"), "markdown", "costs.md"),
        (
            learn(api, "Wir öffnen um neun Uhr. Die Werkstatt öffnet um zehn.".encode(), "Zeiten"),
            "text",
            "Zeiten",
        ),
        (api.post(f"/v1/agent/{CODE}/add-context", json={"context": long, "name": "Bells"}), "text", "Bells"),
    ]
    for answer, kind, name in sent:
        assert answer.status_code == 200, answer.text
        said = answer.json()
        assert (said["context_type"], said["delivered_to_rooms"]) == ("add_context", 0)
        assert (said["document"]["kind"], said["document"]["name"]) == (kind, name)
        assert said["document"]["passages"] >= 1
    again = learn(api, handbook, "Manual").json()["document"]  # takes the place of the first
    listed = api.get(f"/v1/agent/{CODE}/documents", params={"limit": 2}).json()
    assert [each["name"] for each in listed["data"]] == ["Manual", "Bells"]
    assert listed["pagination"]["total"] == len(sent)
    assert found(server, "How long is the bicycles' warranty?")[0] == "Manual"
    assert found(server, "Wann öffnet die Werkstatt?")[0] == "Zeiten"
    assert found(server, "What does bell number 717 cost?")[0] == "Bells"
    assert found(server, "Who won the match?") == []
    gone = api.delete(f"/v1/agent/{CODE}/documents/{again['document_id']}")
    assert gone.json() == {"document_id": again["document_id"], "deleted": True}
    assert found(server, "How long is the bicycles' warranty?")[:1] != ["Manual"]
    missing = api.delete(f"/v1/agent/{CODE}/documents/{again['document_id']}")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "DOCUMENT_NOT_FOUND")


@pytest.mark.parametrize(
    ("sent", "name", "kind"),
    [
        ("costs.md", "costs.md", "markdown"),
        ("C:\\Texts\\Öffnungszeiten.txt", "Öffnungszeiten.txt", "text"),
        ("../../etc/a\u202eb.markdown", "ab.markdown", "markdown"),
        ("n" * 250 + ".md", "n" * 200, "markdown"),
        ("/", "Document", "text"),
    ],
)
def test_a_file_names_its_document(api: httpx.Client, sent: str, name: str, kind: str) -> None:
    """Files of texts are sent as bytes of no kind, by curl for one."""
    file = (sent, f"{sent!a} costs ten euros.".encode(), "application/octet-stream")
    answer = api.post(f"/v1/agent/{CODE}/add-context", files={"file": file})
    assert answer.status_code == 200, answer.text
    said = answer.json()["document"]
    assert (said["name"], said["kind"]) == (name, kind)
    assert api.delete(f"/v1/agent/{CODE}/documents/{said['document_id']}").status_code == 200


@pytest.mark.parametrize("has_pgvector", [True, False])
def test_passages_are_found_by_their_meaning(server: Server, api: httpx.Client, has_pgvector: bool) -> None:
    assert learn(api, b"Refunds are paid within two weeks.", "Refunds").status_code == 200

    async def write(database: Database) -> None:
        async with database.transaction() as tx:
            row = (
                await tx.execute(select(AgentPassage).where(AgentPassage.text.startswith("Refunds")))
            ).scalar_one()
            row.vector = [1.0] + [0.0] * 383

    in_database(server.database_url, write)
    near, far = [0.6, 0.8] + [0.0] * 382, [0.1] + [0.995] + [0.0] * 382
    question = "Kann man das umtauschen?"  # none of its words
    assert found(server, question, has_pgvector=has_pgvector, vector=near) == ["Refunds"]
    assert found(server, question, has_pgvector=has_pgvector, vector=far) == []


@pytest.mark.parametrize(
    ("content", "status", "code", "reason"),
    [
        (b"", 422, "VALIDATION_ERROR", "empty"),
        (b"%PDF-1.7 broken", 422, "VALIDATION_ERROR", "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, 422, "VALIDATION_ERROR", "not supported"),
        (b"PK\x03\x04" + b"x" * 50, 422, "VALIDATION_ERROR", "not supported"),
        (b"MZ\0\0\1\2\3", 422, "VALIDATION_ERROR", "not supported"),
        (b"caf\xe9 au lait", 422, "VALIDATION_ERROR", "UTF-8"),
        (b"<html><body></body></html>", 422, "VALIDATION_ERROR", "no text"),
        (b"Sentence. " * 2_200_000, 413, "PAYLOAD_TOO_LARGE", "20 MB"),
    ],
)
def test_documents_that_cannot_be_used(
    api: httpx.Client, content: bytes, status: int, code: str, reason: str
) -> None:
    answer = learn(api, content)
    said = answer.json()["error"]
    assert (answer.status_code, said["code"]) == (status, code)
    assert reason in said["message"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"context": " "},
        {"url": "http://example.com/a.pdf"},
        {"url": "https://127.0.0.1/a.pdf"},
        {"url": "https://example.com/a.pdf", "context": "x"},
        {"url": "https://example.com/a.pdf", "type": "speak"},
        {"url": "https://example.com/a.pdf", "room_id": "x"},
        {"context": "x" * 20_000, "type": "speak"},
        {"context": "x" * 1_000_001},
        {"context": "x", "name": "n" * 201},
        {"file": "text", "context": "x"},
    ],
)
def test_requests_that_are_no_document(api: httpx.Client, body: dict[str, Any]) -> None:
    answer = api.post(f"/v1/agent/{CODE}/add-context", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["code"] == "VALIDATION_ERROR"


def test_documents_end_with_their_agent(server: Server, api: httpx.Client, tmp_path: Path) -> None:
    other = httpx.Client(base_url=server.url, headers={"api-secret": server.make_key("stranger")})
    with other as client:
        for answer in (
            client.get(f"/v1/agent/{CODE}/documents"),
            client.post(f"/v1/agent/{CODE}/add-context", files={"file": ("a.txt", b"Mine now.")}),
            client.delete(f"/v1/agent/{CODE}/documents/doc_0"),
        ):
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "AGENT_NOT_FOUND")

    async def delete(database: Database) -> int:
        async with database.transaction() as tx:
            await tx.execute(text("DELETE FROM agents WHERE code = :code"), {"code": CODE})
            left = (await tx.execute(text("SELECT count(*) FROM agent_passages"))).scalar_one()
            await tx.rollback()
        return int(left)

    assert in_database(server.database_url, delete) == 0
