"""Files of agents in the object store: picture and clip. The agent's own file is its rig."""

from typing import Final

from sqlalchemy import or_, select

from visavis.core.database import Tx
from visavis.core.jobs import SUFFIXES
from visavis.core.schema import PENDING, PROCESSING, Agent, Job

AGENTS: Final = "agents"


def path_of(job_id: str, attempt: int, content_type: str) -> str:
    """Path of a file that an attempt at an agent makes."""
    return f"{AGENTS}/{job_id}/{attempt}.{SUFFIXES[content_type]}"


async def orphaned(tx: Tx, paths: list[str]) -> list[str]:
    """Of these files, those that no agent has, and that no unfinished job makes."""
    query = select(Agent.picture_path, Agent.clip_path).where(
        or_(Agent.picture_path.in_(paths), Agent.clip_path.in_(paths))
    )
    used = {path for row in await tx.execute(query) for path in row}
    jobs = {path.split("/")[1] for path in paths}
    unfinished = select(Job.id).where(Job.id.in_(jobs), Job.status.in_([PENDING, PROCESSING]))
    making = set((await tx.execute(unfinished)).scalars())
    return [path for path in paths if path not in used and path.split("/")[1] not in making]
