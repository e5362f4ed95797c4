"""Cuts sounds of every kind at random places, and compares them with the sound of the whole file.

    python -m bench.streamed_sound [--quick] [--cuttings 10000] [--seed 1]

It also measures from how many bytes on, and after how long, the first samples come. The exit status is 1 if
any sound differs.
"""

import argparse
import collections
import random
import sys
import time
from typing import Any, Final

import numpy as np
from harness.streamed_sound import KINDS, cut, decoded, streamed, whole

from bench.machine import keep
from visavis.engine.sound_stream import RATE_HZ, decode_stream

CUTTINGS, QUICK_CUTTINGS = 10_000, 60
_SECONDS: Final = (0.08, 0.3, 0.7)
_TOLERANCE: Final = 1e-6
_PADDING_S: Final = 0.05  # of the last frame of an MP3, which only its whole file tells
_FIRST_SECONDS: Final = 5.0
_PIECE_BYTES: Final = 100


def main() -> int:
    """Run the bench. Returns the exit status."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true")
    options.add_argument("--cuttings", type=int)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    cuttings = chosen.cuttings or (QUICK_CUTTINGS if chosen.quick else CUTTINGS)
    differing = compare(cuttings, chosen.seed)
    figures = {
        "cuttings": cuttings,
        "seed": chosen.seed,
        "differing": dict(differing),
        "first_samples": {kind: first_samples(kind) for kind in KINDS},
    }
    for kind, first in figures["first_samples"].items():
        print(f"{kind:28} first samples after {first['bytes']:6} bytes, {first['ms']:6.2f} ms of work")
    print(f"{cuttings} cuttings, {differing.total()} differ: {dict(differing)}")
    if not chosen.quick:
        print(keep("streamed-sound", figures))
    return int(differing.total() > 0)


def compare(cuttings: int, seed: int) -> collections.Counter[str]:
    """Cut and decode. Returns the number of cuttings of each kind whose sound is another one."""
    differing: collections.Counter[str] = collections.Counter()
    chance = random.Random(seed)  # noqa: S311 - to be made again
    expected: dict[tuple[str, float], Any] = {}
    for number in range(cuttings):
        kind, seconds = KINDS[number % len(KINDS)], chance.choice(_SECONDS)
        if (kind, seconds) not in expected:
            expected[kind, seconds] = decoded([streamed(kind, seconds)])
            differing[kind] += not _is_whole(expected[kind, seconds], whole(kind, seconds))
        sound = decoded(cut(streamed(kind, seconds), chance))
        differing[kind] += not np.array_equal(sound, expected[kind, seconds])
    return +differing


def first_samples(kind: str) -> dict[str, float]:
    """From how many bytes on the first samples come, and after how much work."""
    data, taken = streamed(kind, _FIRST_SECONDS), 0

    def read() -> bytes:
        nonlocal taken
        part = data[taken : taken + _PIECE_BYTES]
        taken += len(part)
        return part

    began_s = time.perf_counter()
    next(samples for samples in decode_stream(read) if len(samples))
    return {"bytes": taken, "ms": round((time.perf_counter() - began_s) * 1000, 2)}


def _is_whole(sound: Any, expected: Any) -> bool:
    common = min(len(sound), len(expected)) - round(_PADDING_S * RATE_HZ)
    is_long_enough = abs(len(sound) - len(expected)) < _PADDING_S * RATE_HZ
    return is_long_enough and bool(np.allclose(sound[:common], expected[:common], atol=_TOLERANCE))


if __name__ == "__main__":
    sys.exit(main())
