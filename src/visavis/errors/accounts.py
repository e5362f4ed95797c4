"""Errors of who asks, and of what they may do."""

from visavis.errors.base import InputError, TryLaterError, VisavisError


class CredentialsMissingError(VisavisError):
    """The request has no API key, or not in the right form."""

    code = "credentials_missing"


class KeyRefusedError(VisavisError):
    """The API key is unknown or revoked, or a password is wrong."""

    code = "key_refused"


class AccountError(InputError):
    """The user or key cannot be created or found."""

    code = "invalid_account"


class SignInLinkError(VisavisError):
    """The sign-in link is unknown, used or expired."""

    code = "invalid_sign_in_link"


class SignedOutError(VisavisError):
    """The browser is not signed in."""

    code = "signed_out"


class NotPermittedError(VisavisError):
    """The person who is signed in does not have permission."""

    code = "not_permitted"


class OrganizationMissingError(VisavisError):
    """There is no such organization, or the user is not a member of it."""

    code = "no_organization"


class MemberMissingError(VisavisError):
    """The organization has no such member."""

    code = "no_member"


class MemberExistsError(VisavisError):
    """The user is a member of the organization already."""

    code = "already_member"


class LastOwnerError(VisavisError):
    """The organization would be without an owner."""

    code = "last_owner"


class UserMissingError(VisavisError):
    """There is no such user."""

    code = "no_user"


class LastOperatorError(VisavisError):
    """The installation would be without an operator."""

    code = "last_operator"


class OrganizationLimitError(VisavisError):
    """There are as many organizations, members or invitations as are allowed."""

    code = "organization_limit"


class InvitationMissingError(VisavisError):
    """The organization has no such open invitation."""

    code = "no_invitation"


class InvitationUsedError(VisavisError):
    """The link of an invitation is unknown, used, revoked or expired."""

    code = "invalid_invitation"


class MailError(VisavisError):
    """An email could not be sent."""

    code = "mail_failed"


class ForeignOriginError(VisavisError):
    """The request comes from a page of another origin."""

    code = "foreign_origin"


class RateLimitError(TryLaterError):
    """Too many requests in a minute."""

    code = "rate_limited"


class MonthlyCapError(RateLimitError):
    """The key has reached its monthly limit."""

    code = "monthly_cap"
