"""How soon what an agent is told reaches its live rooms, on a server that it starts itself.

    python -m bench.agent_speak [--quick]

Of `speak` and `add-context`: from the request until its answer says that every room has confirmed, and until
the words are heard in each room. With one room and with two, while the avatar is silent. And in a burst,
while it speaks: there the transcripts show that every text is said once and in order. `--quick` has one room
and few texts: whether it still runs.
"""

import argparse
import asyncio
import json
import os
import time
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Final

import httpx
import numpy as np
from harness.live_server import Served, serving
from harness.talking import Talker, talking

from bench.machine import keep

CODE: Final = "bench"
PROMPT: Final = "You are Ada. We sell bicycles."
TEXTS: Final = ("We have a new bicycle.", "Our garden is open today.", "The shop closes at six.")
_ROUNDS: Final = 12
_BURST: Final = 6
_SILENT_S: Final = 0.7
_LONG_S: Final = 120.0  # on a busy machine

Figures = dict[str, Any]


async def _make_agent(client: httpx.AsyncClient) -> None:
    sent = {"prompt": PROMPT, "agent_id": CODE, "duration": 2, "video_aspect_ratio": "1:1"}
    (await client.post("/v1/agent/generate", json=sent)).raise_for_status()
    async with asyncio.timeout(180):
        while (await client.get(f"/v1/agent/{CODE}")).json()["data"]["status"] != "ready":
            await asyncio.sleep(0.5)


async def _tell(client: httpx.AsyncClient, what: str, text: str) -> tuple[float, float, int]:
    """When a text was sent and when its answer came, and how many rooms had confirmed."""
    sent = {"message": text} if what == "speak" else {"context": text}
    began_s = time.monotonic()
    answer = (await client.post(f"/v1/agent/{CODE}/{what}", json=sent)).raise_for_status().json()
    return began_s, time.monotonic(), answer["delivered_to_rooms"]


async def _one_by_one(client: httpx.AsyncClient, talkers: list[Talker], rounds: int) -> Figures:
    """Texts, each after the one before has ended."""
    confirmed, heard, learned = [], [], []
    unconfirmed = 0
    for number in range(rounds):
        for talker in talkers:
            await talker.until(partial(talker.is_silent, _SILENT_S))
        text = TEXTS[number % len(TEXTS)]
        began_s, ended_s, rooms = await _tell(client, "speak", text)
        unconfirmed += len(talkers) - rooms
        confirmed.append(ended_s - began_s)
        for talker in talkers:
            first_s = await talker.until(partial(talker.first_sound_s, began_s), within_s=_LONG_S)
            heard.append(first_s - began_s)
        began_s, ended_s, rooms = await _tell(client, "add-context", f"Bicycle {number} is red.")
        unconfirmed += len(talkers) - rooms
        learned.append(ended_s - began_s)
        for talker in talkers:  # the transcript is final a little after the end of the sound
            await talker.until(lambda t=talker, last=text: _said(t)[-1] == last, within_s=_LONG_S)
    return {
        "rooms": len(talkers),
        "speak_confirmed_ms": _spread(confirmed),
        "words_begin_ms": _spread(heard),
        "add_context_confirmed_ms": _spread(learned),
        "unconfirmed": unconfirmed,
    }


async def _burst(client: httpx.AsyncClient, talkers: list[Talker], count: int) -> Figures:
    """Texts right after each other, most of them while the avatar speaks."""
    texts = [f"This is number {number}." for number in range(1, count + 1)]
    known = [len(_said(talker)) for talker in talkers]
    confirmed = []
    unconfirmed = 0
    for text in texts:
        began_s, ended_s, rooms = await _tell(client, "speak", text)
        unconfirmed += len(talkers) - rooms
        confirmed.append(ended_s - began_s)
    for talker, before in zip(talkers, known, strict=True):
        await talker.until(lambda t=talker, n=before: len(_said(t)) >= n + count, within_s=_LONG_S)
        await talker.until(partial(talker.is_silent, 1.5))
        said = _said(talker)[before:]
        if said != texts:
            raise SystemExit(f"{said} was said instead of {texts}")
    return {
        "texts": count,
        "rooms": len(talkers),
        "confirmed_ms": _spread(confirmed),
        "unconfirmed": unconfirmed,
        "said_once_and_in_order": True,
    }


async def _measure(served: Served, *, rooms: int, rounds: int, burst: int) -> Figures:
    figures: Figures = {}
    async with served.client() as client, AsyncExitStack() as stack:
        await _make_agent(client)
        talkers: list[Talker] = []
        for count in range(1, rooms + 1):
            sent = {"agent_id": CODE, "greeting": "Hello."}
            made = (await client.post("/v1/realtime/session", json=sent)).raise_for_status().json()
            talker = await stack.enter_async_context(
                talking(made["livekit_url"], made["token"], microphone=False)
            )
            await talker.until(partial(talker.finals, "avatar"), within_s=_LONG_S)
            talkers.append(talker)
            figures[f"silent_{count}"] = await _one_by_one(client, talkers, rounds)
            print(json.dumps(figures[f"silent_{count}"]))
        figures["burst"] = await _burst(client, talkers, burst)
    return figures


def _said(talker: Talker) -> list[str]:
    return [line.text.strip() for line in talker.finals("avatar")]


def _spread(values_s: list[float]) -> dict[str, int]:
    p50, p95 = (round(1e3 * float(np.percentile(values_s, each))) for each in (50, 95))
    return {"p50": p50, "p95": p95, "worst": round(1e3 * max(values_s))}


def main() -> None:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="little of it: whether it still runs")
    wanted = parser.parse_args()
    load = os.getloadavg()[0]
    rooms, rounds, burst = (1, 1, 2) if wanted.quick else (2, _ROUNDS, _BURST)
    with serving(rooms, "vp8", {"VISAVIS_LIVE_SPARE_CONVERSATIONS": "1"}) as served:
        figures = asyncio.run(_measure(served, rooms=rooms, rounds=rounds, burst=burst))
    figures["load_before"] = round(load, 1)
    print(json.dumps(figures, indent=2))
    if not wanted.quick:
        print(keep("agent-speak", figures))


if __name__ == "__main__":
    main()
