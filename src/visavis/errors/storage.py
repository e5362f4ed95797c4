"""Errors of files and of the database."""

from visavis.errors.base import VisavisError


class OutputError(VisavisError):
    """The output file cannot be written."""

    code = "output_not_writable"


class DatabaseError(VisavisError):
    """The database cannot be reached, or does not work."""

    code = "database_unavailable"
    retryable = True


class DeletedMeanwhileError(DatabaseError):
    """Something that a transaction needs was deleted while it ran."""

    code = "deleted_meanwhile"


class StoreError(VisavisError):
    """A file could not be stored or read."""

    code = "store_failed"
    retryable = True


class StoreFullError(StoreError):
    """The storage is full."""

    code = "store_full"


class StoredFileMissingError(StoreError):
    """The file is not in the storage."""

    code = "stored_file_missing"
    retryable = False


class LinkError(StoreError):
    """A download link could not be created."""

    code = "link_failed"
