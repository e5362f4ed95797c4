"""How far a fetch has come."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class PullProgress:
    """How far a fetch has come.

    Attributes:
        words: What is being done, in a few words.
        done_bytes: How much of the download is here.
        total_bytes: Size of the download; 0 if there is none.
    """

    words: str
    done_bytes: int = 0
    total_bytes: int = 0


Report = Callable[[PullProgress], None]
"""Is told of progress. It is called often, and may raise `KeyboardInterrupt` to end the fetch."""


class Meter:
    """Adds up the parts of one download."""

    def __init__(self, report: Report, words: str, total_bytes: int) -> None:
        self._report, self._words, self._total_bytes = report, words, total_bytes
        self._done_bytes = 0

    def show(self, current_bytes: int = 0) -> None:
        """Report what is done, with a part that is on its way."""
        done = min(self._done_bytes + current_bytes, self._total_bytes)
        self._report(PullProgress(self._words, done, self._total_bytes))

    def add(self, size_bytes: int) -> None:
        """A part is done."""
        self._done_bytes += size_bytes
        self.show()
