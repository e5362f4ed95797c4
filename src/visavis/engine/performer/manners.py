"""How a person moves: chosen, or measured on a video of the person."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field, TypeAdapter, ValidationError

from visavis.engine.performer.emotion import Emotion
from visavis.errors import RigFileError

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


_AS_JSON: Final = TypeAdapter(Manners)


def manners_to_json(manners: Manners) -> dict[str, Any]:
    """Manners as JSON holds them."""
    written: dict[str, Any] = _AS_JSON.dump_python(manners, mode="json")
    return written


def manners_from_json(written: dict[str, Any]) -> Manners:
    """Read manners.

    Raises:
        RigFileError: They cannot be used.
    """
    try:
        return _AS_JSON.validate_python(written)
    except ValidationError as error:
        raise RigFileError("The file is damaged: it does not say how the person moves.") from error
