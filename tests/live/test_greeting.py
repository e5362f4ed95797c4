"""A greeting that an agent sends as soon as it sees its avatar is always heard completely."""

import asyncio
from collections.abc import Iterator

import pytest
from harness.greetings import GREETING_S, greet
from harness.room_clients import Target
from harness.room_servers import embedded
from tests.support.live import asynchronous

GREETINGS, AT_ONCE = 12, 4  # python -m bench.greetings does it 200 times
EXACTLY = pytest.approx(GREETING_S, abs=0.011)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with embedded(tmp_path_factory.mktemp("rooms") / "rooms.log") as server:
        yield server.target


@asynchronous
async def test_a_greeting_that_ends_before_the_avatar_has_joined_is_heard(target: Target) -> None:
    assert await greet(target, hold=True) == EXACTLY


@asynchronous
async def test_no_greeting_is_lost(target: Target) -> None:
    for _ in range(GREETINGS // AT_ONCE):
        played = await asyncio.gather(*(greet(target) for _ in range(AT_ONCE)))
        assert played == [EXACTLY] * AT_ONCE
