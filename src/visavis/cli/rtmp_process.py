"""Entry point of a process that sends the video of a session to an RTMP server; the session starts it."""

import contextlib
import fcntl
import os
import resource
import signal
import sys
import time
from typing import BinaryIO

import av
import structlog
from av.error import FFmpegError

from visavis import telemetry
from visavis.realtime.outputs.rtmp_encoder import RtmpEncoder
from visavis.realtime.outputs.rtmp_wire import PICTURE, RtmpSettings, read_record
from visavis.settings.logs import LogSettings

_NICENESS = 3  # below the process that draws
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 1.5
_PIPE_BYTES = 1 << 20  # two pictures and more
_log = structlog.get_logger()


def main() -> None:
    """Send what comes on standard input, until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # it would contain a face, a voice and a key
    os.nice(_NICENESS)
    telemetry.configure(LogSettings())
    av.logging.set_level(None)  # FFmpeg's messages contain the key
    incoming = sys.stdin.buffer
    with contextlib.suppress(OSError):  # not more than the system allows, and only a pipe
        fcntl.fcntl(incoming, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    settings = RtmpSettings.model_validate_json(incoming.readline())
    os.write(sys.stdout.fileno(), b"\n")  # the session counts from here on how long nothing is taken
    _Sender(settings).run(incoming)


class _Sender:
    """Sends over one connection after the other: another process would need longer to start than a server."""

    def __init__(self, settings: RtmpSettings) -> None:
        self._settings = settings
        self._encoder: RtmpEncoder | None = None
        self._pause_s, self._try_at_s = _FIRST_PAUSE_S, 0.0

    def run(self, incoming: BinaryIO) -> None:
        """Send what comes, to its end. What comes while there is no connection is dropped.

        Connecting and sending may stand still. Then nothing is read, and the session ends this process.
        """
        while (read := read_record(incoming)) is not None:
            if self._encoder is None and time.monotonic() < self._try_at_s:
                continue
            try:
                self._send(self._encoder or self._connect(), *read)
            except (OSError, FFmpegError) as error:
                self._note_broken(error)
        if self._encoder is not None:
            with contextlib.suppress(OSError, FFmpegError):
                self._encoder.close()

    def _connect(self) -> RtmpEncoder:
        encoder = RtmpEncoder(self._settings)
        encoder.connect()
        self._encoder, self._pause_s = encoder, _FIRST_PAUSE_S
        return encoder

    def _send(self, encoder: RtmpEncoder, kind: int, time_us: int, content: bytes) -> None:
        if kind == PICTURE:
            encoder.picture(time_us, content)
        else:
            encoder.sound(time_us, content)

    def _note_broken(self, error: Exception) -> None:
        """Drop the connection, and make another one later."""
        if self._pause_s == _FIRST_PAUSE_S:  # and not of each try
            _log.warning("rtmp_not_sent", reason=type(error).__name__)  # its text may contain the key
        encoder, self._encoder = self._encoder, None
        if encoder is not None:
            encoder.discard()
        self._try_at_s = time.monotonic() + self._pause_s
        self._pause_s = min(2 * self._pause_s, _LONGEST_PAUSE_S)


if __name__ == "__main__":
    main()
