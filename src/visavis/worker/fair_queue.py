"""Fair distribution of a few items among many owners: they take turns, and none holds all items."""

import asyncio
from collections import Counter, deque
from typing import Final, Generic, TypeVar

from visavis.errors import BusyError

_Item = TypeVar("_Item")
_RETRY_AFTER_S: Final = 5


class FairQueue(Generic[_Item]):
    """Items that are acquired and put back. Owners who wait get one item each, in turn.

    However much one owner asks for, another owner's first request waits for at most one item to be put back.
    """

    def __init__(self, *, max_held: int | None = None, max_waiting: int | None = None) -> None:
        """Create a queue without items.

        Args:
            max_held: Maximum number of items that one owner holds at a time; `None` for no limit.
            max_waiting: Maximum number of requests of one owner that wait; `None` for no limit.
        """
        self._max_held, self._max_waiting = max_held, max_waiting
        self._free: deque[_Item] = deque()
        self._held: Counter[str] = Counter()
        self._requests: dict[
            str, deque[asyncio.Future[_Item]]
        ] = {}  # the owner whose turn is next comes first

    @property
    def free(self) -> int:
        """Number of items that nobody holds."""
        return len(self._free)

    @property
    def waiting(self) -> int:
        """Number of requests that wait."""
        return sum(len(requests) for requests in self._requests.values())

    def put(self, item: _Item) -> None:
        """Add an item, or put one back."""
        self._free.append(item)
        self._serve()

    def remove(self, item: _Item) -> bool:
        """Remove an item for good. Returns false, and does nothing, if somebody holds the item."""
        if item not in self._free:
            return False
        self._free.remove(item)
        return True

    def release(self, owner: str) -> None:
        """Count one item less for an owner. Also call `put`, unless the item is broken."""
        self._held[owner] -= 1
        if not self._held[owner]:
            del self._held[owner]
        self._serve()

    async def acquire(self, owner: str) -> _Item:
        """Wait for an item; owners take turns.

        Raises:
            BusyError: The owner has too many requests waiting.
        """
        requests = self._requests.setdefault(owner, deque())
        if self._max_waiting is not None and len(requests) >= self._max_waiting:
            raise BusyError(
                f"{len(requests)} of your requests are already waiting. Try again when they are done.",
                retry_after_s=_RETRY_AFTER_S,
            )
        request: asyncio.Future[_Item] = asyncio.get_running_loop().create_future()
        requests.append(request)
        self._serve()
        try:
            return await request
        except asyncio.CancelledError:
            if request.done() and not request.cancelled():
                self._free.append(request.result())  # the item arrived after the request was cancelled
                self.release(owner)
            else:
                self._withdraw(owner, request)
            raise

    def _serve(self) -> None:
        """Give free items to the waiting owners, within their limits."""
        while self._free:
            owner = next((each for each in self._requests if self._may_have(each)), None)
            if owner is None:
                return
            requests = self._requests.pop(owner)
            request = requests.popleft()
            if requests:
                self._requests[owner] = requests  # behind the others
            if not request.done():  # otherwise the request was cancelled
                self._held[owner] += 1
                request.set_result(self._free.popleft())

    def _may_have(self, owner: str) -> bool:
        return self._max_held is None or self._held[owner] < self._max_held

    def _withdraw(self, owner: str, request: asyncio.Future[_Item]) -> None:
        requests = self._requests.get(owner, deque())
        if request in requests:
            requests.remove(request)
        if not requests:
            self._requests.pop(owner, None)
