"""How long providers are waited for, and asking one that may be slow or fail: once more, and then no more."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import structlog

from visavis.errors import ProviderError, ProviderTimeoutError

_TRIES: Final = 2
_MIN_NEXT_S: Final = 4.0

_Piece = TypeVar("_Piece")
_log = structlog.get_logger()


@dataclass(frozen=True)
class Patience:
    """How long a conversation waits for its providers.

    The defaults are for services: one that hangs is asked again, and after two times there is time to say so
    within 4 s of silence. A model on this machine does not hang, but a busy machine makes it slow, and asking
    it again makes it slower.

    Attributes:
        text_s: Time for the final text of an utterance.
        answer_s: Time for the begin of an answer, each of two times.
        sound_s: Time for the begin of a sentence's sound, each of two times.
    """

    text_s: float = 3.0
    answer_s: float = 1.5
    sound_s: float = 1.5


class PatienceLostError(ProviderError):
    """A provider failed twice, or in the middle of its work.

    Attributes:
        has_begun: Whether it gave something before.
    """

    code = "provider_gave_up"

    def __init__(self, message: str, *, has_begun: bool) -> None:
        super().__init__(message)
        self.has_begun = has_begun


async def ask_twice(
    ask: Callable[[], AsyncIterator[_Piece]],
    *,
    first_s: float,
    on_failure: Callable[[], None] = lambda: None,
) -> AsyncGenerator[_Piece]:
    """What a provider gives, piece by piece. It is asked again if it fails before the first piece.

    Args:
        ask: Asks the provider.
        first_s: Time to wait for the first piece, each time; and for each further one, if that is longer.
        on_failure: Told each failure, before the provider is asked again.

    Raises:
        PatienceLostError: It failed twice, or later.
    """
    next_s = max(first_s, _MIN_NEXT_S)
    for attempt in range(_TRIES):
        has_begun = False
        pieces: Any = ask()
        try:
            async with aclosing(pieces):
                while True:
                    async with asyncio.timeout(next_s if has_begun else first_s):
                        piece = await anext(pieces, None)
                    if piece is None:
                        return
                    has_begun = True
                    yield piece
        except TimeoutError:
            error: ProviderError = ProviderTimeoutError("The provider did not answer in time.")
        except ProviderError as failure:
            error = failure
        _log.warning("provider_failed", code=error.code, attempt=attempt + 1)
        on_failure()
        if has_begun or attempt + 1 == _TRIES:
            raise PatienceLostError(error.message, has_begun=has_begun) from error
