"""Keeping the parts of `visavis serve` alive: what dies is started again, with pauses that grow."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

import structlog

from visavis.errors import PartLostError, VisavisError

_LOOK_EVERY_S: Final = 0.25
_STABLE_S: Final = 10.0  # a part that lived so long had started well
_FIRST_PAUSE_S: Final = 0.25
_MAX_PAUSE_S: Final = 5.0

_log = structlog.get_logger()


class SupervisedService(Protocol):
    """A process of its own."""

    name: str

    def start(self) -> None:
        """Start it, and wait until it answers, where it can; raises `VisavisError` or `OSError`."""
        ...

    def is_running(self) -> bool:
        """Whether the process lives."""
        ...

    def stop(self) -> None:
        """End it, also while it is being started in another thread; harmless when it does not run."""
        ...


class Supervisor:
    """Watches parts that were started, each for itself: while one is brought back the others go on."""

    def __init__(self, parts: Sequence[SupervisedService], *, restart_timeout_s: float) -> None:
        """Prepare.

        Args:
            parts: In the order in which they were started.
            restart_timeout_s: A part that cannot be brought back in so long is lost.
        """
        self._parts, self._restart_timeout_s = parts, restart_timeout_s
        # One thread for each, which lives as long as we do: processes end with the thread that started them.
        self._threads = {part.name: ThreadPoolExecutor(1, thread_name_prefix=part.name) for part in parts}
        self._down: set[str] = set()

    @property
    def is_whole(self) -> bool:
        """Whether no part is down."""
        return not self._down

    async def watch(self) -> None:
        """Bring back what dies, until cancelled.

        Raises:
            PartLostError: A part cannot be brought back.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for part in self._parts:
                    group.create_task(self._keep(part))
        except* PartLostError as group_of_errors:
            raise group_of_errors.exceptions[0] from None

    def stop(self) -> None:
        """End every part for good, the last one first; `watch` must have ended."""
        for part in reversed(self._parts):
            part.stop()
            self._threads[part.name].shutdown()
            part.stop()  # what a try that was under way may have started

    async def _keep(self, part: SupervisedService) -> None:
        loop = asyncio.get_running_loop()
        pause_s, down_since, reason = _FIRST_PAUSE_S, loop.time(), "It stops soon after each start."
        tries = 0
        while True:
            began = loop.time()
            while part.is_running():
                await asyncio.sleep(_LOOK_EVERY_S)
            self._down.add(part.name)
            if loop.time() - began >= _STABLE_S:
                pause_s, down_since, tries = _FIRST_PAUSE_S, loop.time(), 0
            _log.error("part_is_down", part=part.name, tries=tries)
            if tries and loop.time() - down_since > self._restart_timeout_s:
                raise PartLostError(
                    f"The {part.name} could not be restarted within {self._restart_timeout_s:g} s. {reason}"
                )
            await asyncio.sleep(pause_s)
            pause_s, tries = min(2 * pause_s, _MAX_PAUSE_S), tries + 1
            try:
                await loop.run_in_executor(self._threads[part.name], part.start)
            except (VisavisError, OSError) as error:
                reason = str(error)
                continue
            self._down.discard(part.name)
            _log.warning("part_is_back", part=part.name)
