"""Further gateways of a server, which die in the middle of a payment.

    python -m harness.dying_gateway FOLDER

Prints its URL. Each line of standard input is `restart` or `arm`, and the name of a step of `STEPS` or
nothing. `restart` ends the gateway that runs and starts another one. The gateway is killed when a payment
comes to the step that the last line names. It is a fork of a process that has loaded everything, so it starts
within moments. It dies as suddenly as a machine does.
"""

import asyncio
import gc
import mmap
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

if TYPE_CHECKING:
    from visavis.bootstrap.installation import Installation
    from visavis.surfaces.shared.dispatcher import Surface

_AT_WORK_S: Final = 0.05  # the facilitator has been asked, and has not answered
_BACKLOG: Final = 128


@dataclass(frozen=True)
class _Step:
    """Where a gateway dies: at the call of a function.

    Attributes:
        module: Module of the function.
        name: Its name there, or that of its class and itself.
        is_before: Whether it dies before the call and not after it.
        delay_s: Time between the call and the death.
    """

    module: str
    name: str
    is_before: bool = False
    delay_s: float | None = None


_PAYMENTS: Final = "visavis.adapters.x402.payments"
_ROWS: Final = "visavis.core.billing.payments"
_CHECKOUT: Final = "visavis.surfaces.mirrorstage.checkout"
STEPS: Final[Mapping[str, _Step]] = {
    "payment read": _Step(_PAYMENTS, "X402Payments.verify", is_before=True),
    "payment verified": _Step(_PAYMENTS, "X402Payments.verify"),
    "reservation written": _Step(_ROWS, "reserve"),
    "reservation committed": _Step(_PAYMENTS, "X402Payments.settle", is_before=True),
    "facilitator at work": _Step(
        _PAYMENTS, "x402ResourceServer.settle_payment", is_before=True, delay_s=_AT_WORK_S
    ),
    "facilitator answered": _Step(_PAYMENTS, "x402ResourceServer.settle_payment"),
    "chain asked": _Step(_PAYMENTS, "X402Payments.settle"),
    "outcome written": _Step(_ROWS, "conclude"),
    "outcome committed": _Step(_CHECKOUT, "Checkout._answer", is_before=True),
    "delivery begun": _Step(_CHECKOUT, "Checkout._deliver", is_before=True),
    "answer written": _Step(_ROWS, "keep_answer"),
    "answer committed": _Step(_CHECKOUT, "Checkout._deliver"),
    "answer made": _Step(_CHECKOUT, "Checkout.take"),
}
"""Every step between a payment's arrival and the answer to it, in their order."""


class DyingGateway:
    """The process that starts such gateways.

    Attributes:
        url: URL of the gateways.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Wait until it listens.

        Args:
            process: The process.
        """
        assert process.stdout is not None
        self._process = process
        self.url = process.stdout.readline().strip()

    def restart(self, dies_at: str = "") -> None:
        """End the gateway that runs, and start one.

        Args:
            dies_at: Key of `STEPS`; empty for one that lives.
        """
        self._command("restart", dies_at)

    def arm(self, dies_at: str) -> None:
        """Say where the gateway that runs dies.

        Args:
            dies_at: Key of `STEPS`; empty if it is to live.
        """
        self._command("arm", dies_at)

    def _command(self, name: str, dies_at: str) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{name} {dies_at}\n")
        self._process.stdin.flush()
        self._process.stdout.readline()


@contextmanager
def dying_gateway(data: Path, settings: Mapping[str, str]) -> Iterator[DyingGateway]:
    """Start gateways beside a server whose database runs. All end with the block.

    Args:
        data: Data folder of the server.
        settings: Its environment variables.
    """
    with (
        (data / "dying_gateway.log").open("a") as log,
        subprocess.Popen(
            [sys.executable, "-m", "harness.dying_gateway", str(data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, **settings},
            cwd=Path(__file__).parents[1],
        ) as process,
    ):
        yield DyingGateway(process)  # the end of its standard input ends it


def main() -> None:
    """Start gateways until standard input ends."""
    from visavis import bootstrap
    from visavis.bootstrap import payments, processes
    from visavis.bootstrap.installation import Installation
    from visavis.bootstrap.surfaces import SURFACES
    from visavis.worker.child_process import ChildProcess
    from visavis.worker.process_pool import ProcessPool

    settings = bootstrap.read_settings()
    payments.payments(settings.payments)  # imports what payments need
    installation = Installation.of(settings, Path(sys.argv[1]))
    # The faces of these payments were read before, and nobody streams sound.
    nothing = partial(ChildProcess.start, [], None)
    processes.rendering = lambda *_, **__: ProcessPool(nothing, size=0)
    processes.sounds = lambda *_, **__: ProcessPool(nothing, size=0)
    # Making an application takes longer than all the rest of a start; each gateway has these.
    SURFACES[:] = [_made_before(each) for each in SURFACES]
    armed = mmap.mmap(-1, 1)  # number of the step, from 1; shared with the gateways
    for number, step in enumerate(STEPS.values(), start=1):
        _watch(step, lambda number=number: armed[0] == number)
    listener = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    gc.freeze()
    running = 0
    for line in sys.stdin:
        command, _, dies_at = line.rstrip("\n").partition(" ")
        if command == "restart":
            _end(running)
        armed[0] = [*STEPS].index(dies_at) + 1 if dies_at else 0
        if command == "restart":
            running = os.fork()
            if not running:
                _serve(installation, listener)
        print(running, flush=True)
    _end(running)


def _made_before(surface: "Surface") -> "Surface":
    app = surface.create_app()
    return replace(surface, create_app=lambda: app)


def _end(pid: int) -> None:
    if pid:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _serve(installation: "Installation", listener: socket.socket) -> NoReturn:
    from visavis.bootstrap.gateway import gateway
    from visavis.bootstrap.http_server import HttpServer

    async def run() -> None:
        async with gateway(installation, installation.temporary, lambda: True) as it:
            await HttpServer(it.app, listener, installation.settings.server).serve()

    asyncio.run(run())
    os._exit(1)


def _watch(step: _Step, is_armed: Callable[[], bool]) -> None:
    """Die at a step if it is armed then."""
    *owners, name = step.name.split(".")
    owner: Any = import_module(step.module)
    for each in owners:
        owner = getattr(owner, each)
    original: Callable[..., Any] = getattr(owner, name)

    def die() -> None:
        if is_armed():
            os.kill(os.getpid(), signal.SIGKILL)

    async def dying(*args: Any, **named: Any) -> Any:
        if step.delay_s is not None:
            asyncio.get_running_loop().call_later(step.delay_s, die)
        elif step.is_before:
            die()
        found = await original(*args, **named)
        if not step.is_before:
            die()
        return found

    setattr(owner, name, dying)


if __name__ == "__main__":
    main()
