"""Calls into the room library that need more care than one line."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import structlog
from livekit import rtc

_LEAVE_S: Final = 2.0

_Result = TypeVar("_Result")
_log = structlog.get_logger()


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


def refreshed_token(room: rtc.Room) -> str:
    """The token that the server gave last, to join again with when the first one has expired."""
    # The library tells of it and keeps it, and has no public name for it.
    return str(room._token)  # noqa: SLF001


async def leave_room(room: rtc.Room, calls: LibraryCalls) -> None:
    """Leave a room, when the calls that were made to join it have ended; alone, if that takes long."""
    leaving = asyncio.create_task(_leave(room, calls))
    await asyncio.wait({leaving}, timeout=_LEAVE_S)
    if leaving.done():
        await leaving
    else:
        _log.warning("leaving_takes_long")


async def _leave(room: rtc.Room, calls: LibraryCalls) -> None:
    await calls.settle()
    await room.disconnect()
