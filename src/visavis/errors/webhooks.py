"""Errors of webhooks that clients register."""

from visavis.errors.base import InputError, VisavisError


class WebhookMissingError(VisavisError):
    """The account has no such webhook."""

    code = "webhook_missing"


class TooManyWebhooksError(InputError):
    """The account has as many webhooks as it may have."""

    code = "too_many_webhooks"
