"""A session's process: orders come in on standard input, events go out on standard output, as JSON lines.

Orders: `begin` (once), `swap`, `end`; `measure` instead of `begin` says what a session costs here. Events:
`ready`, `joined`, `token`, `showing`, `applied`, `figures`, and at last `over` with a reason. The process
ends with its session: nothing of it is left for another.
"""

import asyncio
import json
import os
import resource
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO, Final

import structlog

from visavis.engine.speech import SpeechModel
from visavis.errors import RigFileError
from visavis.realtime.clock import MonotonicClock
from visavis.realtime.room import VideoSettings
from visavis.realtime.session import LiveSession, SessionConfig

_STDOUT_FD, _STDERR_FD = 1, 2
_log = structlog.get_logger()
_LONGEST_ORDER_BYTES: Final = 1 << 20


def serve(
    load: Callable[[], SpeechModel],
    measure: Callable[[dict[str, Any]], float],
    forward: Callable[[str], AbstractAsyncContextManager[str]],
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> None:
    """Be a session's process.

    Args:
        load: Loads the speech model.
        measure: Says how many seconds of a core a second of a session takes.
        forward: Opens the way to a room server that strangers named: gives the address to connect to instead.
        loop_factory: Makes the event loop; without one it is asyncio's own.
    """
    events = os.fdopen(os.dup(_STDOUT_FD), "wb", buffering=0)
    os.dup2(_STDERR_FD, _STDOUT_FD)  # libraries that print do not disturb the conversation
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold a face and a voice
    speech = load()
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(_Stage(speech, events, measure, forward).run())


class _Stage:
    """Reads orders and obeys."""

    def __init__(
        self,
        speech: SpeechModel,
        events: BinaryIO,
        measure: Callable[[dict[str, Any]], float],
        forward: Callable[[str], AbstractAsyncContextManager[str]],
    ) -> None:
        self._speech, self._events, self._measure, self._forward = speech, events, measure, forward
        self._live: LiveSession | None = None
        self._playing: asyncio.Task[None] | None = None
        self._over = asyncio.Event()

    async def run(self) -> None:
        reader = asyncio.StreamReader(limit=_LONGEST_ORDER_BYTES)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        self._tell({"event": "ready"})
        reading = asyncio.create_task(self._obey(reader))
        over = asyncio.create_task(self._over.wait())
        await asyncio.wait([reading, over], return_when=asyncio.FIRST_COMPLETED)
        if self._live is not None:
            self._live.end()  # also when whoever gives orders is gone
        if self._playing is not None:
            await self._playing
        for task in (reading, over):
            task.cancel()

    async def _obey(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            order = json.loads(line)
            match order["do"]:
                case "begin":
                    self._begin(order)
                case "swap" if self._live is not None:
                    await self._swap(self._live, order)
                case "end":
                    return
                case "measure":
                    self._tell({"event": "measured", "cost": self._measure(order)})

    def _begin(self, order: dict[str, Any]) -> None:
        url = order["url"]
        config = SessionConfig(
            way=nullcontext(url) if order["is_own"] else self._forward(url),
            token=order["token"],
            viewers_token=order["viewers_token"],
            rig=Path(order["rig"]),
            picture=VideoSettings(**order["picture"]),
            idle_timeout_s=order["idle_timeout_s"],
        )
        self._live = LiveSession(config, self._speech, MonotonicClock(), self._tell)
        self._playing = asyncio.create_task(self._play(self._live))

    async def _play(self, live: LiveSession) -> None:
        """Play to the end. What breaks unforeseen breaks the process: its worker sees, and begins anew."""
        try:
            reason = await live.run()
        except RigFileError as error:
            reason = "failed"
            _log.error("face_unusable", reason=error.message)
        finally:
            self._over.set()
        self._tell({"event": "over", "reason": reason})

    async def _swap(self, live: LiveSession, order: dict[str, Any]) -> None:
        try:
            await live.swap(Path(order["rig"]))
            await live.say_face(order["face"])
        except RigFileError as error:
            _log.error("face_unusable", reason=error.message)
        self._tell({"event": "applied", "sequence": order["sequence"]})

    def _tell(self, event: dict[str, Any]) -> None:
        self._events.write(json.dumps(event).encode() + b"\n")
