"""How a person moves: chosen, or measured on a video of the person."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from visavis.engine.performer.emotion import Emotion

_Factor = Annotated[float, Field(ge=0, le=2)]
_Degrees = Annotated[float, Field(ge=0, le=10)]


@dataclass(frozen=True)
class Manners:
    """How a person moves.

    Attributes:
        liveliness: Motion of head, brows and gaze: 0 still, 1 natural, 2 vivid.
        emotion: Emotion from the first frame on.
        seed: Seed of the random motion. The same seed and sound give the same performance.
        blinks_per_minute: Mean number of blinks in a minute; `None` for what is usual.
        sway_degrees: Standard deviations of yaw, pitch and roll; `None` for what is usual.
        brows: Motion of the brows with the voice: 0 none, 1 usual, 2 twice as much.
        smile: Smile at rest, 0..1.
    """

    liveliness: _Factor = 1.0
    emotion: Emotion = Emotion.NEUTRAL
    seed: Annotated[int, Field(ge=0)] = 0
    blinks_per_minute: Annotated[float, Field(ge=1, le=80)] | None = None
    sway_degrees: tuple[_Degrees, _Degrees, _Degrees] | None = None
    brows: _Factor = 1.0
    smile: Annotated[float, Field(ge=0, le=1)] = 0.0
