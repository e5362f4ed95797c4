"""Decodes what a client streams, in a thread of its own: FFmpeg waits for bytes, and must stop nothing."""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Coroutine
from enum import Enum, auto
from typing import Any, Protocol

from visavis.engine.arrays import Floats
from visavis.engine.sound_formats import begins_file
from visavis.engine.sound_stream import decode_stream
from visavis.errors import VisavisError


class _Mark(Enum):
    END = auto()  # of an utterance
    CLEAR = auto()
    CLOSE = auto()


class Listener(Protocol):
    """Receives what a decoding thread makes, in the event loop. Whoever lets it wait slows the client."""

    def taken(self, count: int) -> None:
        """The decoder has taken so many bytes."""
        ...

    async def samples(self, samples: Floats) -> None:
        """Samples of the utterance, shape `(n,)`, −1..1, 48 kHz."""
        ...

    async def ended(self, error: VisavisError | None) -> None:
        """The utterance is over.

        Args:
            error: Why the rest of it could not be decoded; `None` if all of it was.
        """
        ...


class DecodingThread:
    """A thread that decodes one utterance after the other. All methods return at once."""

    def __init__(self, listener: Listener) -> None:
        """Prepare.

        Args:
            listener: Receives the samples.
        """
        self._listener = listener
        self._loop: asyncio.AbstractEventLoop | None = None
        self._incoming: queue.SimpleQueue[tuple[int, bytes | _Mark]] = queue.SimpleQueue()
        self._generation = 0  # counts the calls of `clear`; what was fed before the last one is dropped
        self._read_generation = 0  # of the bytes that were read last
        self._unread: bytes | None = None  # begins the next utterance
        self._is_over = self._has_sound = self._is_closed = False
        self._busy_since_s: float | None = None
        self._delivery: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="decoding", daemon=True)

    @property
    def busy_s(self) -> float:
        """Time since the decoder last asked for bytes, or gave samples away; 0 while it waits for either."""
        since_s = self._busy_since_s
        return 0.0 if since_s is None else time.monotonic() - since_s

    def start(self) -> None:
        """Start the thread, in the event loop of the listener. It ends after `close`, or with the process."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def feed(self, data: bytes) -> None:
        """Give it bytes of the utterance, or of the next one after `end`."""
        self._incoming.put((self._generation, data))

    def end(self) -> None:
        """End the utterance."""
        self._incoming.put((self._generation, _Mark.END))

    def clear(self) -> None:
        """Drop the utterance, and everything that was fed and not decoded yet."""
        self._drop(_Mark.CLEAR)

    def close(self) -> None:
        """Drop everything, and end the thread."""
        self._drop(_Mark.CLOSE)

    def _drop(self, mark: _Mark) -> None:
        self._generation += 1
        self._incoming.put((self._generation, mark))
        if self._delivery is not None:
            self._delivery.cancel()

    def _run(self) -> None:
        while not self._is_closed:
            if (first := self._unread or self._next()) is None:
                continue  # an end of nothing
            self._unread = None
            self._decode(first, self._read_generation)

    def _decode(self, first: bytes, generation: int) -> None:
        """Decode one utterance to its end."""
        self._is_over = self._has_sound = False
        pending: list[bytes] = [first]
        error: VisavisError | None = None
        try:
            for samples in decode_stream(lambda: pending.pop() if pending else self._read()):
                if len(samples):
                    self._has_sound = True
                    self._deliver(self._listener.samples(samples), generation)
                if generation != self._generation:
                    break
        except VisavisError as broken:
            error = broken
            self._skip()
        except MemoryError:
            error = VisavisError("The audio needs more memory than it may have.")
            self._skip()
        if generation == self._generation:
            self._deliver(self._listener.ended(error), generation)

    def _skip(self) -> None:
        """Leave the rest of an utterance that cannot be decoded."""
        while self._read():
            pass

    def _read(self) -> bytes:
        """The next bytes of the utterance; none at its end."""
        if self._is_over:
            return b""
        data = self._next()
        if data is not None and self._has_sound and begins_file(data):
            self._unread, data = data, None
        if data is None:
            self._is_over = True
            return b""
        return data

    def _next(self) -> bytes | None:
        """Wait for what was fed next; `None` at an end."""
        self._busy_since_s = None
        while True:
            generation, item = self._incoming.get()
            if isinstance(item, bytes):
                self._in_loop(self._listener.taken, len(item))
                if item and generation == self._generation:
                    self._busy_since_s, self._read_generation = time.monotonic(), generation
                    return item
            elif item is _Mark.CLOSE:
                self._is_closed = True
                return None
            elif item is _Mark.CLEAR or generation == self._generation:
                self._unread = None if item is _Mark.CLEAR else self._unread
                return None

    def _deliver(self, call: Coroutine[Any, Any, None], generation: int) -> None:
        """Have the event loop take something, and wait until it has."""
        self._busy_since_s = None
        done = threading.Event()

        def begin() -> None:
            if generation != self._generation:
                call.close()
                done.set()
                return
            self._delivery = asyncio.ensure_future(call)
            self._delivery.add_done_callback(lambda _: done.set())

        self._in_loop(begin)
        done.wait()
        self._busy_since_s = time.monotonic()

    def _in_loop(self, call: Callable[..., None], *values: Any) -> None:
        if self._loop is None:
            raise RuntimeError("The thread was not started.")
        self._loop.call_soon_threadsafe(call, *values)
