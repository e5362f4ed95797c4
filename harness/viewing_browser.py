"""Chromium with livekit-client, which speaks to a live avatar and watches it like a user's web page."""

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
_AFTER_S = 1.1  # maximum time until a sentence comes back


class PageError(Exception):
    """The page reported an error."""


@dataclass
class BrowserViewer:
    """A page that sends the built-in sentence repeatedly. Times are on the page's own clock.

    Attributes:
        said: Messages of the page, as name and value.
        lips: Openness of the mouth in every picture, at the time when it is on the screen.
        sound: Level of every 10 ms, at the time when they leave the loudspeaker.
        widths: Widths of the pictures.
    """

    said: "asyncio.Queue[list[Any]]"
    lips: Track = field(default_factory=Track)
    sound: Track = field(default_factory=Track)
    widths: set[int] = field(default_factory=set)
    _sent_s: list[float] = field(default_factory=list)

    async def next_sentence(self, wanted: Expected) -> dict[str, float]:
        """Wait until the next sentence was sent and has come back.

        Returns:
            The result of `came_back`.

        Raises:
            PageError: The page reported an error.
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
    """Open a page in a room; it is closed at the end.

    Args:
        url: URL of the room server.
        token: Token to join with.
        rig: Rig of the avatar.
        samples: Sound that the page sends; `None` for the built-in sentence.
        with_sdk: Whether the SDK synchronizes lips and sound; otherwise livekit-client alone does.

    Raises:
        NoBrowserError: There is no Chromium, no livekit-client, or nothing to compile the SDK with.
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
    """The SDK's module that synchronizes lips and sound, as a script."""
    node = shutil.which("node")
    if node is None or not (_ROOT / "node_modules/typescript").exists():
        raise NoBrowserError("the SDK needs Node and its packages (make setup)")
    command = [node, "--eval", _COMPILE, str(_ROOT / "sdk/core/src/lip-sync.ts")]
    return subprocess.run(command, cwd=_ROOT, check=True, capture_output=True).stdout


def _wav(samples: NDArray[np.float32]) -> bytes:
    """A sound as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE_HZ)
        writer.writeframes((np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes())
    return file.getvalue()
