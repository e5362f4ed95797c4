"""How a video is made, as clients choose it."""

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

MIN_SIZE_PX: Final = 128
MAX_SIZE_PX: Final = 1024
MAX_FPS: Final = 60
KEEP: Final = "keep"
_BACKGROUND: Final = re.compile(r"keep|blur|#[0-9a-fA-F]{6}")


def _known_background(background: str) -> str:
    if not _BACKGROUND.fullmatch(background):
        raise ValueError("must be keep, blur, or a colour such as #20404a")
    return background


# Not strict: forms send numbers as text.
_Number = Field(strict=False)


class VideoOptions(BaseModel):
    """How a video is made. The defaults are those of `visavis render`.

    Attributes:
        frame: The part of the photo that is shown: a square around the head, or the whole photo.
        size: Width and height of the square, in pixels.
        fps: Frames a second.
        background: `keep`, `blur`, or a colour as `#rrggbb`; only behind the square.
        liveliness: Motion of head, brows and gaze: 0 still, 1 natural, 2 vivid.
        emotion: Emotion of the person.
        seed: Seed of blinks and nods.
    """

    model_config = ConfigDict(frozen=True)

    frame: Literal["face", "photo"] = Field(
        default="face",
        description="`face` shows a square around the head, `photo` the whole photo, up to 1080p.",
    )
    size: Annotated[int, _Number] = Field(
        default=512,
        ge=MIN_SIZE_PX,
        le=MAX_SIZE_PX,
        multiple_of=2,
        description="Width and height of the square in pixels; an even number. Not used with `photo`.",
    )
    fps: Annotated[int, _Number] = Field(default=25, ge=1, le=MAX_FPS, description="Frames a second.")
    background: Annotated[str, AfterValidator(_known_background)] = Field(
        default=KEEP,
        description="Behind the person: `keep` for the photo's own background, `blur`, or a colour as "
        "`#rrggbb`. The whole photo keeps its own.",
        examples=["#20404a"],
        json_schema_extra={"pattern": f"^({_BACKGROUND.pattern})$"},
    )
    liveliness: Annotated[float, _Number] = Field(
        default=1.0,
        ge=0,
        le=2,
        allow_inf_nan=False,
        description="Motion of head, brows and gaze: 0 still, 1 natural, 2 vivid.",
    )
    emotion: Literal["neutral", "happy", "sad", "angry", "surprised", "calm"] = Field(
        default="neutral", description="Emotion of the person."
    )
    seed: Annotated[int, _Number] = Field(
        default=0,
        ge=0,
        lt=2**32,
        description="Seed of blinks and nods: the same seed and speech give the same performance.",
    )
