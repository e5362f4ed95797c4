"""Calls into the room library that must not be cancelled."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import structlog
from livekit import rtc

_LEAVE_S: Final = 2.0

_Result = TypeVar("_Result")
_log = structlog.get_logger()


class LibraryCalls:
    """Calls for joining and publishing. They continue to their end even if the caller is cancelled.

    The library's own part of a call continues in any case. If nobody takes its result, it stays in the room,
    its Python side does not know the tracks that it published, and a room that nobody reads aborts the
    process after a few seconds. So a caller that gives up waits for these calls, and then leaves.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    async def finish(self, call: Coroutine[Any, Any, _Result]) -> _Result:
        """Make a call. If the caller is cancelled, this returns at once and the call continues."""
        task = asyncio.create_task(call)
        self._running.add(task)
        task.add_done_callback(self._note_end)
        return await asyncio.shield(task)

    async def settle(self) -> None:
        """Wait until every call has ended."""
        while self._running:
            await asyncio.wait(self._running)

    def _note_end(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # a caller that still waits gets it


def refreshed_token(room: rtc.Room) -> str:
    """The newest token of the server, to join again after the first one expired."""
    # The library stores it and has no public name for it.
    return str(room._token)  # noqa: SLF001


async def leave_room(room: rtc.Room, calls: LibraryCalls) -> None:
    """Leave a room after the calls that join it have ended. If that takes long, leave in the background."""
    leaving = asyncio.create_task(_leave(room, calls))
    await asyncio.wait({leaving}, timeout=_LEAVE_S)
    if leaving.done():
        await leaving
    else:
        _log.warning("leave_timed_out")


async def _leave(room: rtc.Room, calls: LibraryCalls) -> None:
    await calls.settle()
    await room.disconnect()
