"""A painted portrait: the avatar that everybody sees first.

Drawn by code alone, so that it belongs to nobody. It looks ahead with its mouth closed and its hair away
from the mouth, as a face that is to be animated should. Painting takes seconds of processor time, so the
painted picture lies beside this file (`make picture` paints it again).
"""

from pathlib import Path
from typing import Final

import cv2
import numpy as np
from PIL import Image

from visavis.engine.arrays import Floats, Pixels
from visavis.samples.canvas import SIDE, blob, colour, lay, noise, plane, shade
from visavis.samples.clothes import paint_jumper
from visavis.samples.eyes import paint_eyes
from visavis.samples.hair import paint_back_hair, paint_front_hair
from visavis.samples.mouth import paint_mouth, paint_nose
from visavis.samples.skin import face_form, paint_neck, paint_skin

PAINTED: Final = Path(__file__).with_name("portrait.webp")
_SEED = 20


def read_portrait(size: int = SIDE) -> Pixels:
    """The painted picture, shape `(size, size, 3)`, RGB."""
    with Image.open(PAINTED) as picture:
        painted = np.asarray(picture.convert("RGB"))
    if size == SIDE:
        return painted
    way = cv2.INTER_AREA if size < SIDE else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(painted, (size, size), interpolation=way), np.uint8)


def paint_portrait() -> Pixels:
    """Paint it anew: shape `(SIDE, SIDE, 3)`, RGB; the same every time."""
    generator = np.random.default_rng(_SEED)
    picture = _background(generator)
    form = face_form()
    paint_back_hair(picture, generator)
    paint_neck(picture)
    paint_jumper(picture, generator)
    face = paint_skin(picture, form, generator)
    paint_nose(picture, form)
    paint_mouth(picture, form, generator)
    paint_eyes(picture, form, generator)
    paint_front_hair(picture, face, generator)
    return np.asarray(np.rint(np.clip(picture, 0, 1) * 255), np.uint8)


def _background(generator: np.random.Generator) -> Floats:
    grid_x, grid_y = plane()
    picture = np.empty((SIDE, SIDE, 3), np.float32)
    picture[:] = colour("8fa3a8")
    lay(picture, colour("d9dcd2"), 0.8 * blob(-9, 8, 9, 9))
    shade(picture, colour("6f8288"), np.clip((grid_x - grid_y + 4) / 40, 0, 1))
    picture *= 1 + 0.012 * noise(generator, 90)[..., None] + 0.006 * noise(generator, 3)[..., None]
    return picture
