"""Errors of an installation: its settings, its models, its optional parts and its processes."""

from visavis.errors.base import VisavisError


class SettingsError(VisavisError):
    """A setting is unknown or has a value that is not valid."""

    code = "invalid_settings"


class ModelsMissingError(VisavisError):
    """A model is not on this machine, and must not or cannot be fetched."""

    code = "models_missing"


class ModelsCorruptError(VisavisError):
    """A file of a model does not have the expected checksum."""

    code = "models_corrupt"


class ModelsUnreachableError(VisavisError):
    """A model could not be downloaded."""

    code = "models_unreachable"
    retryable = True


class ExtraMissingError(VisavisError):
    """An optional part of visavis is not installed."""

    code = "extra_missing"


class SpeakerMissingError(ExtraMissingError):
    """The speech synthesizer is not installed, or does not work here."""

    code = "speaker_missing"


class PartLostError(VisavisError):
    """A part of the server died and could not be restarted."""

    code = "part_lost"
    retryable = True
