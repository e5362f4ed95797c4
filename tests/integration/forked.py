"""What the tests of the fork server fork: it tells what it is, when it is asked, and ends."""

import json
import os
import signal
import sys
from pathlib import Path

from visavis.worker.children.output import claim_output, send
from visavis.worker.protocol import Ready


def main() -> None:
    """Say that we are ready, and answer the first line."""
    messages = claim_output()
    send(messages, Ready())
    if not sys.stdin.readline():
        return
    told = {
        "environment": dict(os.environ),
        "is_leader": os.getpgrp() == os.getpid(),
        "session": os.getsid(0),
        "files": sorted(int(file.name) for file in Path("/proc/self/fd").iterdir()),
        "interrupt": "default" if signal.getsignal(signal.SIGINT) is signal.SIG_DFL else "other",
        "title": Path("/proc/self/cmdline").read_bytes().rstrip(b"\0").decode(),
    }
    messages.write(json.dumps(told).encode() + b"\n")
    messages.flush()
    sys.exit(3)
