"""Makes the pictures of the documents from those that the tests of the console draw, for `make screenshots`.

Its arguments are the folder of those pictures, and the one of the pictures of the documents.
"""

import sys
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

NAMES: Final = ("scim-tokens", "sign-in-failed", "sso", "sso-setup", "view-page")
_WIDTH_PX, _QUALITY = 1100, 80
_SCENE: Final = ("#f2a65a", "#3d348b")  # from the top to the bottom


def convert(drawn: Path, documents: Path) -> None:
    """Write each picture as a small WebP file.

    Args:
        drawn: Folder with the pictures of the tests, as PNG.
        documents: Folder for the pictures of the documents.
    """
    documents.mkdir(exist_ok=True)
    for name in NAMES:
        with Image.open(drawn / f"{name}-desktop.png") as picture:
            size = (_WIDTH_PX, round(picture.height * _WIDTH_PX / picture.width))
            small = _over_scene(picture).resize(size, Image.Resampling.LANCZOS)
        small.save(documents / f"{name}.webp", quality=_QUALITY, method=6)


def _over_scene(picture: Image.Image) -> Image.Image:
    """Lay a picture over a coloured scene, which shows where it is transparent."""
    scene = ImageOps.colorize(Image.linear_gradient("L").resize(picture.size), *_SCENE)
    scene.paste(picture, mask=picture.convert("RGBA").getchannel("A"))
    return scene


if __name__ == "__main__":
    convert(*map(Path, sys.argv[1:3]))
