"""The thread in which a model works."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Final

_NICENESS: Final = 3  # less urgent than drawing and hearing; at 8, recognition starved on a full machine


def model_thread(name: str) -> ThreadPoolExecutor:
    """One thread for a model, which keeps it off the event loop.

    Args:
        name: Name of the thread.
    """
    return ThreadPoolExecutor(1, thread_name_prefix=name, initializer=_give_way)


def _give_way() -> None:
    """Let drawing and sending go first. The threads that a model starts from this one do the same."""
    if sys.platform == "linux":  # elsewhere a thread has no niceness of its own
        os.nice(_NICENESS)
