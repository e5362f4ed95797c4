"""Where the video of a live session is sent to, besides its room."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

VideoSize = Literal["512x512", "1280x720", "720x1280"]
"""Width and height of the picture, in pixels."""
BACKGROUND: Final = r"^#[0-9A-Fa-f]{6}$"
"""Pattern of a colour."""


def _as_object(value: Any) -> Any:
    return {"url": value} if isinstance(value, str) else value


class VideoDestination(BaseModel):
    """A server that the video of a session is sent to. Nothing of it may be written to a log.

    Attributes:
        url: `rtmp://` or `rtmps://` with the key of the stream, or `ws://` or `wss://` of a LiveKit server.
        token: Token for the room of a LiveKit server.
        size: Size of the picture. A square face is in the middle, before the background.
        background: Colour of the background, such as `#202020`.
    """

    model_config = ConfigDict(frozen=True)

    url: str = Field(repr=False)
    token: str | None = Field(default=None, repr=False)
    size: VideoSize = "512x512"
    background: str = Field(default="#000000", pattern=BACKGROUND)

    @property
    def is_rtmp(self) -> bool:
        """Whether it is sent by RTMP."""
        return self.url.lower().startswith(("rtmp://", "rtmps://"))


DESTINATIONS: Final[TypeAdapter[list[VideoDestination]]] = TypeAdapter(
    list[Annotated[VideoDestination, BeforeValidator(_as_object)]]
)
"""Reads and writes a list of destinations as JSON; an address alone stands for itself."""
