"""Errors of the directory of an organization."""

from visavis.errors.base import InputError, VisavisError


class DirectoryEntryMissingError(VisavisError):
    """The directory has no such user or group."""

    code = "directory_entry_missing"


class DirectoryConflictError(InputError):
    """Another entry of the directory has this name."""

    code = "directory_conflict"


class DirectoryTooManyError(InputError):
    """A filter would have to look at more entries than is allowed."""

    code = "directory_too_many"


class ScimTokenMissingError(VisavisError):
    """The organization has no such token for its directory."""

    code = "no_scim_token"
