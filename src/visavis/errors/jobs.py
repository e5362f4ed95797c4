"""Errors of jobs, and of the processes that do them."""

from visavis.errors.base import TryLaterError, VisavisError


class BusyError(TryLaterError):
    """All processes are busy."""

    code = "busy"


class JobMissingError(VisavisError):
    """The key has no such job."""

    code = "job_missing"


class JobNotReadyError(VisavisError):
    """The job has no result yet."""

    code = "job_not_ready"
    retryable = True


class ResultMissingError(VisavisError):
    """The job failed, or its result has expired."""

    code = "result_missing"


class IdempotencyError(VisavisError):
    """The idempotency key was already used for a different request."""

    code = "idempotency_mismatch"


class ChildError(VisavisError):
    """A rendering process died, or was ended because it used too much time or memory."""

    code = "child_failed"
    retryable = True


class TakingTooLongError(ChildError):
    """The work exceeded its time limit and was ended."""

    code = "took_too_long"


class MarkError(VisavisError):
    """The content credentials could not be written or read."""

    code = "mark_failed"
