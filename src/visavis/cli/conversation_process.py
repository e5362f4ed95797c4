"""The process of a conversation; started by the worker, not by people.

It is as urgent as drawing, since it hears when a user interrupts. Its models give way: see
`providers/model_thread.py`.
"""

import os
import signal
import sys

from visavis import bootstrap
from visavis.bootstrap.conversations import load_providers
from visavis.engine.threads import use_one_thread
from visavis.worker.children.conversation import serve


def main() -> None:
    """Serve commands from standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = bootstrap.read_settings()
    use_one_thread()
    serve(lambda: load_providers(settings), loop_factory=bootstrap.loop_factory())
    # As in the process of a session: the room library's threads call Python to the last.
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
