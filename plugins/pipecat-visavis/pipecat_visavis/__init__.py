"""Talking avatars of a self-hosted visavis server in Pipecat pipelines."""

from .client import VisavisError
from .video import VisavisVideoService, VisavisVideoSettings

__all__ = ["VisavisError", "VisavisVideoService", "VisavisVideoSettings"]
