"""Errors of single sign-on."""

from enum import StrEnum

from visavis.errors.base import InputError, VisavisError


class SsoRefusal(StrEnum):
    """Why a sign-in was refused. Pages say it in words of their own."""

    NOT_BEGUN = "not_begun"  # in this browser, or too long ago
    DENIED = "denied"  # the provider itself did not sign the person in
    WRONG_ISSUER = "wrong_issuer"  # another provider answers than the one that was asked
    WRONG_CLIENT = "wrong_client"  # the client ID or secret
    NOT_CONFIRMED = "not_confirmed"
    EMAIL_UNVERIFIED = "email_unverified"
    NOT_MEMBER = "not_member"


class SsoConnectionError(InputError):
    """The identity provider cannot be reached or is not understood."""

    code = "sso_connection_failed"


class SsoRefusedError(VisavisError):
    """The identity provider does not confirm a sign-in, or the browser did not begin it.

    Attributes:
        reason: Why.
    """

    code = "sso_refused"

    def __init__(self, message: str, reason: SsoRefusal = SsoRefusal.NOT_CONFIRMED) -> None:
        super().__init__(message)
        self.reason = reason


class SsoNotActiveError(VisavisError):
    """The organization has no identity provider that can be used."""

    code = "sso_not_active"
