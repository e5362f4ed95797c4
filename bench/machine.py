"""What machine the figures hold for, and where they are kept."""

import json
import os
import platform
import re
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

NOT_HERE = 77
"""Exit status of a bench that lacks a program, a package or data, as other test programs have it."""

RESULTS = Path(__file__).parent / "results"


def not_here(what: str) -> SystemExit:
    """To be raised where something is missing: says so in one line."""
    print(f"not measured: {what}", file=sys.stderr)
    return SystemExit(NOT_HERE)


def processor() -> str:
    """The processor's name."""
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", info.read_text()) if info.exists() else None
    return found[1].strip() if found else platform.processor() or platform.machine()


def keep(name: str, figures: dict[str, Any]) -> Path:
    """Write figures under the machine's name; the next run on it replaces them."""
    RESULTS.mkdir(exist_ok=True)
    slug = re.sub(r"[^a-z0-9]+", "-", processor().lower()).strip("-")
    path = RESULTS / f"{name}-{slug}.json"
    about = {
        "processor": processor(),
        "python": platform.python_version(),
        "opencv": version("opencv-python-headless"),
        "pyav": version("av"),
        "date": datetime.now(UTC).date().isoformat(),
        "load_1_min": round(os.getloadavg()[0], 1),
    }
    path.write_text(json.dumps({"machine": about, **figures}, indent=2) + "\n")
    return path
