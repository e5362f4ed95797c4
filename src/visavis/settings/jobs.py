"""Settings of jobs, and of the processes that do them."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field

from visavis.settings.group import Group


class JobSettings(Group):
    """Jobs: their time limit, their price, and the processes that do them."""

    title: ClassVar[str] = "Jobs"

    job_timeout_s: float = Field(
        default=300.0, ge=0, description="Time limit of one attempt at a job, in seconds; 0 for no limit."
    )
    price_per_hour_usd: float = Field(
        default=7.0, ge=0, description="Price of an hour of rendered video, in US dollars."
    )
    render_processes: int | None = Field(
        default=None,
        ge=1,
        description="Number of jobs that a worker renders at the same time. One per CPU core if not set.",
    )
    face_processes: int = Field(
        default=2,
        ge=1,
        description="Number of processes that check uploads and prepare faces for live sessions. Accounts "
        "take turns; with two or more processes, no account can use all of them.",
    )
    caption_font: Path | None = Field(
        default=None,
        description="Font file (TTF or OTF) of captions in videos. DejaVu Sans if not set, which has Latin, "
        "Cyrillic, Greek, Arabic and Hebrew letters.",
    )
    max_process_memory_bytes: int = Field(
        default=6 * 1024**3,
        ge=1024**3,
        description="Maximum address space of a rendering process, in bytes.",
    )
