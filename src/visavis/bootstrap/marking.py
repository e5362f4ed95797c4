"""Content credentials: whose name stands in the videos and pictures made here."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

from visavis.errors import SettingsError
from visavis.settings import CredentialSettings

Mark = Callable[[Path, Path], None]
"""Copies a video or a picture from the first path to the second, with credentials in it."""


def can_mark() -> bool:
    """Whether the library for content credentials is installed: it comes with the extra `serve`."""
    return importlib.util.find_spec("c2pa") is not None


def marker(settings: CredentialSettings, folder: Path) -> Mark:
    """What signs videos and pictures: by the certificate of the settings, or by one made on first use.

    Args:
        settings: May name a certificate and its key.
        folder: Where the self-made certificate is kept.

    Raises:
        SettingsError: Only one of certificate and key is set, or they cannot be used.
    """
    from visavis.adapters.credentials import Marker, ensure_certificate

    certificate, key = settings.certificate, settings.key
    if (certificate is None) != (key is None):
        raise SettingsError(
            "Set both VISAVIS_CREDENTIALS_CERTIFICATE and VISAVIS_CREDENTIALS_KEY, or neither."
        )
    if certificate is None or key is None:
        certificate, key = ensure_certificate(folder / "credentials")
    return Marker(certificate, key).mark
