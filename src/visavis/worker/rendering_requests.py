"""Requests to rendering processes."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar, cast

import structlog
from pydantic import TypeAdapter

from visavis.errors import ChildError, ModelNotReadyError, TakingTooLongError, VisavisError, input_error
from visavis.worker.child_process import ChildProcess
from visavis.worker.process_pool import ProcessPool
from visavis.worker.protocol import Accepted, Failed, Message, RenderingAnswer, Request, VideoProgress

_Result = TypeVar("_Result", bound=Message)
_ANSWERS: Final[TypeAdapter[RenderingAnswer]] = TypeAdapter(RenderingAnswer)
_MODEL_RETRY_S: Final = 60
_log = structlog.get_logger()


class _FoundDeadError(Exception):
    """The process died before it accepted the request."""


async def run_request(
    pool: ProcessPool,
    request: Request[_Result],
    *,
    limit_s: float | None,
    patience_s: float | None = None,
    owner: str = "",
    on_progress: Callable[[float], None] | None = None,
) -> _Result:
    """Send a request to a rendering process and wait for the result.

    Args:
        pool: Pool of rendering processes.
        request: Request.
        limit_s: Time after which the process is killed; `None` for no limit.
        patience_s: Time to wait for a free process; `None` for no limit.
        owner: Account that the request is for; accounts take turns.
        on_progress: Called with the share of a video that is rendered, 0..1, at intervals.

    Raises:
        InputError: The input cannot be used; class and message come from the process.
        BusyError: No process was free in time, or the owner has too many requests waiting.
        TakingTooLongError: The request took longer than the limit.
        ChildError: The process died, or could not fulfil the request.
    """
    answer: RenderingAnswer | None = None
    while answer is None:
        try:
            async with pool.borrow(owner, patience_s=patience_s) as process:
                answer = await _ask(process, request, limit_s, on_progress)
        except _FoundDeadError:
            _log.warning("process_died_before_request")  # try the next process
    if isinstance(answer, Failed):
        raise _error(answer)
    if not isinstance(answer, request.result):
        raise ChildError(f"The rendering process answered with {answer.type}.")
    return cast("_Result", answer)


async def _ask(
    process: ChildProcess,
    request: Message,
    limit_s: float | None,
    on_progress: Callable[[float], None] | None,
) -> RenderingAnswer:
    """Send a request; the process first confirms that it accepted the request, and then sends the result."""
    try:
        async with asyncio.timeout(limit_s):
            try:
                await process.send(request)
                accepted = await process.receive(_ANSWERS)
            except ChildError as error:
                raise _FoundDeadError from error
            if not isinstance(accepted, Accepted):
                raise _FoundDeadError
            while isinstance(answer := await process.receive(_ANSWERS), VideoProgress):
                if on_progress:
                    on_progress(answer.share)
    except TimeoutError as error:
        raise TakingTooLongError(f"The work took longer than {limit_s:g} s.") from error
    if answer is None:
        raise ChildError("The rendering process died.")
    return answer


def _error(failed: Failed) -> VisavisError:
    if failed.code == ModelNotReadyError.code:
        return ModelNotReadyError(failed.message, retry_after_s=_MODEL_RETRY_S)
    about_input = input_error(failed.code, failed.message)
    return about_input or ChildError(f"The rendering process failed: {failed.code}, {failed.message}")
