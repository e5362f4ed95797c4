"""Runs a command that ends when its parent does, if wanted as another user.

Run it as a script: `tethered.py PARENT_PID SIGNAL UID GID COMMAND…`; UID −1 keeps the user. Only Linux sends
a signal on the parent's death; elsewhere the command runs without it.

The command gets a process group of its own: Ctrl-C at the terminal is for the parent, which ends its children
in order. `Popen` can give it one before Python runs here (`process_group=0`), the event loop cannot. It gets
no session of its own: Linux may share processors among sessions first (`sched(7)`, autogroups), and then the
niceness of processes counts for nothing between them.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def tether(parent: int, signal_number: int) -> None:
    """Request a signal for this process when its parent dies; exit at once if the parent is dead already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:
        sys.exit(1)


def command(words: list[str], *, on_parents_death: int, user: tuple[int, int] | None = None) -> list[str]:
    """Command line that runs `words` as a child of this process; it ends with the calling thread.

    Args:
        words: The command; the first is a path.
        on_parents_death: Signal that it receives when the thread ends.
        user: User and group to run as; only root can change them.
    """
    uid, gid = user or (-1, -1)
    numbers = [str(int(number)) for number in (os.getpid(), on_parents_death, uid, gid)]
    return [sys.executable, "-I", __file__, *numbers, *words]


def _main() -> None:
    parent, signal_number, uid, gid = (int(word) for word in sys.argv[1:5])
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    os.setpgrp()
    # After the change of user, which would reset it.
    tether(parent, signal_number)
    os.execv(sys.argv[5], sys.argv[5:])  # noqa: S606 - the command is the caller's own


if __name__ == "__main__":
    _main()
