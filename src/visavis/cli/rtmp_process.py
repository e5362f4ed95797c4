"""Entry point of a process that sends the video of a session to an RTMP server; the session starts it."""

import contextlib
import fcntl
import os
import resource
import signal
import sys

import av
import structlog
from av.error import FFmpegError

from visavis import telemetry
from visavis.realtime.outputs.rtmp_encoder import RtmpEncoder
from visavis.realtime.outputs.rtmp_wire import PICTURE, RtmpSettings, read_record
from visavis.settings.logs import LogSettings

_NICENESS = 3  # below the process that draws
_FAILED = 1
_PIPE_BYTES = 1 << 20  # two pictures and more
_log = structlog.get_logger()


def main() -> None:
    """Send what comes on standard input, until it ends or the server does not take it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # it would contain a face, a voice and a key
    os.nice(_NICENESS)
    telemetry.configure(LogSettings())
    av.logging.set_level(None)  # FFmpeg's messages contain the key
    incoming = sys.stdin.buffer
    with contextlib.suppress(OSError):  # not more than the system allows, and only a pipe
        fcntl.fcntl(incoming, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    os.write(sys.stdout.fileno(), b"\n")  # the session counts from here on how long it takes nothing
    settings = RtmpSettings.model_validate_json(incoming.readline())
    try:
        encoder = RtmpEncoder(settings)
        while (read := read_record(incoming)) is not None:
            kind, time_us, content = read
            if kind == PICTURE:
                encoder.picture(time_us, content)
            else:
                encoder.sound(time_us, content)
        encoder.close()
    except (OSError, FFmpegError) as error:
        _log.warning("rtmp_not_sent", reason=type(error).__name__)  # its text may contain the key
        sys.stderr.flush()
        os._exit(_FAILED)


if __name__ == "__main__":
    main()
