"""Credits and agents on a real database: spent once, given back once, never more than there are."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.jobs import PRICES, TTL_S, a_key
from tests.support.server import in_database
from visavis.core import agents, jobs, rigs, subscriptions
from visavis.core.agents import AgentState, NewAgent
from visavis.core.billing import balances, usage
from visavis.core.database import Database
from visavis.core.identity import keys
from visavis.core.identity.principals import Principal
from visavis.core.schema import Delivery, Event
from visavis.errors import AccountError, AgentExistsError, AgentNotReadyError, CreditsError

PRICE = 250


async def granted(database: Database, amount: int) -> Principal:
    key = await a_key(database)
    async with database.transaction() as tx:
        await balances.grant(tx, await keys.read(tx, key), amount)
    return key


async def make(database: Database, key: Principal, code: str = "", **more: Any) -> AgentState:
    asked = jobs.AgentInput(
        code=code or agents.new_code(), duration_s=2, aspect_ratio="1:1", video_aspect_ratio="1:1"
    )
    submission = jobs.Submission(
        id=jobs.new_id(), kind=jobs.AGENT, surface="agents", input=asked, base_url="http://x", **more
    )
    async with database.transaction() as tx:
        return (await agents.create(tx, key, NewAgent(submission, "", PRICE)))[0]


async def balance(database: Database, key: Principal) -> int:
    async with database.transaction() as tx:
        return await balances.balance(tx, key.account_id)


def test_credits_are_spent_and_given_back_once(postgres: str) -> None:
    async def run(database: Database) -> None:
        key = await granted(database, 600)
        state = await make(database, key)
        assert await balance(database, key) == 350
        async with database.transaction() as tx:
            job = await jobs.begin(tx, state.job.id, ttl_s=TTL_S)
            assert job is not None
            await jobs.fail(tx, job, "invalid_input", "No face was found.", ttl_s=TTL_S)
            assert await agents.settle(tx) >= 1
            await agents.settle(tx)
        assert await balance(database, key) == 600
        async with database.transaction() as tx:
            found = await agents.state(tx, key, state.agent.code)
            assert (found.status, found.job.error) == ("failed", "No face was found.")
            with pytest.raises(AgentNotReadyError):
                await agents.find_ready(tx, key, state.agent.code)
            assert await usage.by_day(tx, key, days=2) == []

    in_database(postgres, run)


def test_nothing_is_made_without_credits(postgres: str) -> None:
    async def run(database: Database) -> None:
        key = await granted(database, 249)
        with pytest.raises(CreditsError, match="250"):
            await make(database, key)
        async with database.transaction() as tx:
            assert (await agents.page(tx, key, limit=9, offset=0)).count == 0
            assert (await jobs.page(tx, key, surface="agents", limit=9, offset=0)).count == 0
            with pytest.raises(AccountError):
                await balances.grant(tx, await keys.read(tx, key), 0)
        assert await balance(database, key) == 249

    in_database(postgres, run)


def test_requests_at_once_do_not_spend_the_same_credits(postgres: str) -> None:
    async def run(database: Database) -> None:
        key = await granted(database, 600)
        made = await asyncio.gather(*(make(database, key) for _ in range(5)), return_exceptions=True)
        assert sum(isinstance(each, AgentState) for each in made) == 2
        assert sum(isinstance(each, CreditsError) for each in made) == 3
        assert await balance(database, key) == 100
        kept = await granted(database, 600)
        await make(database, kept, "A1")
        with pytest.raises(AgentExistsError):
            await make(database, kept, "A1")
        assert await balance(database, kept) == 350

    in_database(postgres, run)


def test_a_finished_job_makes_its_agent_ready_and_tells_webhooks(postgres: str) -> None:
    async def run(database: Database) -> None:
        key = await granted(database, PRICE)
        async with database.transaction() as tx:
            for wanted in ([], ["agent.failed"]):
                await subscriptions.create(
                    tx, key, surface="agents", url="https://example.com/", events=wanted, description=""
                )
            await rigs.keep(tx, "r-1")
        state = await make(database, key)
        made = jobs.AgentOutput(
            size_bytes=1,
            name="Ada",
            system_prompt="You are Ada.",
            voice={"name": "hibari", "tempo": 1.1},
            manner={},
            picture_path="agents/x/1.jpg",
            clip_path="agents/x/1.mp4",
            rig_id="r-1",
        )
        async with database.transaction() as tx:
            job = await jobs.begin(tx, state.job.id, ttl_s=TTL_S)
            assert job is not None
            assert (await agents.state(tx, key, state.agent.code)).status == "generating"
            assert await jobs.finish(tx, job, made, ttl_s=TTL_S, prices=PRICES)
        async with database.transaction() as tx:
            assert (await agents.state(tx, key, state.agent.code)).status == "completed"
            await agents.settle(tx)
            agent = await agents.find_ready(tx, key, state.agent.code)
            assert (agent.name, agent.system_prompt, agent.rig_id) == ("Ada", "You are Ada.", "r-1")
            assert (agents.voice_of(agent).name, agents.voice_of(agent).tempo) == ("hibari", 1.1)
            told = select(Event).where(Event.account_id == key.account_id, Event.kind == "agent.ready")
            event = (await tx.execute(told)).scalar_one()
            sent = select(Delivery).where(Delivery.event_id == event.id)
            assert len(list((await tx.execute(sent)).scalars())) == 1
            kept = ["agents/x/1.jpg", "agents/x/1.mp4", "agents/x/2.mp4"]
            assert await agents.orphaned(tx, kept) == ["agents/x/2.mp4"]
            assert await agents.delete(tx, key, agent.code) == kept[:2]
        assert await balance(database, key) == 0

    in_database(postgres, run)
