"""A real RTMP server: nginx with the modules of libnginx-mod-rtmp and libnginx-mod-stream of Debian."""

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

_FOLDER: Final = Path("/usr/lib/nginx/modules")
_CONFIG: Final = """
daemon off;
master_process off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
load_module {modules}/ngx_rtmp_module.so;
load_module {modules}/ngx_stream_module.so;
events {{ worker_connections 64; }}
rtmp {{
    server {{
        listen 127.0.0.1:{port};
        chunk_size 4096;
        application live {{ live on; wait_key on; wait_video on; idle_streams off; access_log off; }}
    }}
}}
{tls}
"""
_TLS: Final = """
stream {{
    server {{
        listen 127.0.0.1:{tls_port} ssl;
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.pem;
        proxy_pass 127.0.0.1:{port};
    }}
}}
"""
_START_S: Final = 10.0
_SMOOTH_MS: Final = 5
_LOUD: Final = 0.1
_NEAR_S: Final = 0.5  # what is further apart does not belong together
_PLAYER: Final = {"rtmp_live": "live", "fflags": "nobuffer", "fpsprobesize": "0"}  # shows the stream at once


def is_installed() -> bool:
    """Whether nginx is here, with its modules."""
    modules = ("ngx_rtmp_module.so", "ngx_stream_module.so")
    return shutil.which("nginx") is not None and all((_FOLDER / each).is_file() for each in modules)


@dataclass
class RtmpServer:
    """A server that can stand still and be started again.

    Attributes:
        folder: Folder for its files.
        port: Port for RTMP.
        tls_port: Port for RTMPS, with the certificate `server.pem` in its folder; `None` for none.
    """

    folder: Path
    port: int
    tls_port: int | None = None
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Address of a stream, with its key."""
        return f"rtmp://127.0.0.1:{self.port}/live/secret-key"

    @property
    def tls_url(self) -> str:
        """The same stream by RTMPS."""
        return f"rtmps://localhost:{self.tls_port}/live/secret-key"

    def start(self) -> None:
        """Start it, and wait until it listens."""
        config, values = self.folder / "nginx.conf", {"folder": self.folder, "port": self.port}
        tls = _TLS.format(**values, tls_port=self.tls_port) if self.tls_port is not None else ""
        config.write_text(_CONFIG.format(**values, modules=_FOLDER, tls=tls))
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
def rtmp_server(folder: Path, *, has_tls: bool = False) -> Iterator[RtmpServer]:
    """A running server, for the duration of the block."""
    port, tls_port = free_ports(2)
    server = RtmpServer(folder, port, tls_port if has_tls else None)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def free_ports(count: int) -> list[int]:
    """Ports of this machine on which nobody listens."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


@dataclass
class Pulled:
    """What was pulled from a server.

    Attributes:
        codecs: Names of the codecs.
        size: Width and height of the pictures.
        pictures: Time of each picture in seconds, and its mean grey in the middle.
        keyframes_s: Times of keyframes.
        levels: Time of each millisecond of sound in seconds, and its mean level; arrays of shape `(n, 2)`.
        last: The last picture, as red, green and blue.
        kept: Pictures at intervals.
        has_ended: Whether the stream ended before as much was pulled as was wanted.
        began_s: When the first of it was there, on the monotonic clock.
    """

    codecs: list[str] = field(default_factory=list)
    size: tuple[int, int] = (0, 0)
    pictures: list[tuple[float, float]] = field(default_factory=list)
    keyframes_s: list[float] = field(default_factory=list)
    levels: list[NDArray[np.float64]] = field(default_factory=list)
    last: NDArray[np.uint8] | None = None
    kept: list[NDArray[np.uint8]] = field(default_factory=list)
    has_ended: bool = False
    began_s: float = 0.0

    def add_picture(self, frame: av.VideoFrame, at_s: float) -> None:
        """Note a picture."""
        grey = frame.to_ndarray(format="gray")
        height, width = grey.shape
        middle = grey[height // 3 : -height // 3, width // 3 : -width // 3]
        self.size = (width, height)
        self.pictures.append((at_s, float(middle.mean())))
        if frame.key_frame:
            self.keyframes_s.append(at_s)

    def add_sound(self, frame: av.AudioFrame, at_s: float) -> None:
        """Note sound."""
        level = np.abs(frame.to_ndarray().mean(axis=0))
        step = frame.sample_rate // 1000
        count = len(level) // step
        means = level[: count * step].reshape(count, step).mean(axis=1)
        self.levels.append(np.stack([at_s + np.arange(count) / 1000, means], axis=1))


def pull(
    url: str,
    *,
    seconds: float,
    open_s: float = 10.0,
    keep_every_s: float | None = None,
    into: Pulled | None = None,
) -> Pulled:
    """Pull a stream for some seconds of it, as a player does; raises `OSError` or `av.FFmpegError`.

    Args:
        url: Address of the stream.
        seconds: How much of it.
        open_s: Longest time without data.
        keep_every_s: Time between pictures that are kept; `None` to keep none.
        into: What notes it; `None` for a new one.
    """
    pulled, ends_s, newest = into or Pulled(), time.monotonic() + open_s + 2 * seconds, None
    with av.open(url, timeout=(open_s, open_s), options=_PLAYER) as container:
        pulled.codecs = sorted(stream.codec_context.name for stream in container.streams)
        first_s, keep_at_s = None, 0.0
        for frame in _frames(container):
            at_s = float(frame.pts * frame.time_base)
            if isinstance(frame, av.AudioFrame):
                pulled.add_sound(frame, at_s)
                continue
            if first_s is None:
                first_s, keep_at_s, pulled.began_s = at_s, at_s, time.monotonic()
            pulled.add_picture(frame, at_s)
            newest = frame
            if keep_every_s is not None and at_s >= keep_at_s:
                pulled.kept.append(frame.to_ndarray(format="rgb24"))
                keep_at_s += keep_every_s
            if at_s - first_s > seconds or time.monotonic() > ends_s:
                break
        else:
            pulled.has_ended = True
    if newest is not None:
        pulled.last = newest.to_ndarray(format="rgb24")
    return pulled


def _frames(container: av.container.InputContainer) -> Iterator[av.VideoFrame | av.AudioFrame]:
    """Frames up to the end of a stream. A server may also end it by closing the connection."""
    count, packets = 0, container.demux()
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except OSError:
            if count:
                return
            raise
        if packet.pts is None:
            continue
        for frame in packet.decode():
            if isinstance(frame, av.VideoFrame | av.AudioFrame):
                count += 1
                yield frame


def offsets_ms(pulled: Pulled) -> list[float]:
    """For each flash, how much later it is seen than its beep is heard, in ms."""
    if not pulled.levels or not pulled.pictures:
        return []
    times_s, levels = np.concatenate(pulled.levels).T
    loud = np.convolve(levels, np.ones(_SMOOTH_MS) / _SMOOTH_MS, "same") > _LOUD
    begins_s = times_s[1:][loud[1:] & ~loud[:-1]]
    seen_s, greys = np.array(pulled.pictures).T
    bright = greys > (greys.min() + greys.max()) / 2
    found = []
    for flash_s in seen_s[1:][bright[1:] & ~bright[:-1]]:
        nearest_s = begins_s[np.argmin(np.abs(begins_s - flash_s))] if len(begins_s) else np.inf
        if abs(nearest_s - flash_s) < _NEAR_S:
            found.append(float(flash_s - nearest_s) * 1000)
    return found
