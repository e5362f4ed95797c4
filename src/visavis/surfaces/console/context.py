"""What the console is given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from visavis.surfaces.shared.context import Context

PREFIX: Final = "/console/api"


@dataclass(frozen=True)
class ShownSetting:
    """A setting as the console shows it.

    Attributes:
        name: Of the environment variable.
        value: As it is; of secrets only whether they are set.
        default: Unless it is set.
        is_set: Whether it differs from the default.
        is_secret: Whether the value is hidden.
        description: For people.
    """

    name: str
    value: Any
    default: Any
    is_set: bool
    is_secret: bool
    description: str


@dataclass(frozen=True)
class FaceInPhoto:
    """A face that was found in a photo and can be used.

    Attributes:
        outline: Round the face, in order: x and y in shares of the upright picture's width and height.
        warnings: Sentences for the person who chose the photo.
    """

    outline: list[tuple[float, float]]
    warnings: list[str]


@dataclass(frozen=True)
class ConsoleContext:
    """What the console is given.

    Attributes:
        shared: What every surface is given.
        settings: What operators are shown.
        default_face: The built-in portrait, as JPEG.
        look_for_face: Finds the face in a photo, for an account; raises `InputError` if there is none that
            can be used, `BusyError` or `ChildError` when there is no time to look.
        price_per_hour_usd: Of video.
        live_price_per_hour_usd: Of live sessions.
        webhook_secret: One for all keys; nothing if each has its own.
    """

    shared: Context
    settings: tuple[ShownSetting, ...]
    default_face: Callable[[], Awaitable[bytes]]
    look_for_face: Callable[[Path, str], Awaitable[FaceInPhoto]]
    price_per_hour_usd: float
    live_price_per_hour_usd: float
    webhook_secret: str | None
