"""Pictures of new characters: words and pictures in, a picture out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

SCENE, TRANSPARENT = "scene", "transparent"
"""Backgrounds: one that suits the description, or none. A colour is written as `#rrggbb`."""

Generator = Literal["painter", "service"]
"""What makes a picture: the built-in painter, or the image service of the installation."""

Understood = dict[str, Any]
"""What was understood of a description, as JSON can hold it; for people to read."""


@dataclass(frozen=True)
class CharacterRequest:
    """A character to be made up, and the picture of it.

    Attributes:
        prompt: Description in the client's words.
        hints: Further words, by what they are about, such as `hair_style`.
        references: Pictures (PNG, JPEG or WebP) that the character is to be inspired by.
        width_px: Width of the picture.
        height_px: Height of the picture.
        background: `SCENE`, `TRANSPARENT`, or a colour.
        seed: Of requests that differ in nothing else, each seed gives another character.
        effort: How much work to put into the picture; `None` for the usual.
        owner: Account that the picture is for; accounts take turns.
        generator: What makes the picture: the built-in painter, or the image service of the installation.
            `None` for the service, if there is one.
    """

    prompt: str
    width_px: int
    height_px: int
    hints: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    references: tuple[Path, ...] = ()
    background: str = SCENE
    seed: int = 0
    effort: Literal["minimal", "high"] | None = None
    owner: str = ""
    generator: Generator | None = None


class ImageGenerator(Protocol):
    """Makes pictures of characters. Its work never blocks the event loop."""

    async def generate(self, wanted: CharacterRequest, target: Path) -> Understood:
        """Make one picture.

        Args:
            wanted: The character and its picture.
            target: File to write: a PNG, JPEG or WebP, at best of the wanted size.

        Returns:
            What was understood of the description.

        Raises:
            InputError: The description or a reference cannot be used.
            ProviderError: The service failed.
            ChildError: The process that paints failed.
        """
        ...

    async def close(self) -> None:
        """Release connections; harmless when repeated."""
        ...
