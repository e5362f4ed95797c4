"""Figures of live sessions, on a server that it starts itself, with the official client as the viewer.

    python -m bench.live [--keep FILE] [--trace | --crowds CODEC [--one-core] | --soak MINUTES | --quick]

Creation to first decoded frame; sound sent to matching lips at the viewer; how far lips and sound are apart;
what a session costs; how many a core holds. `--soak` lets one avatar talk for so long and follows the offset;
its figures are kept beside the others. `--trace` tells alone where the milliseconds go, `--crowds` what a
session costs with a codec; with `--one-core` all sessions share one core and everything else has the others.
`--quick` opens two sessions, one of which says a second: whether it still runs.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from harness.live_server import Served, serving, shown_rig
from harness.viewing import (
    RATE_HZ,
    Expected,
    Viewer,
    came_back,
    expected,
    mouth_box,
    sentence,
    speaking,
    watching,
)

from bench.machine import processor
from visavis.bootstrap import speech_model
from visavis.engine.rig.model import Rig
from visavis.realtime.delays import Delays, note_track
from visavis.realtime.outputs.livekit import CODECS

STARTS = 10
WAITING_PROCESSES = 2  # that a worker keeps warm
WARM_BY_S = 60.0
SENTENCES = 8
CROWD_S = 20
QUICK_S = 1
PACKET_MS = 20  # what clients put into a packet of sound
LIPS_AFTER_SOUND_MS = 10  # as the worker sends them
WORKER_STAGES = ("audio_buffer", "input", "hold", "tick", "think", "draw", "encode", "pacer")
PAUSE_S = 1.5
QUIET_S = 1.0  # so little of a minute taken by the host disturbs nobody
MATCHES = 0.5  # likeness below which a sentence's lips count as not found
MB = 1e6
CORES = sorted(os.sched_getaffinity(0))

Figures = dict[str, Any]


@asynccontextmanager
async def session(served: Served, rig: Rig) -> AsyncIterator[tuple[Viewer, float]]:
    """A session with one viewer in it, and when its creation was asked for."""
    async with (
        served.session() as (made, asked_s),
        watching(made["livekit_url"], made["token"], mouth_box(rig)) as viewer,
    ):
        await viewer.until(lambda: viewer.frames > 0)
        yield viewer, asked_s


async def start(served: Served) -> Figures:
    """What the server's start cost until all processes were warm, those of the database not counted."""
    await until_warm(served)
    mine = [
        pid for pid in _family([served.pid]) if b"postgres" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    return {
        "start_cpu_s": round(_cpu_s(mine), 1),
        "warm_memory_mb": round(sum(map(_memory_bytes, mine)) / 1e6),
    }


async def starts(served: Served, rig: Rig, times: int) -> Figures:
    """From the request to the first decoded frame, one session after the other."""
    taken = []
    for _ in range(times):
        await until_warm(served)
        async with session(served, rig) as (viewer, asked_s):
            taken.append((viewer.first_frame_s or 0) - asked_s)
    return {"first_frame_p50_ms": _ms(statistics.median(taken)), "first_frame_worst_ms": _ms(max(taken))}


async def until_warm(served: Served) -> None:
    """Wait until no session runs, and processes for the next ones have loaded everything and are at rest."""
    before: dict[int, float] = {}
    async with asyncio.timeout(WARM_BY_S):
        while True:
            used_s = {pid: _cpu_s([pid]) for pid, _ in _session_processes(served.pid)}
            if len(used_s) == WAITING_PROCESSES and used_s == before:
                return
            before = used_s
            await asyncio.sleep(0.5)


async def talk(viewer: Viewer, wanted: Expected, *, times: int = 0, until_s: float = 0.0) -> list[Figures]:
    """Say the sentence again and again, and look how its lips and its sound come back."""
    said: list[Figures] = []
    async with speaking(viewer.room) as speaker:
        await asyncio.sleep(PAUSE_S)
        while len(said) < times or time.monotonic() < until_s:
            sent_s = await speaker.say(sentence())
            await asyncio.sleep(PAUSE_S)
            said.append(came_back(viewer.lips, viewer.sound, wanted, sent_s))
            for track in (viewer.lips, viewer.sound):
                track.forget(time.monotonic() - 1)
    return said


def summary(said: list[Figures]) -> Figures:
    """Of sentences: delay and offset."""
    found = [each for each in said if each["likeness"] > MATCHES]
    figures: Figures = {
        "sentences": len(said),
        "sentences_matched": len(found),
        "likeness_p50": round(statistics.median(each["likeness"] for each in said), 2),
    }
    if not found:
        return figures
    lips = sorted(each["lips_s"] for each in found)
    apart = [each["lips_s"] - each["sound_s"] for each in found]
    return figures | {
        "sound_to_lips_p50_ms": _ms(statistics.median(lips)),
        "sound_to_lips_p95_ms": _ms(lips[min(len(lips) - 1, int(0.95 * len(lips)))]),
        "sound_to_sound_p50_ms": _ms(statistics.median(each["sound_s"] for each in found)),
        "lips_after_sound_p50_ms": _ms(statistics.median(apart)),
        "lips_after_sound_worst_ms": _ms(max(apart, key=abs)),
    }


async def traced(served: Served, viewer: Viewer, wanted: Expected, times: int) -> Figures:
    """Say sentences, and count where the milliseconds between sound and lips go."""
    delays = Delays()
    said = await talk(viewer, wanted, times=times)
    for person in viewer.room.remote_participants.values():
        for publication in person.track_publications.values():
            if publication.track is not None:
                await note_track(delays, publication.track)
    lines = [line for line in logged(served, "session_delays") if "audio_buffer" in line]
    worker = {name: statistics.fmean(line[name] for line in lines[1:]) for name in WORKER_STAGES}
    at_viewer = delays.take_ms()
    lips_s = [each["lips_s"] for each in said if each["likeness"] > MATCHES]
    stages = {
        "client: a packet of sound": PACKET_MS,
        "worker: jitter buffer": worker["audio_buffer"],
        "worker: waiting to be taken": worker["input"],
        "worker: held back for the lips": worker["hold"] + LIPS_AFTER_SOUND_MS,
        "worker: timer, hearing, playing": worker["tick"] + worker["think"],
        "worker: drawing": worker["draw"],
        "worker: encoding, pacing": worker["encode"] + worker["pacer"],
        "viewer: jitter buffer": at_viewer["video_buffer"],
        "viewer: decoding": at_viewer["decode"],
    }
    rest = statistics.fmean(lips_s or [0.0]) * 1e3 - sum(stages.values())
    stages |= {"not accounted for: codec, network, conversions": rest}
    return summary(said) | {
        "stages_ms": {name: round(value, 1) for name, value in stages.items()},
        "viewer_sound_buffer_ms": at_viewer["audio_buffer"],
        "load": round(os.getloadavg()[0], 2),
    }


async def crowd(
    served: Served, rig: Rig, count: int, *, one_core: bool = False, seconds: float = CROWD_S
) -> Figures:
    """So many sessions at once, all talking: what each one costs, and what comes late."""
    async with AsyncExitStack() as stack:
        viewers = []
        for _ in range(count):
            viewer, _ = await stack.enter_async_context(session(served, rig))
            viewers.append(viewer)
        voices = [await stack.enter_async_context(speaking(viewer.room)) for viewer in viewers]
        processes = _playing(served.pid)
        if one_core:
            _share_one_core(processes, [os.getpid(), served.pid])
        frames, began_s, used_s = [viewer.frames for viewer in viewers], time.monotonic(), _cpu_s(processes)
        words = sentence()[: round(seconds * RATE_HZ)]
        while time.monotonic() - began_s < seconds:
            await asyncio.gather(*(voice.say(words) for voice in voices))
        taken_s = time.monotonic() - began_s
        cores = (_cpu_s(processes) - used_s) / taken_s / count
        rates = [(v.frames - was) / taken_s for v, was in zip(viewers, frames, strict=True)]
        memory = [_memory_bytes(pid) / MB for pid in processes]
    return {
        "sessions": count,
        "cores_a_session": round(cores, 3),
        "sessions_a_core": round(1 / cores, 2),
        "worst_viewer_fps": round(min(rates), 2),
        "process_mb": round(statistics.median(memory)),
    }


def _share_one_core(processes: list[int], others: list[int]) -> None:
    """Bind processes to the first core, and others, with those below them, to the rest."""
    first, *rest = CORES
    for pid in _family(others):
        for thread in Path(f"/proc/{pid}/task").glob("*"):
            with contextlib.suppress(OSError):  # it has ended
                os.sched_setaffinity(int(thread.name), {first} if pid in processes else rest)


def counted(served: Served) -> Figures:
    """What the sessions themselves counted."""
    lines = logged(served, "session_figures")
    names = ("frames", "skipped", "late", "stalls", "dropped_s")
    return {name: round(sum(line[name] for line in lines), 2) for name in names}


def logged(served: Served, event: str) -> list[Figures]:
    """What the server logged of a kind, so far."""
    lines = [json.loads(line) for line in served.log.read_text().splitlines() if line.startswith("{")]
    return [line for line in lines if line.get("event") == event]


def _playing(parent: int) -> list[int]:
    """Processes of sessions that play: those that have the room's threads; the others only wait."""
    mine = _session_processes(parent)
    most = max(threads for _, threads in mine)
    return [pid for pid, threads in mine if threads > most / 2]


def _session_processes(parent: int) -> list[tuple[int, int]]:
    """Processes of sessions, those that wait for one as well, and how many threads they have."""
    found = []
    for pid in _family([parent]):
        with contextlib.suppress(OSError):
            if b"visavis.cli.session_process" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append((pid, int(_stat(pid)[17])))
    return found


def _family(parents: list[int]) -> set[int]:
    """Processes and all that they started."""
    above = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            above[int(folder.name)] = int(_stat(int(folder.name))[1])
    family = set(parents)
    while more := {pid for pid, parent in above.items() if parent in family} - family:
        family |= more
    return family


def _stat(pid: int) -> list[str]:
    """What the kernel counts of a process, from its state on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _cpu_s(pids: list[int]) -> float:
    ticks = 0
    for pid in pids:
        fields = _stat(pid)
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _stolen_s() -> float:
    """Seconds of all processors that the host has kept from this machine."""
    return int(Path("/proc/stat").read_text().split()[8]) / os.sysconf("SC_CLK_TCK")


def _memory_bytes(pid: int) -> int:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.findall(r"Pss:\s+(\d+)", text)[0]) * 1024


def _ms(seconds: float) -> int:
    return round(seconds * 1e3)


async def soak(served: Served, rig: Rig, wanted: Expected, minutes: float, path: Path | None) -> Figures:
    """One avatar that talks for so long; figures are told, and kept, as it goes."""
    async with session(served, rig) as (viewer, _):
        begin_s = time.monotonic()
        said: list[Figures] = []
        rows: list[Figures] = []
        processes = _playing(served.pid)
        frames, used_s = viewer.frames, _cpu_s(processes)
        while (now_s := time.monotonic()) < begin_s + minutes * 60:
            stolen_s = _stolen_s()
            some = await talk(viewer, wanted, until_s=now_s + 60)
            said += some
            row = {"minute": round((time.monotonic() - begin_s) / 60, 1), **summary(some)}
            row["fps"] = round((viewer.frames - frames) / (time.monotonic() - begin_s), 2)
            row["cores"] = round((_cpu_s(processes) - used_s) / (time.monotonic() - begin_s), 3)
            row["load"] = round(os.getloadavg()[0], 2)
            row["stolen_s"] = round(_stolen_s() - stolen_s, 2)
            row["process_mb"] = round(_memory_bytes(processes[0]) / MB)
            rows.append(row)
            print(json.dumps(row), flush=True)
            if path is not None:
                store(path, {"soak": _soaked(rows, said)})
    return _soaked(rows, said)


def _soaked(rows: list[Figures], said: list[Figures]) -> Figures:
    return {
        "processor": processor(),
        "minutes": rows[-1]["minute"],
        **summary(said),
        "undisturbed": undisturbed(rows),
        "by_minute": rows,
    }


def undisturbed(rows: list[Figures]) -> Figures:
    """Of the minutes in which the host left the processors to this machine, and had in the one before."""
    calm = [row["stolen_s"] < QUIET_S for row in rows]
    quiet = [row for at, row in enumerate(rows) if all(calm[max(0, at - 1) : at + 1])]
    if not quiet:
        return {"minutes": 0}
    p95 = [row["sound_to_lips_p95_ms"] for row in quiet]
    apart = [row["lips_after_sound_worst_ms"] for row in quiet]
    return {
        "minutes": len(quiet),
        "sound_to_lips_p95_ms_median": round(statistics.median(p95)),
        "sound_to_lips_p95_ms_worst": max(p95),
        "lips_after_sound_ms_range": [min(apart), max(apart)],
    }


def store(path: Path, figures: Figures) -> None:
    """Put figures into a file of figures."""
    kept = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(kept | figures, indent=2) + "\n")


async def measure(given: argparse.Namespace, served: Served) -> Figures:
    """Everything, or what alone is wanted."""
    rig = shown_rig()
    if given.quick:
        return (
            await start(served) | await starts(served, rig, 1) | await crowd(served, rig, 1, seconds=QUICK_S)
        )
    wanted = expected(rig, speech_model())
    crowds = range(1, given.most + 1)
    if given.soak:
        return {"soak": await soak(served, rig, wanted, given.soak, given.keep)}
    if given.crowds:
        name = f"crowds_{given.crowds}" + ("_on_one_core" if given.one_core else "")
        rows = [await crowd(served, rig, count, one_core=given.one_core) for count in crowds]
        return {name: {"processor": processor(), "crowds": rows}}
    if given.trace:
        async with session(served, rig) as (viewer, _):
            return {"trace": await traced(served, viewer, wanted, SENTENCES)}
    figures: Figures = {"processor": processor(), "cores": len(CORES)}
    figures |= {"load_before": round(os.getloadavg()[0], 2)}
    figures |= await start(served)
    figures |= await starts(served, rig, STARTS)
    async with session(served, rig) as (viewer, _):
        figures |= await traced(served, viewer, wanted, SENTENCES)
        figures["sizes"] = sorted(map(list, viewer.sizes))
    figures["crowds"] = [await crowd(served, rig, count) for count in crowds]
    await asyncio.sleep(1)
    return figures | {"counted": counted(served), "load_after": round(os.getloadavg()[0], 2)}


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Figures of live sessions.")
    parser.add_argument("--keep", type=Path, help="a JSON file to keep them in")
    parser.add_argument("--soak", type=float, default=0.0, metavar="MINUTES", help="let one talk so long")
    parser.add_argument("--trace", action="store_true", help="tell alone where the milliseconds go")
    parser.add_argument("--crowds", choices=list(CODECS), help="only what sessions cost, with a codec")
    parser.add_argument("--one-core", action="store_true", help="let all sessions of --crowds share one core")
    parser.add_argument("--most", type=int, default=4, help="sessions at once")
    parser.add_argument("--quick", action="store_true", help="little of it: whether it still runs")
    given = parser.parse_args()
    if given.quick:
        given.most = 1
    with serving(given.most + 1, given.crowds or "vp8") as served:
        figures = asyncio.run(measure(given, served))
    print(json.dumps(figures, indent=2))
    if given.keep:
        store(given.keep, figures)


if __name__ == "__main__":
    main()
