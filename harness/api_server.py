"""A server of the API for tests and benchmarks, with test data and ways to wait for it."""

import io
import threading
import time
import wave
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import numpy as np
from PIL import Image

from harness.server_process import new_server
from visavis.samples import SENTENCE
from visavis.samples.sentence import speak


@contextmanager
def serving(settings: Mapping[str, str] = MappingProxyType({})) -> Iterator[tuple[str, str, int]]:
    """Start a server in a new folder, with `settings` in its environment. Yields URL, key, process ID."""
    env = {"VISAVIS_REQUESTS_PER_MINUTE": "10000000", "VISAVIS_LIVE_SLOTS": "0"}
    with new_server(env | settings) as started:
        wait_until(lambda: httpx.get(f"{started.url}/v1/health").status_code == httpx.codes.OK)
        yield started.url, started.key, started.pid


def wait_until(condition: Callable[[], bool], within_s: float = 300.0) -> None:
    """Wait for a condition, checked every 20 ms."""
    deadline, pause = time.monotonic() + within_s, threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the server did not get there")
        pause.wait(0.02)


def make_sound(path: Path, seconds: float) -> bytes:
    """The built-in sentence as a WAV file, repeated or cut to a length."""
    samples, rate_hz = speak(SENTENCE)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.resize(samples, int(seconds * rate_hz)).tobytes())
    return path.read_bytes()


def unseen_face(portrait: Path, number: int) -> bytes:
    """The portrait as a file with new content: each number gives another file."""
    file = io.BytesIO()
    with Image.open(portrait) as image:
        image.convert("RGB").save(file, "JPEG", quality=80, comment=str(number))
    return file.getvalue()


def wait_for_job(client: httpx.Client, job_id: str) -> dict[str, Any]:
    """Wait until a job is completed. Returns the job."""
    job: dict[str, Any] = {}

    def done() -> bool:
        job.update(client.get(f"/v1/jobs/{job_id}").json())
        return bool(job["status"] == "completed")

    wait_until(done)
    return job
