"""How many of 200 greetings are heard whole that agents push the moment they see their avatar.

    python -m bench.greetings [200]

A real room server, the sender of livekit-agents, and avatars that join and leave in one process.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.conformance.rooms.servers import embedded
from tests.live.greetings import GREETING_S, greet

_AT_ONCE = 4


async def count(greetings: int) -> int:
    """How many were heard whole."""
    heard = 0
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder) / "rooms.log") as server:
        for begun in range(0, greetings, _AT_ONCE):
            number = min(_AT_ONCE, greetings - begun)
            played = await asyncio.gather(*(greet(server.target) for _ in range(number)))
            heard += sum(abs(each_s - GREETING_S) < 0.011 for each_s in played)
    return heard


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    print(f"{asyncio.run(count(wanted))} of {wanted} greetings were heard whole")
