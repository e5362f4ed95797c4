"""Texts that users write to the avatar instead of speaking: text streams `lk.chat`."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from livekit import rtc

from visavis.realtime.speak_requests import MAX_TEXT

TOPIC: Final = "lk.chat"

_log = structlog.get_logger()


class ChatInput:
    """Reads what users write."""

    def __init__(self, room: rtc.Room, on_text: Callable[[str], None]) -> None:
        """Prepare.

        Args:
            room: A room that is not connected yet.
            on_text: Told each text.
        """
        self._room, self._on_text = room, on_text
        self._tasks: set[asyncio.Task[None]] = set()

    def listen(self) -> None:
        """Read from now on."""
        self._room.register_text_stream_handler(TOPIC, self._begin)

    async def close(self) -> None:
        """Read no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, reader: rtc.TextStreamReader, identity: str) -> None:
        del identity
        task = asyncio.create_task(self._read(reader))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self, reader: rtc.TextStreamReader) -> None:
        text = ""
        async for chunk in reader:
            text += chunk
            if len(text) > MAX_TEXT:
                _log.warning("chat_too_long")
                return
        if text.strip():
            self._on_text(text.strip())
