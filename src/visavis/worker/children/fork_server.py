"""A process that has imported our code and forks the processes that run it.

Importing takes seconds of a processor, and a hundred megabytes that forked processes share. It runs one
thread, has no secrets, and reads nothing but requests: what it forks gets its environment with the request.
"""

import contextlib
import gc
import importlib
import os
import signal
import socket
import sys
from collections.abc import Callable
from selectors import EVENT_READ, DefaultSelector

import setproctitle
from pydantic import TypeAdapter

from visavis.worker.protocol import Message, Ready
from visavis.worker.protocol.forking import (
    MAX_PACKET_BYTES,
    Ended,
    Fork,
    Forked,
    ForkRequest,
    Kill,
    NotForked,
)

_REQUESTS: TypeAdapter[ForkRequest] = TypeAdapter(ForkRequest)
_STREAMS = 2  # standard input and standard output


def serve(requests: socket.socket, tether: Callable[[int], None]) -> Callable[[], None] | None:
    """Fork processes until whoever asks for them is gone.

    Args:
        requests: Connection to whoever asks; it keeps the bounds of messages.
        tether: Called in each forked process with our process ID; makes it end with us.

    Returns:
        In a forked process, what it has to run. In this one `None`, at the end.
    """
    return _ForkServer(requests, tether).run()


class _ForkServer:
    def __init__(self, requests: socket.socket, tether: Callable[[int], None]) -> None:
        self._requests, self._tether = requests, tether
        self._alive: set[int] = set()
        self._wakeup, wakeup_in = socket.socketpair()
        self._wakeup_in = wakeup_in
        for end in (self._wakeup, wakeup_in):
            end.setblocking(False)

    def run(self) -> Callable[[], None] | None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only to be woken
        signal.set_wakeup_fd(self._wakeup_in.fileno())
        self._send(Ready())
        with DefaultSelector() as selector:
            selector.register(self._requests, EVENT_READ)
            selector.register(self._wakeup, EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._wakeup in ready:
                    self._reap()
                if self._requests in ready:
                    packet, files, _, _ = socket.recv_fds(self._requests, MAX_PACKET_BYTES, _STREAMS)
                    if not packet:
                        return None
                    match _REQUESTS.validate_json(packet):
                        case Fork() as request:
                            main = self._fork(request, files, selector)
                            if main is not None:
                                return main
                        case Kill(pid=pid) if pid in self._alive:
                            os.kill(pid, signal.SIGKILL)

    def _fork(self, request: Fork, files: list[int], selector: DefaultSelector) -> Callable[[], None] | None:
        """Fork; returns what to run in the new process only."""
        parent = os.getpid()
        try:
            main = self._imported(request.module)
            pid = os.fork()
        except (ImportError, OSError) as error:
            self._send(NotForked(reason=str(error)))
        else:
            if not pid:
                self._become(request, files, parent, selector)
                return main
            self._alive.add(pid)
            self._send(Forked(pid=pid))
        for file in files:
            os.close(file)
        return None

    def _imported(self, module: str) -> Callable[[], None]:
        """The `main` of a module."""
        is_new = module not in sys.modules
        main: Callable[[], None] = importlib.import_module(module).main
        if is_new:
            gc.collect()
            gc.freeze()  # else the collector writes to all that is shared
        return main

    def _become(self, request: Fork, files: list[int], parent: int, selector: DefaultSelector) -> None:
        """Make a process that was just forked what an executed one would be."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.setpgrp()  # Ctrl-C in the terminal goes to the parent, which drains
        self._tether(parent)
        selector.close()
        for end in (self._requests, self._wakeup, self._wakeup_in):
            end.close()
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        setproctitle.setproctitle(f"python -m {request.module}")  # while the environment is where it was
        os.environ.clear()
        os.environ.update(request.environment)

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._wakeup.recv(1024):
                pass
        for pid in list(self._alive):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._alive.discard(pid)
                self._send(Ended(pid=pid, exit_status=os.waitstatus_to_exitcode(status)))

    def _send(self, message: Message) -> None:
        # Whoever asks may be gone: the next read tells.
        with contextlib.suppress(BrokenPipeError):
            self._requests.send(message.to_line())
