"""What agents know: documents in passages, found by their words and by what they mean.

Every passage of an agent is compared with a question, so the result is exact. Words are weighted as by BM25
(Robertson and Zaragoza 2009), with the stems of the document's language.
"""

import secrets
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import delete as delete_from
from sqlalchemy import func, insert, literal, select, text
from sqlalchemy.dialects.postgresql import REGCONFIG

from visavis.core.database import Tx
from visavis.core.identity.principals import Principal
from visavis.core.paging import Page, read_page
from visavis.core.schema import Agent, AgentDocument, AgentPassage
from visavis.errors import DocumentMissingError, KnowledgeLimitError
from visavis.ports.knowledge import STEMMERS, VECTOR_SIZE, Document, DocumentKind, FoundPassage

MAX_NAME_CHARS: Final = 200
_ID_BEGIN, _ID_BYTES = "doc_", 8
_FOUND: Final = 4
_RANKED: Final = 10  # of each of the two ways
_RANK_OFFSET: Final = 10  # of reciprocal rank fusion: how much less a later place counts
_MIN_LIKENESS: Final = 0.3  # cosine below which passages are about something else
_AT_ONCE: Final = 200  # rows of an INSERT

_BY_WORDS: Final = text("""
WITH mine AS (
    SELECT id, language, words, length(words) AS size FROM agent_passages
    WHERE account_id = :account AND agent_id = :agent
), asked AS (
    SELECT each.language, lexeme
    FROM (SELECT DISTINCT language FROM mine) AS each,
        unnest(to_tsvector(each.language, CAST(:question AS text)))
), hit AS (
    SELECT mine.id, mine.size, asked.lexeme, cardinality(found.positions) AS times,
        count(*) OVER (PARTITION BY asked.lexeme) AS passages
    FROM mine JOIN asked ON asked.language = mine.language,
        unnest(mine.words) AS found (lexeme, positions, weights)
    WHERE found.lexeme = asked.lexeme
), average AS (
    SELECT count(*) AS passages, greatest(avg(size), 1) AS size FROM mine
)
SELECT hit.id
FROM hit, average
GROUP BY hit.id
ORDER BY sum(
    ln(1 + (average.passages - hit.passages + 0.5) / (hit.passages + 0.5))
    * hit.times * 2.2 / (hit.times + 1.2 * (0.25 + 0.75 * hit.size / average.size))
) DESC, hit.id
LIMIT :limit
""")

_LIKENESS_BY_PGVECTOR: Final = "1 - (vector::vector({size}) <=> CAST(:vector AS vector({size})))"
_LIKENESS_IN_SQL: Final = "(SELECT sum(a * b) FROM unnest(vector, CAST(:vector AS real[])) AS pair (a, b))"
_BY_MEANING: Final = """
SELECT id FROM (
    SELECT id, {likeness} AS likeness FROM agent_passages
    WHERE account_id = :account AND agent_id = :agent AND vector IS NOT NULL
) AS compared
WHERE likeness >= :least
ORDER BY likeness DESC, id
LIMIT :limit
"""


async def add(
    tx: Tx,
    principal: Principal,
    agent: Agent,
    document: Document,
    *,
    name: str,
    kind: DocumentKind,
    digest: bytes,
    max_passages: int,
) -> AgentDocument:
    """Let an agent know a document. One with the same content takes the place of that one.

    Args:
        tx: The transaction.
        principal: Whoever tells it.
        agent: The agent.
        document: The document.
        name: Name by which answers name it.
        kind: What it is.
        digest: SHA-256 of its content.
        max_passages: Number of passages that an agent may know.

    Raises:
        KnowledgeLimitError: The agent would know more.
    """
    mine = AgentDocument.account_id == principal.account_id, AgentDocument.agent_id == agent.id
    await tx.execute(
        select(Agent.id)
        .where(Agent.account_id == principal.account_id, Agent.id == agent.id)
        .with_for_update()
    )
    await tx.execute(delete_from(AgentDocument).where(*mine, AgentDocument.digest == digest))
    known = select(func.coalesce(func.sum(AgentDocument.passages), 0)).where(*mine)
    if (await tx.execute(known)).scalar_one() + len(document.passages) > max_passages:
        raise KnowledgeLimitError(
            f"The agent would know more than {max_passages} passages. Delete documents that it does not need."
        )
    row = AgentDocument(
        id=_ID_BEGIN + secrets.token_hex(_ID_BYTES),
        account_id=principal.account_id,
        agent_id=agent.id,
        name=name[:MAX_NAME_CHARS],
        kind=kind,
        digest=digest,
        chars=sum(len(each.text) for each in document.passages),
        passages=len(document.passages),
    )
    tx.add(row)
    await tx.flush()
    await tx.refresh(row)
    rows = _rows(row, document)
    for start in range(0, len(rows), _AT_ONCE):
        await tx.execute(insert(AgentPassage).values(rows[start : start + _AT_ONCE]))
    return row


def _rows(row: AgentDocument, document: Document) -> list[dict[str, Any]]:
    language = literal(STEMMERS.get(document.language, "simple"), REGCONFIG)
    return [
        {
            "document_id": row.id,
            "account_id": row.account_id,
            "agent_id": row.agent_id,
            "heading": each.heading,
            "text": each.text,
            "language": language,
            "words": func.to_tsvector(language, f"{each.heading}\n{each.text}"),
            "vector": list(each.vector) if each.vector is not None else None,
        }
        for each in document.passages
    ]


async def documents(
    tx: Tx, principal: Principal, agent: Agent, *, limit: int, offset: int
) -> Page[AgentDocument]:
    """Documents that an agent knows, newest first."""
    found = select(AgentDocument).where(
        AgentDocument.account_id == principal.account_id, AgentDocument.agent_id == agent.id
    )
    newest = AgentDocument.created_at.desc()
    return await read_page(tx, found, newest, limit=limit, offset=offset)


async def forget(tx: Tx, principal: Principal, agent: Agent, document_id: str) -> None:
    """Let an agent forget a document.

    Raises:
        DocumentMissingError: It knows none with that ID.
    """
    gone = delete_from(AgentDocument).where(
        AgentDocument.account_id == principal.account_id,
        AgentDocument.agent_id == agent.id,
        AgentDocument.id == document_id,
    )
    if not (await tx.execute(gone.returning(AgentDocument.id))).all():
        raise DocumentMissingError(f"The agent {agent.code} has no document {document_id}.")


async def search(
    tx: Tx, account_id: int, agent_id: int, question: str, vector: Sequence[float] | None
) -> list[FoundPassage]:
    """The passages of an agent that answer a question best, the best one first; none if none fits.

    Args:
        tx: The transaction.
        account_id: Account of the agent.
        agent_id: ID of its row.
        question: The question.
        vector: What it means; `None` where no model is there to tell.
    """
    whose = {"account": account_id, "agent": agent_id, "limit": _RANKED}
    ranked = [list((await tx.execute(_BY_WORDS, whose | {"question": question})).scalars())]
    if vector is not None:
        asked = whose | {"vector": str(list(vector)), "least": _MIN_LIKENESS}
        if not await _has_pgvector(tx):
            asked["vector"] = list(vector)
        by_meaning = _by_meaning(has_pgvector=isinstance(asked["vector"], str))
        ranked.append(list((await tx.execute(text(by_meaning), asked)).scalars()))
    scores: dict[int, float] = {}
    for ids in ranked:
        for place, each in enumerate(ids):
            scores[each] = scores.get(each, 0.0) + 1 / (_RANK_OFFSET + place)
    best = sorted(scores, key=lambda each: -scores[each])[:_FOUND]
    query = (
        select(AgentPassage, AgentDocument.name)
        .join(AgentDocument, AgentDocument.id == AgentPassage.document_id)
        .where(AgentPassage.account_id == account_id, AgentPassage.id.in_(best))
    )
    found = {
        passage.id: FoundPassage(source=name, heading=passage.heading, text=passage.text)
        for passage, name in await tx.execute(query)
    }
    return [found[each] for each in best]


def _by_meaning(*, has_pgvector: bool) -> str:
    likeness = _LIKENESS_BY_PGVECTOR if has_pgvector else _LIKENESS_IN_SQL
    return _BY_MEANING.format(likeness=likeness.format(size=VECTOR_SIZE))


async def _has_pgvector(tx: Tx) -> bool:
    query = text("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'vector')")
    return bool((await tx.execute(query)).scalar_one())
