"""Errors of saved avatars."""

from visavis.errors.base import VisavisError


class AvatarMissingError(VisavisError):
    """The account has no such avatar."""

    code = "avatar_missing"
