"""Errors of single sign-on."""

from visavis.errors.base import InputError, VisavisError


class SsoConnectionError(InputError):
    """The identity provider cannot be reached or is not understood."""

    code = "sso_connection_failed"


class SsoRefusedError(VisavisError):
    """The identity provider does not confirm a sign-in, or the browser did not begin it."""

    code = "sso_refused"


class SsoNotActiveError(VisavisError):
    """The organization has no identity provider that can be used."""

    code = "sso_not_active"
