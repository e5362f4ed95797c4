"""Errors of saved avatars, and of the jobs that make their pictures."""

from visavis.errors.base import VisavisError


class AvatarMissingError(VisavisError):
    """The account has no such avatar."""

    code = "avatar_missing"


class AvatarLimitError(VisavisError):
    """The account has as many saved avatars as it may."""

    code = "avatar_limit"


class JobKindError(VisavisError):
    """The job makes something else than what is needed."""

    code = "wrong_job_kind"
