"""Entry point of a process that takes a client's sound to an avatar; the gateway starts it, not people."""

import os
import signal
import sys

from visavis import bootstrap
from visavis.engine.threads import use_one_thread
from visavis.worker.children.sound import serve

_NICENESS = 3  # below the processes that draw, whose pictures must not wait


def main() -> None:
    """Serve commands from standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICENESS)
    bootstrap.read_settings()
    use_one_thread()
    serve(loop_factory=bootstrap.loop_factory())
    # As in a session process: threads of the room library call Python until the end.
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
