"""Errors of speech, recognition and language providers."""

from visavis.errors.base import TryLaterError, VisavisError


class ProviderError(VisavisError):
    """A provider of speech, recognition or answers failed."""

    code = "provider_failed"


class ProviderBusyError(ProviderError):
    """A provider has too many requests, or failed for the moment."""

    code = "provider_busy"
    retryable = True


class ProviderTimeoutError(ProviderBusyError):
    """A provider did not answer in time."""

    code = "provider_timeout"


class ModelNotReadyError(TryLaterError):
    """A model that the request needs is not on this machine yet."""

    code = "model_not_ready"
