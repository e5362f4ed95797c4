"""What a stream of recognition gives, on its way to the one who reads it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from visavis.ports import Recognition


class Results:
    """Texts in order, until the stream is closed or fails.

    A text that is not final and was not read yet is replaced by the next text: a slow reader gets no old
    texts, and what waits for it does not grow.
    """

    def __init__(self) -> None:
        self._waiting: deque[Recognition] = deque()
        self._changed = asyncio.Event()
        self._failure: BaseException | None = None
        self._is_closed = False

    def put(self, recognition: Recognition) -> None:
        """Give a text."""
        if self._waiting and not self._waiting[-1].is_final:
            self._waiting.pop()
        self._waiting.append(recognition)
        self._changed.set()

    def follow(self, task: "asyncio.Task[None]") -> None:
        """End when the task that gives the texts ends, with its error."""
        task.add_done_callback(self._end)

    def fail(self, failure: BaseException) -> None:
        """End with an error, after what waits."""
        self._failure = self._failure or failure
        self.close()

    def close(self) -> None:
        """End after what waits; harmless when repeated."""
        self._is_closed = True
        self._changed.set()

    def _end(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.fail(error)
        self.close()

    async def __aiter__(self) -> AsyncIterator[Recognition]:
        """The texts; see `RecognitionStream`."""
        while True:
            while self._waiting:
                yield self._waiting.popleft()
            if self._is_closed:
                break
            self._changed.clear()
            await self._changed.wait()
        if self._failure is not None:
            raise self._failure
