"""Agents: made by a job, read, changed, deleted."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import delete as delete_from
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from visavis.core import events, jobs, subscriptions
from visavis.core.billing import balances
from visavis.core.database import Tx
from visavis.core.identity.principals import Principal
from visavis.core.paging import Page, read_page
from visavis.core.schema import COMPLETED, FAILED, GENERATING, PENDING, READY, Agent, Job
from visavis.errors import AgentExistsError, AgentMissingError, AgentNotReadyError
from visavis.ports import Voice


@dataclass(frozen=True)
class NewAgent:
    """An agent that a client asks for.

    Attributes:
        submission: The job that makes it; its input is an `AgentInput`.
        system_prompt: How it is to be; empty for a persona of our own.
        price: Number of credits that it costs.
    """

    submission: jobs.Submission
    system_prompt: str
    price: int


class AgentEnded(BaseModel):
    """Payload of the events `agent.ready` and `agent.failed`.

    Attributes:
        status: `ready` or `failed`.
        name: Name of the person.
        error: Message of the error; `None` if the agent is ready.
        base_url: URL at which the client reaches this server.
        picture_path: Path of the picture in the object store.
        clip_path: Path of the clip.
        rig_id: ID of the rig.
    """

    model_config = ConfigDict(frozen=True)

    status: str
    name: str | None
    error: str | None
    base_url: str
    picture_path: str | None
    clip_path: str | None
    rig_id: str | None


@dataclass(frozen=True)
class AgentState:
    """How far an agent is.

    Attributes:
        agent: The agent.
        job: The job that makes it.
    """

    agent: Agent
    job: Job

    @property
    def status(self) -> str:
        """`pending`, `generating`, `completed` (all is made, but not in its place yet), `ready`, `failed`."""
        if self.agent.status != GENERATING:
            return self.agent.status
        if self.job.status in (PENDING, COMPLETED, FAILED):
            return self.job.status
        return GENERATING


async def create(tx: Tx, principal: Principal, wanted: NewAgent) -> tuple[AgentState, bool]:
    """Accept an agent: its row, its job and its price are written in one transaction.

    Returns:
        The agent; the earlier one if the same request was sent before under the same idempotency key. And
        whether it is new.

    Raises:
        IdempotencyError: A different request used that idempotency key.
        AgentExistsError: The account has an agent with that code.
        CreditsError: The account has too few credits.
    """
    job = await jobs.submit(tx, principal, wanted.submission)
    if job.id != wanted.submission.id:
        return await _made_by(tx, principal, job), False
    asked = wanted.submission.input
    if not isinstance(asked, jobs.AgentInput):
        raise TypeError(f"not the input of an agent: {type(asked).__name__}")
    row = {
        "account_id": principal.account_id,
        "key_id": principal.key_id,
        "code": asked.code,
        "job_id": job.id,
        "system_prompt": wanted.system_prompt,
        "duration_s": asked.duration_s,
        "aspect_ratio": asked.aspect_ratio,
        "video_aspect_ratio": asked.video_aspect_ratio,
    }
    agent = (
        await tx.execute(insert(Agent).values(row).on_conflict_do_nothing().returning(Agent))
    ).scalar_one_or_none()
    if agent is None:
        raise AgentExistsError(f"An agent with the code {asked.code} exists already.")
    await balances.spend(tx, principal, wanted.price, subject_id=job.id)
    return AgentState(agent, job), True


async def find(tx: Tx, principal: Principal, code: str) -> Agent:
    """An agent of the account.

    Raises:
        AgentMissingError: There is none with that code.
    """
    query = select(Agent).where(Agent.account_id == principal.account_id, Agent.code == code)
    agent = (await tx.execute(query)).scalar_one_or_none()
    if agent is None:
        raise AgentMissingError(f"Agent not found for code: {code}")
    return agent


async def find_ready(tx: Tx, principal: Principal, code: str) -> Agent:
    """An agent of the account that can be shown: it has a rig, a voice and a manner.

    Raises:
        AgentMissingError: There is none with that code.
        AgentNotReadyError: It is still being made, or could not be made.
    """
    agent = await find(tx, principal, code)
    if agent.status == FAILED:
        raise AgentNotReadyError(f"The agent {code} could not be made. Generate another one.")
    if agent.status != READY:
        raise AgentNotReadyError(f"The agent {code} is still being made. Wait until its status is ready.")
    return agent


async def state(tx: Tx, principal: Principal, code: str) -> AgentState:
    """How far an agent of the account is.

    Raises:
        AgentMissingError: There is none with that code.
    """
    agent = await find(tx, principal, code)
    query = select(Job).where(Job.account_id == principal.account_id, Job.id == agent.job_id)
    return AgentState(agent, (await tx.execute(query)).scalar_one())


def voice_of(agent: Agent) -> Voice:
    """The voice of an agent that is ready."""
    written = agent.voice or {}
    return Voice(
        language=written.get("language", ""),
        name=written.get("name", ""),
        tempo=written.get("tempo", 1.0),
        pitch=written.get("pitch", 1.0),
    )


async def page(
    tx: Tx, principal: Principal, *, status: str | None = None, limit: int, offset: int
) -> Page[Agent]:
    """List agents of an account, newest first.

    Args:
        tx: The transaction.
        principal: Reader.
        status: Only those with this status: `GENERATING`, `READY` or `failed`.
        limit: Maximum number of agents.
        offset: Number of agents to skip.
    """
    found = select(Agent).where(Agent.account_id == principal.account_id)
    if status:
        found = found.where(Agent.status == status)
    return await read_page(tx, found, Agent.id.desc(), limit=limit, offset=offset)


async def codes(tx: Tx, principal: Principal, job_ids: Collection[str]) -> dict[str, str]:
    """Codes of agents of the account, by the IDs of the jobs that made them."""
    query = select(Agent.job_id, Agent.code).where(
        Agent.account_id == principal.account_id, Agent.job_id.in_(job_ids)
    )
    return {row.job_id: row.code for row in await tx.execute(query)}


async def update_prompt(tx: Tx, principal: Principal, code: str, system_prompt: str) -> Agent:
    """Change the prompt of an agent. Live sessions keep the one that they began with.

    Raises:
        AgentMissingError: There is none with that code.
    """
    agent = await find(tx, principal, code)
    agent.system_prompt = system_prompt
    agent.updated_at = func.now()
    await tx.flush()
    return agent


async def delete(tx: Tx, principal: Principal, code: str) -> list[str]:
    """Delete an agent. Live sessions that show it go on; what it cost stays in the ledger.

    Returns:
        Paths of the files to delete. Its rig is deleted when no session needs it any more.

    Raises:
        AgentMissingError: There is none with that code.
        AgentNotReadyError: It is still being made.
    """
    agent = await find(tx, principal, code)
    if agent.status == GENERATING:
        raise AgentNotReadyError(f"The agent {code} is still being made. Wait until that has ended.")
    gone = delete_from(Agent).where(Agent.account_id == principal.account_id, Agent.id == agent.id)
    await tx.execute(gone)
    return [path for path in (agent.picture_path, agent.clip_path) if path]


async def settle(tx: Tx, *, limit: int = 100) -> int:
    """Give agents what their jobs have made; give back the credits of those whose job failed.

    It is called when a job ends, and again by maintenance, for ends that nobody was there for.

    Returns:
        Number of agents.
    """
    ended = (
        select(Agent, Job)
        .join(Job, Job.id == Agent.job_id)
        .where(Agent.status == GENERATING, Job.status.in_([COMPLETED, FAILED]))
        .limit(limit)
        .with_for_update(of=Agent, skip_locked=True)
    )
    count = 0
    for agent, job in await tx.execute(ended):
        made = jobs.output_of(job)
        if isinstance(made, jobs.AgentOutput):
            agent.status = READY
            for name, value in _of_agent(agent, made).items():
                setattr(agent, name, value)
        else:
            agent.status = FAILED
            await balances.refund(tx, agent.account_id, agent.key_id, subject_id=job.id)
        agent.updated_at = func.now()
        await tx.flush()
        await _tell(tx, agent, job)
        count += 1
    return count


async def _tell(tx: Tx, agent: Agent, job: Job) -> None:
    """Record that an agent is ready or failed, and tell the webhooks of its account."""
    told = AgentEnded(
        status=agent.status,
        name=agent.name,
        error=job.error,
        base_url=job.base_url,
        picture_path=agent.picture_path,
        clip_path=agent.clip_path,
        rig_id=agent.rig_id,
    )
    event = await events.record(
        tx,
        account_id=agent.account_id,
        surface=job.surface,
        kind=f"agent.{agent.status}",
        subject_id=agent.code,
        payload=told.model_dump(mode="json"),
    )
    await subscriptions.announce(tx, event)


def _of_agent(agent: Agent, made: jobs.AgentOutput) -> dict[str, Any]:
    return {
        "name": made.name,
        "system_prompt": agent.system_prompt or made.system_prompt,
        "voice": made.voice,
        "manner": made.manner,
        "picture_path": made.picture_path,
        "clip_path": made.clip_path,
        "rig_id": made.rig_id,
    }


async def _made_by(tx: Tx, principal: Principal, job: Job) -> AgentState:
    query = select(Agent).where(Agent.account_id == principal.account_id, Agent.job_id == job.id)
    agent = (await tx.execute(query)).scalar_one_or_none()
    if agent is None:
        raise AgentMissingError("The agent that this request made was deleted.")
    return AgentState(agent, job)
