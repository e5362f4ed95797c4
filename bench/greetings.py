"""Counts how many of 200 greetings are heard completely if agents send them as soon as they see their avatar.

    python -m bench.greetings [--quick]

It uses a real room server, the sender of livekit-agents, and avatars that join and leave in one process.
`--quick` runs four greetings, to check that the benchmark runs.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path

from harness.greetings import GREETING_S, greet
from harness.room_servers import embedded

_GREETINGS = 200
_AT_ONCE = 4


async def count(greetings: int) -> int:
    """Number of greetings that were heard completely."""
    heard = 0
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder) / "rooms.log") as server:
        for begun in range(0, greetings, _AT_ONCE):
            number = min(_AT_ONCE, greetings - begun)
            played = await asyncio.gather(*(greet(server.target) for _ in range(number)))
            heard += sum(abs(each_s - GREETING_S) < 0.011 for each_s in played)
    return heard


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="little of it: whether it still runs")
    wanted = _AT_ONCE if parser.parse_args().quick else _GREETINGS
    print(f"{asyncio.run(count(wanted))} of {wanted} greetings were heard whole")
