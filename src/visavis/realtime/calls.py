"""Calls into the room library that are never cancelled."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

_Result = TypeVar("_Result")


class LibraryCalls:
    """Joining and publishing, which go on to their end when whoever waits for them is cancelled.

    The library's own part of a call goes on in any case. With nobody there to take its answer, it stays in
    the room, tracks that it has published are unknown to its Python side, and a room that nobody listens to
    ends the process after a few seconds. So whoever gives up waits for what was begun, and then leaves.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    async def finish(self, call: Coroutine[Any, Any, _Result]) -> _Result:
        """Make a call. Cancelled, this returns at once, and the call goes on."""
        task = asyncio.create_task(call)
        self._running.add(task)
        task.add_done_callback(self._note_end)
        return await asyncio.shield(task)

    async def settle(self) -> None:
        """Wait until every call has ended, however it does."""
        while self._running:
            await asyncio.wait(self._running)

    def _note_end(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # whoever still waits for it has it
