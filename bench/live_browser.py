"""How a live avatar is seen and heard in Chromium: on the screen and from the loudspeaker.

    python -m bench.live_browser [--keep FILE] [--minutes MINUTES] [--plain] [--livekit-server]
    python -m bench.live_browser --first 10 [--keep FILE] [--plain] [--livekit-server]

A page speaks to an avatar and watches it. What the loudspeaker's own buffers take is counted in, as Chromium
states it. `--first` opens a session in a browser that was never used before, again and again, and looks at
its first sentence only; `--quick` is a second of one. The SDK holds lips and sound together; `--plain` leaves
that to livekit-client alone.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from harness.live_server import Served, serving, shown_rig
from harness.room_browser import NoBrowserError
from harness.room_servers import NoReferenceError, reference
from harness.viewing import RATE_HZ, expected, sentence
from harness.viewing_browser import watching_in_browser

from bench.live import Figures, store, summary
from bench.machine import not_here, processor
from visavis.bootstrap import speech_model

QUICK_S = 1.0
LATE = 5  # of a run's sentences the last ones, when the browser has settled


async def talk(served: Served, minutes: float, *, with_sdk: bool) -> Figures:
    """Let a page talk to an avatar for so long."""
    rig = shown_rig()
    wanted = expected(rig, speech_model())
    said: list[Figures] = []
    async with (
        served.session() as (made, _),
        watching_in_browser(made["livekit_url"], made["token"], rig, with_sdk=with_sdk) as viewer,
    ):
        end_s = time.monotonic() + minutes * 60
        while time.monotonic() < end_s:
            said.append(await viewer.next_sentence(wanted))
            print(json.dumps(summary(said[-1:])), flush=True)
    return {"minutes": minutes, **summary(said), "settled": summary(said[-LATE:])}


async def first_sentences(
    served: Served, count: int, *, with_sdk: bool, seconds: float | None = None
) -> Figures:
    """The first sentence of so many sessions, or so many seconds of it, each in a browser of its own."""
    rig = shown_rig()
    samples = sentence()[: None if seconds is None else round(seconds * RATE_HZ)]
    wanted = expected(rig, speech_model(), samples=samples)
    said: list[Figures] = []
    for _ in range(count):
        async with (
            served.session() as (made, _),
            watching_in_browser(
                made["livekit_url"], made["token"], rig, with_sdk=with_sdk, samples=samples
            ) as viewer,
        ):
            said.append(await viewer.next_sentence(wanted))
            print(json.dumps(summary(said[-1:])), flush=True)
    apart_ms = [round(1e3 * (each["lips_s"] - each["sound_s"])) for each in said]
    return {**summary(said), "lips_after_sound_ms": apart_ms, "load_1_min": round(os.getloadavg()[0], 1)}


def measure(given: argparse.Namespace) -> Figures:
    """What is wanted, with a server of its own.

    Raises:
        NoBrowserError: There is no Chromium here.
        NoReferenceError: There is no livekit-server here.
    """
    with ExitStack() as stack:
        rooms = {}
        if given.livekit_server:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            target = stack.enter_context(reference(folder / "livekit.log")).target
            rooms = {
                "LIVEKIT_URL": target.url,
                "LIVEKIT_API_KEY": target.key,
                "LIVEKIT_API_SECRET": target.secret,
            }
        served = stack.enter_context(serving(1, "vp8", rooms))
        if given.first:
            seconds = QUICK_S if given.quick else None
            work = first_sentences(served, given.first, with_sdk=not given.plain, seconds=seconds)
            return asyncio.run(work)
        return asyncio.run(talk(served, given.minutes, with_sdk=not given.plain))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Figures of live sessions in a browser.")
    parser.add_argument("--keep", type=Path, help="a JSON file to keep them in")
    parser.add_argument("--minutes", type=float, default=5.0, help="how long to talk")
    parser.add_argument("--first", type=int, metavar="COUNT", help="first sentences, each in a fresh browser")
    parser.add_argument("--plain", action="store_true", help="livekit-client without the SDK")
    parser.add_argument("--livekit-server", action="store_true", help="the rooms of a real one")
    parser.add_argument("--quick", action="store_true", help="the first second of one: whether it still runs")
    given = parser.parse_args()
    if given.quick:
        given.first = 1
    name = "_".join(
        ["browser"]
        + ["first"] * bool(given.first)
        + ["plain"] * given.plain
        + ["livekit_server"] * given.livekit_server
    )
    try:
        figures = {name: {"processor": processor()} | measure(given)}
    except (NoBrowserError, NoReferenceError) as reason:
        raise not_here(str(reason)) from reason
    print(json.dumps(figures, indent=2))
    if given.keep:
        store(given.keep, figures)


if __name__ == "__main__":
    main()
