"""Replay the scripted dialogues over real rooms, and say which the avatar held as it must.

    python -m bench.dialogues [WORDS] [--keep]

`WORDS` chooses dialogues by their names. `--keep` writes the results to `bench/results/`. It needs the models
of recognition: `visavis models pull --all`.
"""

import argparse
import asyncio
import sys
import time
from typing import Any

import httpx
from harness.dialogues import Dialogue, DialogueError, play, read_dialogues, sounds_of
from harness.live_server import Served, serving

from bench.machine import keep


async def _replay(dialogue: Dialogue, served: Served) -> str:
    """Hold a dialogue. Returns what went wrong; empty for nothing."""
    sounds = await asyncio.to_thread(sounds_of, dialogue)
    try:
        async with served.client() as client:
            await play(dialogue, sounds, client, served.log.parent)
    except (DialogueError, httpx.HTTPError, TimeoutError) as error:
        return str(error) or type(error).__name__
    return ""


def main() -> int:
    """Replay. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="?", default="", help="part of the names of dialogues")
    parser.add_argument("--keep", action="store_true", help="write the results to bench/results/")
    wanted = parser.parse_args()
    results: dict[str, Any] = {}
    with serving(2, "vp8", {"VISAVIS_LIVE_SPARE_CONVERSATIONS": "1"}) as served:
        for dialogue in read_dialogues(wanted.words):
            began_s = time.monotonic()
            wrong = asyncio.run(_replay(dialogue, served))
            results[dialogue.name] = wrong or "held"
            print(f"{time.monotonic() - began_s:5.1f} s  {dialogue.name}: {wrong or 'held'}", flush=True)
    held = sum(result == "held" for result in results.values())
    print(f"{held} of {len(results)} dialogues were held as they must be")
    if wanted.keep:
        print(keep("dialogues", {"held": held, "of": len(results), "dialogues": results}))
    return 0 if held == len(results) else 1


if __name__ == "__main__":
    sys.exit(main())
