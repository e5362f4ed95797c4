"""Sharing a few things among many who want one: one owner after the other, and none has all of them."""

import asyncio
from collections import Counter, deque
from typing import Final, Generic, TypeVar

from visavis.errors import BusyError

_Thing = TypeVar("_Thing")
_RETRY_AFTER_S: Final = 5


class Turns(Generic[_Thing]):
    """Things that are taken and put back. Of those who wait each owner gets one in turn.

    However much one owner asks for, another one's first request waits for one thing to be put back at most.
    """

    def __init__(self, *, max_held: int | None = None, max_waiting: int | None = None) -> None:
        """Begin with nothing.

        Args:
            max_held: Things that one owner has at a time; `None` for no limit.
            max_waiting: Requests of one owner that wait at a time; `None` for no limit.
        """
        self._max_held, self._max_waiting = max_held, max_waiting
        self._free: deque[_Thing] = deque()
        self._held: Counter[str] = Counter()
        self._waiting: dict[str, deque[asyncio.Future[_Thing]]] = {}  # whose turn is next comes first

    def add(self, thing: _Thing) -> None:
        """There is one thing more."""
        self._free.append(thing)
        self._give()

    def discard(self, thing: _Thing) -> bool:
        """Take something away for good, if nobody has it; false if somebody has."""
        if thing not in self._free:
            return False
        self._free.remove(thing)
        return True

    def give_up(self, owner: str) -> None:
        """An owner has one thing less; unless it is broken, `add` it."""
        self._held[owner] -= 1
        if not self._held[owner]:
            del self._held[owner]
        self._give()

    async def take(self, owner: str) -> _Thing:
        """Take something, as soon as it is this owner's turn.

        Raises:
            BusyError: The owner has as many requests waiting as may wait.
        """
        requests = self._waiting.setdefault(owner, deque())
        if self._max_waiting is not None and len(requests) >= self._max_waiting:
            raise BusyError(
                f"{len(requests)} of your requests wait already. Try again when they are done.",
                retry_after_s=_RETRY_AFTER_S,
            )
        request: asyncio.Future[_Thing] = asyncio.get_running_loop().create_future()
        requests.append(request)
        self._give()
        try:
            return await request
        except asyncio.CancelledError:
            if request.done() and not request.cancelled():
                self._free.append(request.result())  # it came when nobody wanted it any more
                self.give_up(owner)
            else:
                self._forget(owner, request)
            raise

    def _give(self) -> None:
        """Give what is free to those who wait, as far as they may have it."""
        while self._free:
            owner = next((each for each in self._waiting if self._may_have(each)), None)
            if owner is None:
                return
            requests = self._waiting.pop(owner)
            request = requests.popleft()
            if requests:
                self._waiting[owner] = requests  # behind the others
            if not request.done():  # nobody wants it any more
                self._held[owner] += 1
                request.set_result(self._free.popleft())

    def _may_have(self, owner: str) -> bool:
        return self._max_held is None or self._held[owner] < self._max_held

    def _forget(self, owner: str, request: asyncio.Future[_Thing]) -> None:
        requests = self._waiting.get(owner, deque())
        if request in requests:
            requests.remove(request)
        if not requests:
            self._waiting.pop(owner, None)
