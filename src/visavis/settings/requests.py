"""Limits of API requests."""

from typing import ClassVar

from pydantic import Field

from visavis.settings.group import Group


class RequestSettings(Group):
    """Rates and sizes of API requests."""

    title: ClassVar[str] = "Requests"

    requests_per_minute: int = Field(
        default=30, ge=1, description="Requests per minute of a key that has no rate of its own."
    )
    max_upload_bytes: int = Field(
        default=50 * 1024 * 1024, ge=1024, description="Maximum size of all files of a request, in bytes."
    )
    max_face_bytes: int = Field(
        default=10 * 1024 * 1024,
        ge=1024,
        description="Maximum size of a face picture for a live session, in bytes.",
    )
    max_text_chars: int = Field(
        default=5000, ge=1, description="Maximum length of a text for speech, in characters."
    )
