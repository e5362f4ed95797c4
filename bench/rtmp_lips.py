"""Sends the video of a whole session to a real RTMP server, and compares lips with sound in what comes back.

    python -m bench.rtmp_lips [--quick] [--sentences 8]

The built-in sentence is streamed to a paid session. Its lips and its sound in the video that is pulled are
compared with those that the engine makes of it offline.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import av
import httpx
import numpy as np
import websockets
from harness.live_server import serving, shown_rig
from harness.rtmp_server import Pulled, RtmpServer, is_installed, pull, rtmp_server
from harness.viewing import RATE_HZ, Expected, Track, came_back, expected, mouth_box, openness, sentence

from bench.machine import keep, not_here
from visavis import bootstrap
from visavis.engine.resample import Resampler
from visavis.engine.sound_stream import PCM_RATE_HZ
from visavis.realtime.sound import to_pcm
from visavis.samples import write_portrait

SENTENCES, QUICK_SENTENCES = 8, 1
_REST_S: Final = 1.5
_BEFORE_S: Final = 0.3  # the sound of a sentence is looked for from here before it is first heard
_BLOCK_MS: Final = 10
_LOUD: Final = 0.02
_ALIKE: Final = 0.6  # lips that are less alike are others
_OPEN_S: Final = 5.0


@dataclass
class _Spoken(Pulled):
    """What was pulled of a face that speaks."""

    box: tuple[slice, slice] = (slice(0), slice(0))
    lips: Track = field(default_factory=Track)

    def add_picture(self, frame: av.VideoFrame, at_s: float) -> None:
        """Note a picture, and how far the mouth is open in it."""
        super().add_picture(frame, at_s)
        self.lips.add(at_s, openness(frame.to_ndarray(format="rgb24"), self.box))


def main() -> None:
    """Run the bench."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true")
    options.add_argument("--sentences", type=int)
    chosen = options.parse_args()
    if not is_installed():
        raise not_here("nginx with libnginx-mod-rtmp and libnginx-mod-stream")
    sentences = chosen.sentences or (QUICK_SENTENCES if chosen.quick else SENTENCES)
    env = {"VISAVIS_PAYMENT_REQUIRED": "false", "VISAVIS_ROOM_NETWORKS": '["127.0.0.0/8"]'}
    rig = shown_rig()
    wanted = expected(rig, bootstrap.speech_model())
    with (
        tempfile.TemporaryDirectory() as folder,
        rtmp_server(Path(folder)) as receiver,
        serving(1, "vp8", env) as server,
    ):
        came = asyncio.run(measure(server.url, receiver, sentences, mouth_box(rig)))
    figures = compare(came, wanted, sentences)
    print(figures)
    if not chosen.quick:
        print(keep("rtmp-lips", figures))


async def measure(url: str, receiver: RtmpServer, sentences: int, box: tuple[slice, slice]) -> _Spoken:
    """What is pulled while the sentence is spoken some times."""
    spoken_s = len(sentence()) / RATE_HZ
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        files = {"reference_image": ("face.png", _face(), "image/png")}
        data = {"accept_tos": "true", "output_url": receiver.url}
        made = (await client.post("/v1/sessions", files=files, data=data)).raise_for_status()
        session: dict[str, Any] = made.json()
        came = _Spoken(box=box)
        seconds = sentences * (spoken_s + _REST_S) + 2 * _REST_S
        pulling = asyncio.create_task(_pulled(receiver.url, seconds, came))
        while not came.pictures:
            await asyncio.sleep(0.05)
        pcm = _pcm()
        async with websockets.connect(session["websocket_url"]) as socket:
            for _ in range(sentences):
                await asyncio.sleep(_REST_S)
                await socket.send(pcm)
                await socket.send(json.dumps({"type": "speak_done"}))
                async for text in socket:
                    said = json.loads(text)
                    if said["type"] == "chunk_done" and said["last"]:
                        break
        await pulling
        headers = {"Authorization": f"Bearer {session['token']}"}
        await client.delete(f"/v1/sessions/{session['session_id']}", headers=headers)
    return came


def compare(came: _Spoken, wanted: Expected, sentences: int) -> dict[str, Any]:
    """How much later lips come than sound, in each sentence that came back whole."""
    times_s, levels = np.concatenate(came.levels).T
    times_s = times_s[: len(times_s) // _BLOCK_MS * _BLOCK_MS : _BLOCK_MS]
    levels = levels[: len(times_s) * _BLOCK_MS].reshape(-1, _BLOCK_MS).mean(axis=1)
    sound = Track(times_s.tolist(), np.sqrt(levels).tolist())
    offsets_ms, at_s = [], times_s[0]
    while (found := np.flatnonzero((times_s > at_s) & (levels > _LOUD))).size:
        began_s = float(times_s[found[0]]) - _BEFORE_S
        at_s = began_s + wanted.length_s + _REST_S / 2
        if began_s + wanted.length_s + 1 > times_s[-1]:
            break
        back = came_back(came.lips, sound, wanted, began_s)
        if back["likeness"] > _ALIKE:
            offsets_ms.append(1000 * (back["lips_s"] - back["sound_s"]))
    spread = np.percentile(offsets_ms, [0, 50, 100]).round(1).tolist() if offsets_ms else []
    return {
        "sentences": sentences,
        "matched": len(offsets_ms),
        "lips_after_sound_ms": dict(zip(("min", "p50", "max"), spread, strict=False)),
        "pictures_per_s": round(len(came.pictures) / (came.pictures[-1][0] - came.pictures[0][0]), 2),
    }


async def _pulled(url: str, seconds: float, into: Pulled) -> None:
    """Pull as soon as there is a stream."""
    while not into.pictures:
        try:
            await asyncio.to_thread(pull, url, seconds=seconds, open_s=_OPEN_S, into=into)
        except (OSError, av.FFmpegError):
            await asyncio.sleep(0.05)


def _face() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "face.png"
        write_portrait(path)
        return path.read_bytes()


def _pcm() -> bytes:
    """The sentence as clients stream it."""
    resample = Resampler(RATE_HZ, PCM_RATE_HZ)
    return to_pcm(np.concatenate([resample(sentence()), resample.finish()]))


if __name__ == "__main__":
    main()
    sys.exit(0)
