"""Entry point of a fork server; the gateway and the worker start it, not people."""

import os
import signal
import socket
import sys
from functools import partial

from visavis.adapters.tethered import tether
from visavis.engine.threads import use_one_thread
from visavis.worker.children.fork_server import serve


def main() -> None:
    """Fork processes for whoever has the other end of the connection that is standard input."""
    use_one_thread()
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as requests:
        run = serve(requests, partial(tether, signal_number=signal.SIGKILL))
    if run is not None:  # we are a process that it forked
        run()


if __name__ == "__main__":
    main()
