"""Attacks on the HTTP port. Each returns what it saw; `held` says whether the server behaved well."""

import asyncio
import io
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx
from harness.api_server import unseen_face
from harness.quiet_network import can_unshare, watched
from PIL import Image

from bench.hostile.siege import DESCRIPTORS, UPLOAD_BYTES, Siege, wait_until

IDLE: Final = 2000
_HEAD: Final = b"GET /v1/me HTTP/1.1\r\nHost: bench\r\n"
_MB: Final = 10**6
_MAX_GROWTH_MB: Final = 150
_WAIT_S: Final = 60.0
_MINUTE_S: Final = 60.0
_CLOCK_S: Final = 0.25  # between our request and the moment at which the server counted it
_RATE: Final = 30


@dataclass(frozen=True)
class Outcome:
    """Result of an attack.

    Attributes:
        held: Whether the server behaved; `None` if the attack could not be tried here.
        said: Observations.
    """

    held: bool | None
    said: str


Attack = Callable[[Siege], Outcome]


def nothing(siege: Siege) -> Outcome:
    """No attack: normal response times."""
    threading.Event().wait(5 if siege.quick else 20)
    return Outcome(held=True, said="no attack, for comparison")


def headers(siege: Siege) -> Outcome:
    """Endless headers, on many connections at once."""
    flood_bytes = (10 if siege.quick else 170) * _MB
    before = _memory_mb(siege.served.pid)

    def flood(number: int) -> str:
        block = (b"A: " + b"b" * 8000 + b"\r\n") if number % 2 else b"c" * 65_536
        with _connected(siege) as line:
            sent = 0
            try:
                line.sendall(_HEAD)
                while sent < flood_bytes:
                    line.sendall(block)
                    sent += len(block)
            except OSError:
                pass  # the server closed the connection, as it should
            return _status(line)

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(flood, range(24)))
    growth = _memory_mb(siege.served.pid) - before
    held = set(answers) <= {"431", "reset"} and answers["431"] > 0 and growth < _MAX_GROWTH_MB
    return Outcome(held, f"{dict(answers)} to up to {flood_bytes // _MB} MB each; memory grew by {growth} MB")


def idle(siege: Siege) -> Outcome:
    """More connections than file descriptors; they send nothing, or not enough."""
    with ExitStack() as stack:
        lines = []
        for number in range(IDLE):
            line = stack.enter_context(_connected(siege))
            if number % 2:
                line.sendall(_HEAD)
            lines.append(line)
        for line in lines:
            line.setblocking(False)
        waiting = set(lines)
        done = wait_until(lambda: _drop_closed(waiting), within_s=_WAIT_S)
    failed = siege.served.log.read_text().count("accept_failed")
    said = f"{IDLE - len(waiting)} of {IDLE} closed with {DESCRIPTORS} descriptors, {failed} failed accepts"
    return Outcome(done and siege.is_well(), said)


def _drop_closed(waiting: set[socket.socket]) -> bool:
    for line in list(waiting):
        try:
            while line.recv(4096):
                continue
        except BlockingIOError:
            continue
        except OSError:
            pass  # reset
        waiting.discard(line)
    return not waiting


def uploads(siege: Siege) -> Outcome:
    """Files of the maximum size, one byte more, and much more."""
    wrong = []
    for more in (-1, 0, 1, 2, 100, 1000, 10_000, 65_536, 100_000, 1_000_000):
        with siege.client() as client:
            head = b"RIFF\x24\x00\x00\x00WAVEfmt "
            image = siege.job()["image"]
            audio = head + bytes(UPLOAD_BYTES + more - len(head) - len(image[1]))
            form = {"image": image, "audio": ("a.wav", audio, "audio/wav")}
            try:
                status = client.post("/v1/generate", files=form).status_code
            except httpx.HTTPError as error:
                wrong.append(f"{more:+}: {type(error).__name__}")
                continue
            if (status == httpx.codes.REQUEST_ENTITY_TOO_LARGE) != (more > 0):
                wrong.append(f"{more:+}: {status}")
    return Outcome(not wrong, "; ".join(wrong) or f"answered from {UPLOAD_BYTES} − 1 to + 1,000,000 bytes")


def faces(siege: Siege) -> Outcome:
    """One account sends twenty pictures of 48 megapixels, while another opens sessions with its own faces."""
    greedy = asyncio.run(siege.new_key("greedy", requests_per_minute=100_000))
    picture = _large_picture()
    pictures = [picture + bytes([number]) for number in range(20)]  # no two the same
    opened: list[float] = []
    wrong: list[str] = []
    over = threading.Event()

    def attack(picture: bytes) -> int:
        with siege.client(greedy) as client:
            form = {"face": ("face.png", picture, "image/png")}
            return client.post("/v1/realtime/session", files=form).status_code

    def open_sessions() -> None:
        with siege.client() as client:
            for number in range(100):
                if over.is_set() and opened:
                    return
                form = {"face": ("face.jpg", unseen_face(siege.folder / "face.png", number), "image/jpeg")}
                began = time.monotonic()
                answer = client.post("/v1/realtime/session", files=form)
                opened.append(time.monotonic() - began)
                if answer.status_code == httpx.codes.OK:
                    client.delete(f"/v1/realtime/session/{answer.json()['session_id']}")
                else:
                    wrong.append(f"{answer.status_code} {answer.json()['error']}")

    other = threading.Thread(target=open_sessions)
    with ThreadPoolExecutor(len(pictures)) as pool:
        attacks = [pool.submit(attack, picture) for picture in pictures]
        other.start()
        answers = Counter(each.result() for each in attacks)
        over.set()
    other.join()
    said = f"attacker {dict(answers)}; the other opened {len(opened) - len(wrong)} of {len(opened)} sessions"
    said += f", the slowest in {max(opened):.1f} s{'; ' + ', '.join(wrong) if wrong else ''}"
    return Outcome(not wrong and set(answers) <= {400, 429, 503}, said)


def _large_picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8000, 6000)).save(file, "PNG", compress_level=1)
    return file.getvalue()


def telemetry(_siege: Siege) -> Outcome:
    """A job and a session without internet access, in a network in which every packet is recorded."""
    if not can_unshare():
        return Outcome(None, "needs the right to make namespaces, unshare, ip and /dev/net/tun")
    seen = [watched(what) for what in ("render", "serve")]
    names = sorted({name for each in seen for name in each.names})
    files = sorted({name for each in seen for name in each.cache_files})
    packets = sum(each.packets for each in seen)
    said = f"{packets} packets, names {names}, files in the cache {files}"
    return Outcome(not packets and not names and not files, said)


def rate(siege: Siege) -> Outcome:
    """A key with 30 requests a minute sends all the time; no 60 seconds may have more than 30 answers."""
    key = asyncio.run(siege.new_key("hasty", requests_per_minute=_RATE))
    minutes = 1.5 if siege.quick else 5.0
    taken: list[float] = []
    asked, end, pause = 0, time.monotonic() + minutes * _MINUTE_S, threading.Event()
    with siege.client(key) as client:
        while (now := time.monotonic()) < end:
            asked += 1
            if client.get("/v1/me").status_code == httpx.codes.OK:
                taken.append(now)
            pause.wait(0.15)
    most = max(sum(first <= each < first + _MINUTE_S - _CLOCK_S for each in taken) for first in taken)
    held = most <= _RATE and len(taken) >= _RATE * int(minutes)
    said = f"{len(taken)} of {asked} in {minutes:g} minutes, at most {most} in a rolling minute"
    return Outcome(held, said)


def _connected(siege: Siege) -> socket.socket:
    parts = urlsplit(siege.served.url)
    return socket.create_connection((parts.hostname or "", parts.port or 80), _WAIT_S)


def _status(line: socket.socket) -> str:
    heard = b""
    try:
        while block := line.recv(65_536):
            heard += block
    except ConnectionError:
        pass  # what was received before counts
    except TimeoutError:
        return "no answer"
    return heard[9:12].decode() or "reset"


def _memory_mb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) // 1024
    return 0
