"""Figures of the embedded room server, side by side with a real livekit-server where Go can build one.

    python -m bench.rooms [--keep bench/results/rooms.json] [--only PART …] [--viewers N …]
    python -m bench.rooms --soak MINUTES [--keep bench/results/rooms-soak.json]
    python -m bench.rooms --quick

Parts: `viewers` (latency that the server adds, processor time and memory, with light clients that stamp their
packets), `first-frame` (from the wish to connect to the first decoded frame, official clients), `together`
(from there until Chromium can play sound and pictures together), `loss` (what is decoded over a line that
loses 5 % of all packets, both ways), `overload` (50 viewers while other processes want the processor). In
each part the two servers take turns. `--quick` has one viewer at ours for a second: whether it still runs.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from harness.room_clients import Target, new_room
from harness.room_servers import NoReferenceError, Server, embedded, reference

from bench import rooms_official, rooms_overload
from bench.machine import processor

VIEWERS: Final = (1, 50, 100, 200)
VIEWERS_A_PROCESS: Final = 100
PROBES: Final = 10
MEASURED_S: Final = 15.0
QUICK_S: Final = 1.0
SETTLED_S: Final = 3.0
OVERLOAD_VIEWERS: Final = 50
SOAK_VIEWERS: Final = 20
SOAK_ROUND_S: Final = 60.0
VISITS_A_ROUND: Final = 6
WAIT_S: Final = 60.0

Figures = dict[str, Any]


class Crowd:
    """A process of light clients.

    Args:
        role: `send` or `view`.
        order: What it is to do.
    """

    def __init__(self, role: str, order: Figures) -> None:
        command = [sys.executable, "-m", "harness.light_clients", role]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._write(order)

    def _write(self, what: Any) -> None:
        if self._process.stdin is None:
            raise RuntimeError("no input")
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def hear(self) -> Any:
        """What it says next."""
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError("the clients have ended early")
        return json.loads(line)

    def figures(self) -> list[Figures]:
        """What each viewer has seen since the last call."""
        self._write("figures")
        return list(self.hear())

    def close(self) -> None:
        """End it."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


@contextmanager
def sending(target: Target, room: str) -> Iterator[Crowd]:
    """A light sender in a room."""
    crowd = Crowd("send", {"url": target.url, "token": target.token("sender", room, can_subscribe=False)})
    try:
        yield crowd
    finally:
        crowd.close()


@contextmanager
def viewing(target: Target, room: str, count: int, probes: int, prefix: str = "v") -> Iterator[Crowd]:
    """Light viewers in a room, all of which get packets."""
    tokens = [target.token(f"{prefix}{index}", room, can_publish=False) for index in range(count)]
    step = max(1, count // probes)
    order = {"url": target.url, "tokens": tokens, "probes": list(range(0, count, step))}
    crowd = Crowd("view", order)
    try:
        crowd.hear()
        yield crowd
    finally:
        crowd.close()


def processor_s(pid: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


def percentiles_ms(values_s: Sequence[float], prefix: str) -> Figures:
    """The 50th, 95th and 99th; nothing of what never came."""
    if len(values_s) < 2:
        return {f"{prefix}_p{share}_ms": None for share in (50, 95, 99)}
    cuts = statistics.quantiles(values_s, n=100)
    return {f"{prefix}_p{share}_ms": round(cuts[share - 1] * 1e3, 2) for share in (50, 95, 99)}


def measure_viewers(
    server: Server, count: int, *, busy: bool = False, seconds: float = MEASURED_S
) -> Figures:
    """So many viewers of one stream of about 1.1 Mbit/s.

    Args:
        server: Which.
        count: How many.
        busy: Whether other processes want the processor as soon as all are there.
        seconds: For how long, once they have settled.
    """
    room = new_room()
    with contextlib.ExitStack() as stack:
        stack.enter_context(sending(server.target, room))
        crowds = []
        for start in range(0, count, VIEWERS_A_PROCESS):
            size = min(VIEWERS_A_PROCESS, count - start)
            probes = max(1, PROBES * size // count)
            crowds.append(stack.enter_context(viewing(server.target, room, size, probes, f"v{start}-")))
        if busy:
            stack.enter_context(rooms_overload.busy_machine())
        time.sleep(min(SETTLED_S, seconds))
        for crowd in crowds:
            crowd.figures()
        used_s, began_s = processor_s(server.pid), time.monotonic()
        time.sleep(seconds)
        elapsed_s = time.monotonic() - began_s
        share = (processor_s(server.pid) - used_s) / elapsed_s
        seen = [each for crowd in crowds for each in crowd.figures()]
        memory = memory_mb(server.pid)
    packets = sum(each["packets"] for each in seen)
    return {
        "viewers": count,
        **percentiles_ms([value for each in seen for value in each["latencies_s"]], "added_latency"),
        "server_core_percent": round(100 * share, 1),
        "server_core_percent_per_viewer": round(100 * share / count, 3),
        "packets_per_s": round(packets / elapsed_s),
        "packets_lost": sum(each["lost"] for each in seen),
        "longest_gap_ms": round(1e3 * max(each["longest_gap_s"] for each in seen)),
        "server_memory_mb": memory,
    }


def soak(servers: dict[str, Server], minutes: float) -> Figures:
    """One stream, viewers that stay and viewers that come and go, on all servers at once."""
    rounds = max(1, round(minutes * 60 / SOAK_ROUND_S))
    rows: dict[str, list[Figures]] = {name: [] for name in servers}
    with contextlib.ExitStack() as stack:
        rooms = {name: new_room() for name in servers}
        crowds = {}
        for name, server in servers.items():
            stack.enter_context(sending(server.target, rooms[name]))
            crowds[name] = stack.enter_context(viewing(server.target, rooms[name], SOAK_VIEWERS, 4))
            crowds[name].figures()
        for index in range(rounds):
            began_s = time.monotonic()
            used_s = {name: processor_s(server.pid) for name, server in servers.items()}
            for visit in range(VISITS_A_ROUND):
                for name, server in servers.items():
                    with viewing(server.target, rooms[name], 5, 1, f"guest{index}-{visit}-"):
                        pass
            time.sleep(max(0.0, SOAK_ROUND_S - (time.monotonic() - began_s)))
            elapsed_s = time.monotonic() - began_s
            for name, server in servers.items():
                seen = crowds[name].figures()
                share = (processor_s(server.pid) - used_s[name]) / elapsed_s
                rows[name].append(_soak_row(seen, server, share, elapsed_s))
                print(f"{index + 1}/{rounds} {name}: {rows[name][-1]}", flush=True)
    return {name: _sum_up_soak(rows[name]) for name in servers}


def _soak_row(seen: list[Figures], server: Server, share: float, elapsed_s: float) -> Figures:
    return {
        "memory_mb": memory_mb(server.pid),
        **percentiles_ms([value for each in seen for value in each["latencies_s"]], "added_latency"),
        "packets_per_s": round(sum(each["packets"] for each in seen) / elapsed_s),
        "packets_lost": sum(each["lost"] for each in seen),
        "longest_gap_ms": round(1e3 * max(each["longest_gap_s"] for each in seen)),
        "drift_ms": round(1e3 * max((each["drift_s"] for each in seen), key=abs), 2),
        "report_mapping_error_ms": round(1e3 * max(each["mapping_s"] for each in seen), 2),
        "server_core_percent": round(100 * share, 1),
    }


def _sum_up_soak(rows: list[Figures]) -> Figures:
    memory = [row["memory_mb"] for row in rows]
    tenth = max(1, len(rows) // 10)
    return {
        "minutes": round(len(rows) * SOAK_ROUND_S / 60, 1),
        "visits": len(rows) * VISITS_A_ROUND * 5,
        "memory_first_mb": memory[0],
        "memory_after_a_tenth_mb": memory[tenth - 1],
        "memory_last_mb": memory[-1],
        "memory_most_mb": max(memory),
        "added_latency_p50_first_ms": rows[0]["added_latency_p50_ms"],
        "added_latency_p50_last_ms": rows[-1]["added_latency_p50_ms"],
        "added_latency_p99_worst_ms": max(row["added_latency_p99_ms"] for row in rows),
        "packets_lost": sum(row["packets_lost"] for row in rows),
        "longest_gap_ms": max(row["longest_gap_ms"] for row in rows),
        "drift_last_ms": rows[-1]["drift_ms"],
        "report_mapping_error_ms": max(row["report_mapping_error_ms"] for row in rows),
        "server_core_percent": round(statistics.mean(row["server_core_percent"] for row in rows), 1),
        "memory_by_minute_mb": memory,
    }


@contextmanager
def both_servers() -> Iterator[dict[str, Server]]:
    """Ours, and the real one if there is one."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="visavis-bench-rooms-")))
        servers = {"visavis": stack.enter_context(embedded(folder / "visavis.log"))}
        try:
            real = stack.enter_context(reference(folder / "livekit.log"))
            servers["livekit-server"] = real
        except NoReferenceError as reason:
            print(f"Only ours is measured: {reason}.")
        yield servers


def part_viewers(servers: dict[str, Server], counts: Sequence[int]) -> Figures:
    """See `measure_viewers`; the servers take turns at each number."""
    figures: dict[str, list[Figures]] = {name: [] for name in servers}
    for count in counts:
        for name, server in servers.items():
            figures[name].append(measure_viewers(server, count))
            print(f"{name}: {figures[name][-1]}", flush=True)
    return dict(figures)


def parts(counts: Sequence[int]) -> dict[str, Callable[[dict[str, Server]], Figures]]:
    """What is measured, by name; `counts` are the numbers of viewers."""
    return {
        "viewers": lambda servers: part_viewers(servers, counts),
        "first-frame": rooms_official.first_frame,
        "together": rooms_official.together,
        "loss": rooms_official.loss,
        "overload": lambda servers: rooms_overload.overload(
            servers, lambda server: measure_viewers(server, OVERLOAD_VIEWERS, busy=True)
        ),
    }


def machine() -> Figures:
    """What is measured on, and how busy it was before."""
    return {"processor": processor(), "cores": os.cpu_count(), "load_before": load()}


def load() -> float:
    """Processes that want to run, on the average of the last minute."""
    return round(os.getloadavg()[0], 2)


def main() -> None:
    """Measure, print, and keep if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keep", type=Path, help="Also write the figures as JSON.")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="Run for long instead, with guests.")
    parser.add_argument("--viewers", type=int, nargs="+", default=VIEWERS)
    parser.add_argument("--only", nargs="+", choices=parts(VIEWERS), metavar="PART")
    parser.add_argument("--quick", action="store_true", help="One viewer at ours, for a second.")
    wanted = parser.parse_args()
    if wanted.quick:
        with tempfile.TemporaryDirectory() as folder, embedded(Path(folder) / "visavis.log") as server:
            print(json.dumps(measure_viewers(server, 1, seconds=QUICK_S), indent=2))
        return
    figures: Figures = {}
    if wanted.keep and wanted.keep.exists():  # parts that are not measured now stay
        figures = json.loads(wanted.keep.read_text())
    measures = parts(wanted.viewers)
    with both_servers() as servers:
        if wanted.soak:
            figures["soak"] = machine() | soak(servers, wanted.soak)
            _keep(figures, wanted.keep)
        else:
            for name in wanted.only or measures:
                figures[name] = machine() | measures[name](servers)
                _keep(figures, wanted.keep)
        print(json.dumps(figures, indent=2))


def _keep(figures: Figures, path: Path | None) -> None:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
