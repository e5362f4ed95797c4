"""Run a command that ends when its parent does, under another user if asked.

Run as a script, on its own: `tethered.py PARENT_PID SIGNAL UID GID COMMAND…`; UID −1 keeps the user. The
signal on the parent's death is a service of Linux; elsewhere the command is run without it.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def tether(parent: int, signal_number: int) -> None:
    """Let this process get a signal when its parent dies; end at once if that has happened already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:
        sys.exit(1)


def command(words: list[str], *, on_parents_death: int, user: tuple[int, int] | None = None) -> list[str]:
    """The command line that runs `words` as a child of this process, tied to the calling thread's life.

    Args:
        words: The command; the first is a path.
        on_parents_death: The signal it gets then.
        user: User and group to run it as; only root can.
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
    # After the change of user, which would undo it.
    tether(parent, signal_number)
    os.execv(sys.argv[5], sys.argv[5:])  # noqa: S606 - the command is the caller's own


if __name__ == "__main__":
    _main()
