"""Attacks a server that it starts itself, and reports the results.

    python -m bench.hostile [--only NAME] [--quick] [--keep bench/results/hostile.json]

The server may open 1,024 files. During each attack, a normal user requests their key ten times a second and
submits a job every few seconds. `worst` is the user's longest wait for an answer, `503` the number of answers
that said to retry, `failed` the number of answers that must not occur. Telemetry needs the right to create
namespaces. The whole takes 15 minutes, 5 of them for the rate window; `--quick` makes attacks short.
"""

import argparse
import json
import os
import platform
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from bench.hostile import attacks, parts
from bench.hostile.siege import Siege, besieged, using
from bench.machine import processor

ATTACKS: Final = MappingProxyType(
    {
        "none": attacks.nothing,
        "headers": attacks.headers,
        "idle": attacks.idle,
        "uploads": attacks.uploads,
        "faces": attacks.faces,
        "ghosts": parts.ghosts,
        "telemetry": attacks.telemetry,
        "rate": attacks.rate,
        "parts": parts.parts,
    }
)
_ALLOWED_REFUSALS: Final = ("parts",)  # while the database is down, this answer is right


def attack(siege: Siege, name: str) -> dict[str, Any]:
    """Run one attack, with a normal user beside it."""
    began = time.monotonic()
    with using(siege) as user:
        outcome = ATTACKS[name](siege)
    unharmed = not user.failures and (name in _ALLOWED_REFUSALS or not user.refused)
    return {
        "held": None if outcome.held is None else outcome.held and unharmed,
        "said": outcome.said,
        "took_s": round(time.monotonic() - began, 1),
        "user_answers": len(user.taken_s),
        "user_worst_ms": user.worst_ms,
        "user_refused": user.refused,
        "user_failures": sorted(set(user.failures)),
    }


def main() -> int:
    """Attack, print and keep the results; returns 1 if an attack succeeded."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.hostile",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--only", choices=list(ATTACKS), action="append", help="Only this; may be given again."
    )
    parser.add_argument("--quick", action="store_true", help="Short attacks.")
    parser.add_argument("--keep", type=Path, help="Also write it as JSON, beside other attacks' rows.")
    wanted = parser.parse_args()
    rows: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, besieged(Path(folder), quick=wanted.quick) as siege:
        for name in wanted.only or ATTACKS:
            rows[name] = row = attack(siege, name)
            word = {True: "held", False: "DID NOT HOLD", None: "not tried"}[row["held"]]
            print(f"{name:10} {word:13} {row['said']}")
            print(
                f"{'':24} user: {row['user_answers']} answers, worst {row['user_worst_ms']} ms, "
                f"503 {row['user_refused']}, failed {row['user_failures']}; {row['took_s']} s",
                flush=True,
            )
            if wanted.keep:
                _keep(wanted.keep, rows, quick=wanted.quick)
    return int(any(row["held"] is False for row in rows.values()))


def _keep(path: Path, rows: dict[str, Any], *, quick: bool) -> None:
    kept = json.loads(path.read_text()) if path.exists() else {"attacks": {}}
    about = {"date": datetime.now(UTC).date().isoformat(), "quick": quick}
    machine = {"processor": processor(), "cores": os.cpu_count(), "python": platform.python_version()}
    both = kept["attacks"] | {name: row | about for name, row in rows.items()}
    ordered = {name: both[name] for name in ATTACKS if name in both}
    path.write_text(json.dumps({"machine": machine, "attacks": ordered}, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
