"""What the agent of a session knows of a question."""

from collections.abc import Sequence

import structlog

from visavis.core.agents import knowledge
from visavis.core.database import Database
from visavis.core.schema import Session
from visavis.errors import DatabaseError
from visavis.ports.knowledge import FoundPassage
from visavis.worker.conversations import FindPassages

_log = structlog.get_logger()


def passage_finder(database: Database, row: Session) -> FindPassages | None:
    """What finds passages of the documents of a session's agent; `None` if it shows none.

    Args:
        database: The database.
        row: The session.
    """
    account_id, agent_id = row.account_id, row.agent_id
    if agent_id is None:
        return None

    async def find(question: str, vector: Sequence[float] | None) -> list[FoundPassage]:
        try:
            async with database.transaction() as tx:
                return await knowledge.search(tx, account_id, agent_id, question, vector)
        except DatabaseError as error:
            _log.warning("passages_not_found", session=row.id, code=error.code)
            return []

    return find
