"""Measures the API, on a server that it starts itself.

    python -m bench.api [--keep bench/results/api.json] [--quick]

Requests a second, upload speed, time to submit, jobs a second with two rendering processes, the time of one
job on an idle machine, memory. All requests stay on this machine, and their number is fixed. `--quick` does
little of each, to check that the benchmark runs.
"""

import argparse
import json
import os
import re
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
from harness.api_server import make_sound, serving, wait_for_job, wait_until

from visavis.samples import write_portrait

CLIENTS = 8
UPLOAD_BYTES = 40 * 2**20
MB = 1e6

Figures = dict[str, float | int | str]


@dataclass(frozen=True)
class Amount:
    """How much to measure.

    Attributes:
        requests: Number of requests of each kind.
        uploads: Number of uploads of `UPLOAD_BYTES`.
        jobs: Number of short jobs that run at the same time.
        single_jobs: Number of jobs that run one after the other.
        speech_s: Length of the speech of each of these, in seconds.
    """

    requests: int = 2000
    uploads: int = 10
    jobs: int = 40
    single_jobs: int = 5
    speech_s: int = 10


QUICK = Amount(requests=16, uploads=1, jobs=2, single_jobs=1, speech_s=1)


def requests_a_second(url: str, key: str, count: int) -> Figures:
    """Measure many small requests at once. A lookup of a job reads a key, a rate and a row."""
    figures: Figures = {}
    for name, path in (("healthz", "/healthz"), ("job", "/v1/jobs/000000000000"), ("me", "/v1/me")):

        def ask(own: int, path: str = path) -> list[float]:
            taken = []
            with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60) as mine:
                for _ in range(own):
                    began = time.perf_counter()
                    mine.get(path)
                    taken.append(time.perf_counter() - began)
            return taken

        began = time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as pool:
            taken = [each for some in pool.map(ask, [count // CLIENTS] * CLIENTS) for each in some]
        figures[f"{name}_requests_per_s"] = round(count / (time.perf_counter() - began))
        figures[f"{name}_p50_ms"] = round(statistics.median(taken) * 1e3, 2)
        figures[f"{name}_p95_ms"] = round(statistics.quantiles(taken, n=20)[-1] * 1e3, 2)
    return figures


def upload_speed(client: httpx.Client, photo: bytes, count: int) -> Figures:
    """Measure large forms that are read completely and then refused for their type: the cost of reading."""
    form = {"image": ("face.png", photo, "image/png"), "audio": ("a.flac", b"fLaC" + bytes(UPLOAD_BYTES))}
    began = time.perf_counter()
    for _ in range(count):
        client.post("/v1/generate", files=form)
    return {"upload_mb_per_s": round(count * UPLOAD_BYTES / MB / (time.perf_counter() - began))}


def one_at_a_time(client: httpx.Client, photo: bytes, sound: bytes, amount: Amount) -> Figures:
    """Measure single jobs, from the first byte sent until the URL of the result is known."""
    submitted, whole, rendered = [], [], []
    for _ in range(amount.single_jobs):
        began = time.perf_counter()
        form = {"image": ("face.png", photo, "image/png"), "audio": ("a.wav", sound, "audio/wav")}
        job_id = client.post("/v1/generate", files=form).json()["job_id"]
        submitted.append(time.perf_counter() - began)
        job = wait_for_job(client, job_id)
        whole.append(time.perf_counter() - began)
        rendered.append(job["timing"]["latency_ms"] / 1e3)
    speech = f"{amount.speech_s}s"
    return {
        "submit_p50_ms": round(statistics.median(submitted) * 1e3),
        f"job_{speech}_speech_p50_s": round(statistics.median(whole), 2),
        f"job_{speech}_speech_worst_s": round(max(whole), 2),
        f"job_{speech}_speech_in_worker_p50_s": round(statistics.median(rendered), 2),
        "times_real_time": round(amount.speech_s / statistics.median(whole), 1),
    }


def many_at_once(client: httpx.Client, photo: bytes, sound: bytes, count: int) -> Figures:
    """Measure short jobs, all submitted at once, until the last one is finished."""
    form = {"image": ("face.png", photo, "image/png"), "audio": ("a.wav", sound, "audio/wav")}
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda _: client.post("/v1/generate", files=form), range(count)))

    def done() -> bool:
        rows = client.get("/v1/jobs", params={"limit": 100}).json()["jobs"]
        return all(row["status"] == "completed" for row in rows)

    wait_until(done)
    return {"jobs_of_1s_per_s": round(count / (time.perf_counter() - began), 2)}


def memory(pid: int) -> Figures:
    """Proportional set size by process, in MB."""
    parents, names = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                names[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
    below = {pid}
    for _ in range(5):
        below |= {each for each, parent in parents.items() if parent in below}
    sums = {"gateway": 0.0, "worker": 0.0, "rendering_process": 0.0, "fork_server": 0.0, "postgres": 0.0}
    children = 0
    for each in below:
        name = names.get(each, "")
        role = (
            "postgres"
            if "postgres" in name and "visavis" not in name.split("postgres")[0][-12:]
            else "gateway"
        )
        role = "postgres" if name.startswith("postgres:") or "bin/postgres" in name else role
        role = "worker" if "cli.main work" in name else role
        role = "rendering_process" if "cli.rendering_process" in name else role
        role = "fork_server" if "cli.fork_server" in name else role
        children += role == "rendering_process"
        rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
        sums[role] += int(re.findall(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[0]) / 1e3
    sums["rendering_process"] /= max(children, 1)
    return {f"{role}_mb": round(size) for role, size in sums.items()} | {"rendering_processes": children}


def main() -> None:
    """Measure, print, and keep the figures if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keep", type=Path, help="Also write the figures as JSON.")
    parser.add_argument("--quick", action="store_true", help="Do little of each.")
    given = parser.parse_args()
    amount, keep = QUICK if given.quick else Amount(), given.keep
    with tempfile.TemporaryDirectory() as name, serving() as (url, key, pid):
        write_portrait(Path(name) / "face.png")
        photo = (Path(name) / "face.png").read_bytes()
        long, short = (make_sound(Path(name) / "sound.wav", seconds) for seconds in (amount.speech_s, 1))
        with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=120) as client:
            figures: Figures = {"cores": os.cpu_count() or 0, "load_before": round(os.getloadavg()[0], 2)}
            figures |= one_at_a_time(client, photo, long, amount)
            figures |= many_at_once(client, photo, short, amount.jobs)
            figures |= requests_a_second(url, key, amount.requests)
            figures |= upload_speed(client, photo, amount.uploads)
            figures |= memory(pid)
    for name, value in figures.items():
        print(f"{name:36} {value}")
    if keep:
        keep.parent.mkdir(parents=True, exist_ok=True)
        keep.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
