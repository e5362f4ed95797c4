"""Chromium with livekit-client, which speaks to a live avatar and watches it as a user's web page does."""

import asyncio
import io
import shutil
import subprocess
import tempfile
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.room_browser import NoBrowserError, opened
from harness.viewing import INSIDE, LIPS, RATE_HZ, Expected, Track, came_back, mouth_box, sentence
from visavis.engine.rig.model import Rig

_PAGE = Path(__file__).with_name("viewing.html")
_ROOT = Path(__file__).parents[1]
_COMPILE = """
const typescript = require("typescript");
const source = require("fs").readFileSync(process.argv[1], "utf8");
process.stdout.write(typescript.transpile(source, { target: "es2022", module: "esnext" }));
"""
_AFTER_S = 1.1  # what a sentence takes to come back at most


class PageError(Exception):
    """The page says that it cannot."""


@dataclass
class BrowserViewer:
    """A page that says the built-in sentence again and again. Its times are the page's own.

    Attributes:
        said: What the page tells, as name and value.
        lips: Of every picture, when it is on the screen.
        sound: Of every 10 ms, when they leave the loudspeaker.
        widths: Of the pictures.
    """

    said: "asyncio.Queue[list[Any]]"
    lips: Track = field(default_factory=Track)
    sound: Track = field(default_factory=Track)
    widths: set[int] = field(default_factory=set)
    _sent_s: list[float] = field(default_factory=list)

    async def next_sentence(self, wanted: Expected) -> dict[str, float]:
        """Wait until the next sentence is said and has come back.

        Returns:
            As `came_back`.

        Raises:
            PageError: Something is wrong in the page.
        """
        while not self._is_whole(wanted.length_s):
            await self._take()
        sent_s = self._sent_s.pop(0)
        came = came_back(self.lips, self.sound, wanted, sent_s)
        for track in (self.lips, self.sound):
            track.forget(sent_s + wanted.length_s)
        return came

    def _is_whole(self, length_s: float) -> bool:
        tracks = (self.lips, self.sound)
        if not self._sent_s or not all(track.times_s for track in tracks):
            return False
        return min(track.times_s[-1] for track in tracks) > self._sent_s[0] + length_s + _AFTER_S

    async def _take(self) -> None:
        name, value = await self.said.get()
        match name:
            case "failed":
                raise PageError(value)
            case "sentence":
                self._sent_s.append(value)
            case "lips":
                for time_s, openness, width in value:
                    self.lips.add(time_s, openness)
                    self.widths.add(width)
            case "sound":
                for time_s, level in value:
                    self.sound.add(time_s, level)


@asynccontextmanager
async def watching_in_browser(
    url: str,
    token: str,
    rig: Rig,
    *,
    with_sdk: bool = False,
    samples: NDArray[np.float32] | None = None,
) -> AsyncIterator[BrowserViewer]:
    """A page in a room; it is closed at the end.

    Args:
        url: Of the room's server.
        token: To join with.
        rig: What the avatar looks like.
        samples: What the page says, the built-in sentence if nothing is given.
        with_sdk: Whether the SDK holds lips and sound together; else livekit-client is alone.

    Raises:
        NoBrowserError: There is no Chromium here, no livekit-client, or nothing to compile the SDK with.
    """
    files = {"sound.wav": _wav(sentence() if samples is None else samples)} | (
        {"lip-sync.js": _lip_sync()} if with_sdk else {}
    )
    rows, columns = mouth_box(rig)
    box = (columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)
    query = {"url": url, "token": token, "box": ",".join(map(str, box)), "greys": f"{INSIDE},{LIPS}"}
    query |= {"sdk": str(int(with_sdk))}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:  # it writes while it ends
        async with opened(_PAGE, Path(profile), query, files) as said:
            yield BrowserViewer(said)


def _lip_sync() -> bytes:
    """The SDK's part that holds lips and sound together, as a script of its own."""
    node = shutil.which("node")
    if node is None or not (_ROOT / "node_modules/typescript").exists():
        raise NoBrowserError("the SDK needs Node and its packages (make setup)")
    command = [node, "--eval", _COMPILE, str(_ROOT / "sdk/core/src/lip-sync.ts")]
    return subprocess.run(command, cwd=_ROOT, check=True, capture_output=True).stdout


def _wav(samples: NDArray[np.float32]) -> bytes:
    """A sound as a file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE_HZ)
        writer.writeframes((np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes())
    return file.getvalue()
