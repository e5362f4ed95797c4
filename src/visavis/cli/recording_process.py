"""Entry point of a process that records a session to a file; the session starts it."""

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
from visavis.realtime.outputs.mp4_recorder import Mp4Recorder
from visavis.realtime.outputs.recording_wire import RecordingSettings
from visavis.realtime.outputs.rtmp_wire import PICTURE, read_record
from visavis.settings.logs import LogSettings

_NICENESS = 3  # below the process that draws
_FAILED = 1
_PIPE_BYTES = 1 << 20  # two pictures and more
_log = structlog.get_logger()


def main() -> None:
    """Record what comes on standard input, until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # it would contain a face and a voice
    os.nice(_NICENESS)
    telemetry.configure(LogSettings())
    av.logging.set_level(None)
    incoming = sys.stdin.buffer
    with contextlib.suppress(OSError):  # not more than the system allows, and only a pipe
        fcntl.fcntl(incoming, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    settings = RecordingSettings.model_validate_json(incoming.readline())
    try:
        recorder = Mp4Recorder(settings)
        while (read := read_record(incoming)) is not None:
            kind, time_us, content = read
            if kind == PICTURE:
                recorder.picture(time_us, content)
            else:
                recorder.sound(time_us, content)
        recorder.close()
    except (OSError, FFmpegError) as error:
        _log.warning("recording_not_written", reason=type(error).__name__)
        sys.stderr.flush()
        os._exit(_FAILED)


if __name__ == "__main__":
    main()
