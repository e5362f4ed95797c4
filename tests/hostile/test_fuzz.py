"""A few hundred of the fuzz command's requests: no 5xx, none dropped."""

import asyncio

from bench.fuzz import send_all
from tests.api.conftest import Server

REQUESTS = 400


def test_made_up_requests_are_all_answered(server: Server) -> None:
    # What is made for the room server's port goes to the gateway here.
    told = asyncio.run(send_all(server.url, server.key, server.url, count=REQUESTS, seed=7))
    assert told.faults == []
    assert sum(told.statuses.values()) == REQUESTS
