"""Streams MP3 to paid sessions of a whole server, and measures how soon the lips move at a viewer.

    python -m bench.first_lips [--quick] [--times 20]

Each time the first bytes of the built-in sentence are sent, and the rest at the pace at which it is spoken.
The lips are taken to move with the first frame in which the mouth is open further than it was at rest. It
also measures how long a new session takes to become active.
"""

import argparse
import asyncio
import io
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import av
import httpx
import numpy as np
import websockets
from harness.live_server import Served, serving, shown_rig
from harness.viewing import RATE_HZ, Viewer, mouth_box, sentence, watching

from bench.machine import keep
from visavis.samples import write_portrait

TIMES, QUICK_TIMES = 20, 1
_REST_S: Final = 1.5
_MOVED: Final = 0.04  # more of the mouth's box is dark than ever at rest
_PIECE_S: Final = 0.1
_KBPS: Final = 64


def main() -> None:
    """Run the bench."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true")
    options.add_argument("--times", type=int)
    chosen = options.parse_args()
    times = chosen.times or (QUICK_TIMES if chosen.quick else TIMES)
    with serving(1, "vp8", {"VISAVIS_PAYMENT_REQUIRED": "false"}) as server:
        delays_ms, active_after_s = asyncio.run(measure(server, times))
    found = np.percentile(delays_ms, [0, 50, 95, 100]).round().tolist()
    figures = {
        "times": times,
        "active_after_s": round(active_after_s, 2),
        "first_lips_ms": dict(zip(("min", "p50", "p95", "max"), found, strict=True)),
    }
    print(figures)
    if not chosen.quick:
        print(keep("first-lips", figures))


async def measure(server: Served, times: int) -> tuple[list[float], float]:
    """Delays from first bytes to first lips in ms, and the time until a session is active in s."""
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        files = {"reference_image": ("face.png", _face(), "image/png")}
        made = (
            await client.post("/v1/sessions", files=files, data={"accept_tos": "true"})
        ).raise_for_status()
        session: dict[str, Any] = made.json()
        made_s = time.monotonic()
        view = session["view_url"].replace("/view/", "/v1/view/")
        while not (given := (await client.get(view)).json())["ready"]:
            await asyncio.sleep(0.1)
        active_after_s = time.monotonic() - made_s
        data = as_mp3()
        async with (
            watching(given["livekit_url"], given["livekit_access_token"], mouth_box(shown_rig())) as viewer,
            websockets.connect(session["websocket_url"]) as socket,
        ):
            await viewer.until(lambda: viewer.frames > 0)
            delays_ms = [await first_lips_ms(viewer, socket, data) for _ in range(times)]
        await client.delete(
            f"/v1/sessions/{session['session_id']}", headers={"Authorization": f"Bearer {session['token']}"}
        )
    return delays_ms, active_after_s


async def first_lips_ms(viewer: Viewer, socket: Any, data: bytes) -> float:
    """Send the sentence once, and wait for the lips and for its end."""
    await asyncio.sleep(_REST_S)
    rest = max(viewer.lips.values[-10:]) + _MOVED
    began, sent_s = len(viewer.lips.values), time.monotonic()
    piece = round(_KBPS * 1000 / 8 * _PIECE_S)
    for at in range(0, len(data), piece):
        await socket.send(data[at : at + piece])
        await asyncio.sleep(max(0.0, sent_s + (at // piece + 1) * _PIECE_S - time.monotonic()))
    await socket.send(json.dumps({"type": "speak_done"}))
    async for text in socket:
        said = json.loads(text)
        if said["type"] == "chunk_done" and said["last"]:
            break
    seen = zip(viewer.lips.times_s[began:], viewer.lips.values[began:], strict=False)
    return next(1000 * (at_s - sent_s) for at_s, value in seen if value > rest)


def _face() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "face.png"
        write_portrait(path)
        return path.read_bytes()


def as_mp3() -> bytes:
    """The built-in sentence as an MP3 file, from its first sound on."""
    samples = sentence()
    samples = samples[np.flatnonzero(np.abs(samples) > 0.02)[0] :]
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as output:
        stream = output.add_stream("libmp3lame", rate=RATE_HZ, layout="mono")
        if not isinstance(stream, av.AudioStream):
            raise TypeError("The encoder encodes no sound.")
        stream.bit_rate = _KBPS * 1000
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate = RATE_HZ
        convert = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=RATE_HZ)
        for each in (*convert.resample(frame), *convert.resample(None)):
            output.mux(stream.encode(each))
        output.mux(stream.encode(None))
    return file.getvalue()


if __name__ == "__main__":
    main()
    sys.exit(0)
