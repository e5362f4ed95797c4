"""What a room server does with too little of the processor: is media late, or is it left out?"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from harness.room_servers import Server

LOWEST: Final = 19
"""Niceness: about a seventieth of the weight of a process that is busy beside it."""

BUSY_A_CORE: Final = 2

Figures = dict[str, Any]


@contextlib.contextmanager
def busy_machine() -> Iterator[None]:
    """Processes that never wait, two on each core."""
    command = [sys.executable, "-c", "while True: pass"]
    busy = [subprocess.Popen(command) for _ in range(BUSY_A_CORE * (os.cpu_count() or 1))]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def starve(server: Server) -> None:
    """Let everything else go before a server; that cannot be taken back."""
    for thread in Path(f"/proc/{server.pid}/task").iterdir():
        os.setpriority(os.PRIO_PROCESS, int(thread.name), LOWEST)


def overload(servers: dict[str, Server], measure: Callable[[Server], Figures]) -> Figures:
    """Each server beside busy processes, first with the same right to the processor, then with the least.

    Args:
        servers: They have the lowest priority afterwards.
        measure: Measures a server.
    """
    figures: dict[str, dict[str, Figures]] = {name: {} for name in servers}
    for state in ("beside_busy_processes", "starved"):
        for name, server in servers.items():
            if state == "starved":
                starve(server)
            figures[name][state] = measure(server)
            print(f"{name} {state}: {figures[name][state]}", flush=True)
    return dict(figures)
