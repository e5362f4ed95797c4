"""Handlers of jobs: one module for each kind, with the name of the kind and a coroutine `handle`."""

from importlib import import_module
from typing import Any, Protocol, cast

from visavis.core.jobs import JobOutput
from visavis.worker.attempt import Attempt


class Handler(Protocol):
    """Handles the jobs of a kind."""

    async def __call__(self, attempt: Attempt, wanted: Any) -> JobOutput:
        """Handle a job.

        Args:
            attempt: The attempt of the job.
            wanted: Input of the job, as the model of its kind.

        Returns:
            The output, as the model of the kind.

        Raises:
            InputError: The input cannot be used. The job fails.
            TakingTooLongError: The job took longer than the limit. The job fails.
            ChildError: A process failed. The job is tried again, as it is after `StoreError`, `MarkError` and
                `ProviderError`.
        """


def handler_of(kind: str) -> Handler:
    """Find the handler of a kind, by name.

    Raises:
        ModuleNotFoundError: There is no handler.
    """
    return cast("Handler", import_module(f"{__name__}.{kind}").handle)
