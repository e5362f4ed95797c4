"""How a live avatar is seen and heard in Chromium: on the screen and from the loudspeaker.

    python -m bench.live_browser [--keep FILE] [--minutes MINUTES]

A page speaks to an avatar and watches it. What the loudspeaker's own buffers take is counted in, as Chromium
states it. At first its buffer of sound is long and shrinks; it holds pictures and sound together meanwhile.
"""

import argparse
import asyncio
import json
import time
from pathlib import Path

from bench.live import Figures, store, summary
from bench.live_server import Served, serving, shown_rig
from bench.machine import processor
from bench.viewing import expected
from bench.viewing_browser import watching_in_browser
from visavis.bootstrap import speech_model

LATE = 5  # of a run's sentences the last ones, when the browser has settled


async def talk(served: Served, minutes: float) -> Figures:
    """Let a page talk to an avatar for so long."""
    rig = shown_rig()
    wanted = expected(rig, speech_model())
    said: list[Figures] = []
    async with (
        served.session() as (made, _),
        watching_in_browser(made["livekit_url"], made["token"], rig) as viewer,
    ):
        end_s = time.monotonic() + minutes * 60
        while time.monotonic() < end_s:
            said.append(await viewer.next_sentence(wanted))
            print(json.dumps(summary(said[-1:])), flush=True)
    return {"processor": processor(), "minutes": minutes, **summary(said), "settled": summary(said[-LATE:])}


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Figures of live sessions in a browser.")
    parser.add_argument("--keep", type=Path, help="a JSON file to keep them in")
    parser.add_argument("--minutes", type=float, default=5.0, help="how long to talk")
    given = parser.parse_args()
    with serving(1, "vp8") as served:
        figures = {"browser": asyncio.run(talk(served, given.minutes))}
    print(json.dumps(figures, indent=2))
    if given.keep:
        store(given.keep, figures)


if __name__ == "__main__":
    main()
