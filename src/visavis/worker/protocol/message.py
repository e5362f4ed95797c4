"""What all messages between a worker and its processes have in common."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

MAX_LINE_BYTES: Final = 1 << 20


class Message(BaseModel):
    """A message. Its `type` tells which."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def to_line(self) -> bytes:
        """The message as a line of JSON, with its end."""
        return self.model_dump_json().encode() + b"\n"


class Ready(Message):
    """The process has loaded everything."""

    type: Literal["ready"] = "ready"
