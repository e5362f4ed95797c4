"""What a session sends to the process of a recording: settings, then records as those of `rtmp_wire`."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict


class RecordingSettings(BaseModel):
    """What is recorded where.

    Attributes:
        path: File to write.
        side_px: Side of the pictures.
        fps: Frames a second, at most.
    """

    model_config = ConfigDict(frozen=True)

    path: Path
    side_px: int
    fps: int
