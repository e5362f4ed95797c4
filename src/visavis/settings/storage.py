"""Settings of the data folder and the object store."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field

from visavis.settings.group import Group


class StorageSettings(Group):
    """Where files are, and how long they are kept."""

    title: ClassVar[str] = "Storage"

    data_dir: Path | None = Field(
        default=None,
        description="Folder for the database, files and certificates. The user's data folder if not set; "
        "/var/lib/visavis for root.",
    )
    object_store: str | None = Field(
        default=None,
        description="Object store for files: s3://bucket/prefix, gs://… or az://…, with credentials in the "
        "variables of that service (AWS_…, GOOGLE_…, AZURE_…). The data folder if not set.",
    )
    min_free_bytes: int = Field(
        default=256 * 1024 * 1024,
        ge=0,
        description="Minimum free disk space, in bytes. With less, uploads are refused.",
    )
    result_ttl_s: int = Field(
        default=86_400, ge=1, description="Time that results, texts and transcripts are kept, in seconds."
    )
    rig_ttl_s: int = Field(
        default=7 * 86_400,
        ge=60,
        description="Time that a face is kept after its last live session, in seconds.",
    )
