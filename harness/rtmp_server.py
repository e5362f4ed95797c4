"""A real RTMP server: nginx with the module of Debian's package libnginx-mod-rtmp."""

import contextlib
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

_MODULES: Final = ("/usr/lib/nginx/modules/ngx_rtmp_module.so",)
_CONFIG: Final = """
daemon off;
master_process off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
load_module {module};
events {{ worker_connections 64; }}
rtmp {{
    server {{
        listen 127.0.0.1:{port};
        chunk_size 4096;
        application live {{ live on; wait_key on; wait_video on; idle_streams off; access_log off; }}
    }}
}}
"""
_START_S: Final = 10.0
_PLAYER: Final = {"rtmp_live": "live", "fflags": "nobuffer", "fpsprobesize": "0"}  # shows the stream at once


def module() -> Path | None:
    """The module for nginx; `None` where it is not installed."""
    found = next((Path(each) for each in _MODULES if Path(each).is_file()), None)
    return found if shutil.which("nginx") else None


@dataclass
class RtmpServer:
    """A server that can stand still and be started again."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Address of a stream, with its key."""
        return f"rtmp://127.0.0.1:{self.port}/live/secret-key"

    def start(self) -> None:
        """Start it, and wait until it listens."""
        config = self.folder / "nginx.conf"
        config.write_text(_CONFIG.format(folder=self.folder, port=self.port, module=module()))
        command = ["nginx", "-p", str(self.folder), "-c", str(config), "-e", str(self.folder / "error.log")]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline_s = time.monotonic() + _START_S
        while time.monotonic() < deadline_s:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise TimeoutError("nginx does not listen.")

    def stall(self) -> None:
        """Let it stand still: it neither reads nor closes connections."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def stop(self) -> None:
        """End it, also when it stands still."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def rtmp_server(folder: Path) -> Iterator[RtmpServer]:
    """A running server, for the duration of the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = RtmpServer(folder, port)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@dataclass
class Pulled:
    """What was pulled from a server.

    Attributes:
        codecs: Names of the codecs.
        size: Width and height of the pictures.
        pictures: Time of each picture in seconds, and its mean grey in the middle.
        keyframes_s: Times of keyframes.
        sound: Samples, shape `(n,)`, at `rate_hz`.
        sound_s: Time of the first sample.
    """

    codecs: list[str] = field(default_factory=list)
    size: tuple[int, int] = (0, 0)
    pictures: list[tuple[float, float]] = field(default_factory=list)
    keyframes_s: list[float] = field(default_factory=list)
    sound: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    sound_s: float = 0.0
    rate_hz: int = 48_000
    last: NDArray[np.uint8] | None = None


def pull(url: str, *, seconds: float, open_s: float = 10.0) -> Pulled:
    """Pull a stream for some seconds of it, as a player does; raises `OSError` or `av.FFmpegError`."""
    pulled, sounds, ends_s = Pulled(), [], time.monotonic() + open_s + 2 * seconds
    with av.open(url, timeout=(open_s, open_s), options=_PLAYER) as container:
        pulled.codecs = sorted(stream.codec_context.name for stream in container.streams)
        first_s: float | None = None
        for packet in container.demux():
            if packet.pts is None:
                continue
            for frame in packet.decode():
                at_s = float(frame.pts * frame.time_base)
                if isinstance(frame, av.VideoFrame):
                    first_s = at_s if first_s is None else first_s
                    grey = frame.to_ndarray(format="gray")
                    height, width = grey.shape
                    middle = grey[height // 3 : -height // 3, width // 3 : -width // 3]
                    pulled.size, pulled.last = (width, height), frame.to_ndarray(format="rgb24")
                    pulled.pictures.append((at_s, float(middle.mean())))
                    if frame.key_frame:
                        pulled.keyframes_s.append(at_s)
                elif isinstance(frame, av.AudioFrame):
                    if not sounds:
                        pulled.sound_s, pulled.rate_hz = at_s, frame.sample_rate
                    sounds.append(frame.to_ndarray().mean(axis=0))
                is_enough = first_s is not None and at_s - first_s > seconds
                if is_enough or time.monotonic() > ends_s:
                    pulled.sound = np.concatenate(sounds) if sounds else pulled.sound
                    return pulled
    pulled.sound = np.concatenate(sounds) if sounds else pulled.sound
    return pulled


def offsets_ms(pulled: Pulled) -> list[float]:
    """For each flash, how much later it is seen than its beep is heard, in ms."""
    level = np.abs(pulled.sound)
    window = pulled.rate_hz // 200
    loud = np.convolve(level, np.ones(window) / window, "same") > 0.1
    begins = np.flatnonzero(loud[1:] & ~loud[:-1]) / pulled.rate_hz + pulled.sound_s
    bright = [grey > 128 for _, grey in pulled.pictures]
    flashes = [pulled.pictures[k][0] for k in range(1, len(bright)) if bright[k] and not bright[k - 1]]
    found = []
    for flash_s in flashes:
        nearest = begins[np.argmin(np.abs(begins - flash_s))] if len(begins) else np.inf
        if abs(nearest - flash_s) < 0.5:
            found.append(float(flash_s - nearest) * 1000)
    return found
