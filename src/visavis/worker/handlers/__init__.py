"""What does the jobs of each kind: one module a kind, of its name, with a coroutine `handle`."""

from importlib import import_module
from typing import Any, Protocol, cast

from visavis.core.jobs import JobOutput
from visavis.worker.attempt import Attempt


class Handler(Protocol):
    """Does the jobs of a kind."""

    async def __call__(self, attempt: Attempt, wanted: Any) -> JobOutput:
        """Do one.

        Args:
            attempt: The try of the job.
            wanted: The input of the job, as its kind's model.

        Returns:
            The output, as the kind's model.

        Raises:
            InputError: What was sent cannot be used: the job fails.
            TakingTooLongError: It took longer than a job may: the job fails.
            ChildError: A process broke: the job is tried again. So it is after `StoreError` and `MarkError`.
        """


def handler_of(kind: str) -> Handler:
    """The handler of a kind, by its name.

    Raises:
        ModuleNotFoundError: There is none.
    """
    return cast("Handler", import_module(f"{__name__}.{kind}").handle)
