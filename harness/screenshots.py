"""Makes the pictures of the documents from those that the tests of the console draw, for `make screenshots`.

Its arguments are the folder of those pictures, and the one of the pictures of the documents.
"""

import sys
from pathlib import Path
from typing import Final

from PIL import Image

NAMES: Final = ("scim-tokens", "sign-in-failed", "sso", "sso-setup")
_WIDTH_PX, _QUALITY = 1100, 80


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
            small = picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)
        small.save(documents / f"{name}.webp", quality=_QUALITY, method=6)


if __name__ == "__main__":
    convert(*map(Path, sys.argv[1:3]))
