"""Colour profiles: the embedded profile of a photo counts by its content, not by its name.

Many profiles have "sRGB" in their name and are different (linear light, or calibrated screens). Others are
sRGB and have another name.
"""

import io
from typing import Final

import numpy as np
from PIL import Image, ImageCms

_PROBE_STEPS: Final = 9  # along each channel
_SAME: Final = 2  # of 255: rounding errors of an sRGB profile
_MIN_WHITE, _MAX_BLACK = 128, 127  # a profile that makes white dark is broken
_MODES: Final = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}


def to_srgb(image: Image.Image, profile: object) -> Image.Image:
    """Convert an image to sRGB by its embedded profile; without a usable profile, as if it were sRGB.

    Args:
        image: Image of mode L, RGB or CMYK.
        profile: Embedded profile, if any.

    Returns:
        Image of mode RGB. If the profile is sRGB, the values do not change.
    """
    if not isinstance(profile, bytes) or not profile:
        return image.convert("RGB")
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = _MODES[given.profile.xcolor_space]
        if (mode == "CMYK") != (image.mode == "CMYK") or (mode == "L" and image.mode == "RGB"):
            return image.convert("RGB")
        transform = ImageCms.buildTransform(given, ImageCms.createProfile("sRGB"), mode, "RGB")
        if not _changes(transform, mode):
            return image.convert("RGB")
        converted = ImageCms.applyTransform(image if image.mode == mode else image.convert(mode), transform)
    except (ImageCms.PyCMSError, KeyError, OSError, TypeError, ValueError):
        return image.convert("RGB")
    return image.convert("RGB") if converted is None else converted


def _changes(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Whether a conversion is needed: the profile is valid and is not sRGB."""
    channels = len(Image.new(mode, (1, 1)).getbands())
    steps = np.linspace(0, 255, _PROBE_STEPS).round().astype(np.uint8)
    colours = np.stack(np.meshgrid(*[steps] * channels, indexing="ij"), axis=-1).reshape(-1, channels)
    probe = Image.fromarray(colours[None] if channels > 1 else colours.T, mode)
    plain = np.asarray(probe.convert("RGB"), np.int16)[0]
    seen = ImageCms.applyTransform(probe, transform)
    if seen is None:
        return False
    meant = np.asarray(seen, np.int16)[0]
    white, black = (0, -1) if mode == "CMYK" else (-1, 0)
    if meant[white].min() < _MIN_WHITE or meant[black].max() > _MAX_BLACK:
        return False
    return bool(np.abs(meant - plain).max() > _SAME)
