"""Sends random requests to every route and body form of a real server, and counts wrong answers.

    python -m bench.fuzz [--quick] [--requests 100000] [--seed 1] [--keep bench/results/fuzz.json]

Wrong answers are a status of 500 or 502, a 503 without a documented code, and a connection that is dropped
without an answer. Each is printed with its request, and the exit status is 1. schemathesis makes a tenth of
the requests from the OpenAPI document. The others are made here: JSON, urlencoded and multipart forms, paths,
queries, malformed HTTP, upgrades to WebSockets, and requests to the port of the room server.
"""

import argparse
import asyncio
import collections
import json
import os
import random
import socket
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import hypothesis
import schemathesis
from harness.api_server import serving
from schemathesis.schemas import APIOperation

from bench.fuzz_requests import Sent, made_up

REQUESTS, QUICK_REQUESTS = 100_000, 400
CLIENTS: Final = 8
_SCHEMATHESIS_SHARE: Final = 0.1
_ANSWER_WITHIN_S: Final = 120.0
_MAX_KEPT: Final = 20
_DOCUMENTED: Final = frozenset({"no_capacity", "temporarily_unavailable", "storage_unavailable", "degraded"})


@dataclass
class Count:
    """Counts of answers.

    Attributes:
        statuses: Number of answers by status; 0 for a dropped connection.
        faults: The first wrong answers, each with its request.
        fault_count: Number of wrong answers.
    """

    statuses: collections.Counter[int] = field(default_factory=collections.Counter)
    faults: list[str] = field(default_factory=list)
    fault_count: int = 0

    def note(self, request: str, status: int, body: str, *, is_well_formed: bool = True) -> None:
        """Count one answer."""
        self.statuses[status] += 1
        is_dropped = status == 0 and is_well_formed
        is_documented = status == httpx.codes.SERVICE_UNAVAILABLE and any(
            code in body for code in _DOCUMENTED
        )
        if is_dropped or (status >= httpx.codes.INTERNAL_SERVER_ERROR and not is_documented):
            self.fault_count += 1
            if len(self.faults) < _MAX_KEPT:
                self.faults.append(f"{status} {body[:200]}\n    {request[:400]}")


async def send_all(url: str, key: str, rooms_url: str, *, count: int, seed: int) -> Count:
    """Send random requests over a few connections."""
    counted = Count()
    queue = iter(range(count))

    async def work(number: int) -> None:
        chance = random.Random(f"{seed}.{number}")  # noqa: S311 - to be made again
        for _ in queue:
            sent = made_up(chance, key)
            place = httpx.URL(rooms_url if sent.to_rooms else url)
            status, body = await _exchange(place, sent)
            counted.note(repr(sent.raw), status, body, is_well_formed=sent.is_well_formed)

    await asyncio.gather(*(work(number) for number in range(CLIENTS)))
    return counted


async def _exchange(place: httpx.URL, sent: Sent) -> tuple[int, str]:
    """Send one request on a connection of its own. Returns status and body, or 0 and the reason."""
    try:
        async with asyncio.timeout(_ANSWER_WITHIN_S):
            reader, writer = await asyncio.open_connection(place.host, place.port)
            try:
                writer.write(sent.raw)
                if sent.ends:
                    writer.write_eof()
                head = await reader.readuntil(b"\r\n\r\n")
                length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
                size = int(length[0].partition(b":")[2]) if length and not sent.is_head else 0
                body = await reader.readexactly(size)
                return int(head.split()[1]), body.decode(errors="replace")
            finally:
                writer.close()
    except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError) as error:
        return 0, type(error).__name__


def send_by_schema(url: str, key: str, *, count: int, seed: int) -> Count:
    """Send requests that schemathesis makes from the OpenAPI document."""
    counted = Count()
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    operations = [result.ok() for result in schema.get_all_operations()]
    for operation in operations:
        _try_operation(operation, key, counted, count=max(1, count // len(operations)), seed=seed)
    return counted


def _try_operation(
    operation: APIOperation[Any, Any, Any, Any], key: str, counted: Count, *, count: int, seed: int
) -> None:
    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck)
    )
    @hypothesis.given(case=operation.as_strategy())
    def call(case: schemathesis.Case) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {key}"})
        counted.note(f"{case.method} {case.path} {case.body!r}", answer.status_code, answer.text)

    call()


def main() -> None:
    """Send, print, and keep the figures if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_REQUESTS} requests.")
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="Also write the counts as JSON.")
    asked = parser.parse_args()
    count = QUICK_REQUESTS if asked.quick else asked.requests
    by_schema = round(count * _SCHEMATHESIS_SHARE)
    began = time.monotonic()
    rooms_port = _free_port()
    with serving({"VISAVIS_ROOMS_PORT": str(rooms_port), "VISAVIS_RENDER_PROCESSES": "1"}) as (url, key, _):
        rooms_url = f"http://127.0.0.1:{rooms_port}"
        counted = asyncio.run(send_all(url, key, rooms_url, count=count - by_schema, seed=asked.seed))
        schema = send_by_schema(url, key, count=by_schema, seed=asked.seed)
        alive = httpx.get(f"{url}/v1/health", timeout=60).status_code
    statuses = counted.statuses + schema.statuses
    figures = {
        "requests": sum(statuses.values()),
        "of_which_by_schemathesis": sum(schema.statuses.values()),
        "seed": asked.seed,
        "seconds": round(time.monotonic() - began),
        "faults": counted.fault_count + schema.fault_count,
        "health_afterwards": alive,
        "statuses": {str(status): statuses[status] for status in sorted(statuses)},
        "cores": os.cpu_count() or 0,
    }
    print(json.dumps(figures, indent=2))
    for fault in [*counted.faults, *schema.faults]:
        print(fault, file=sys.stderr)
    if asked.keep:
        asked.keep.parent.mkdir(parents=True, exist_ok=True)
        asked.keep.write_text(json.dumps(figures, indent=2) + "\n")
    if figures["faults"] or alive != httpx.codes.OK:
        sys.exit(1)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


if __name__ == "__main__":
    main()
