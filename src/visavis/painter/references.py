"""Inspiration by pictures: what is measured in them, never a copy of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.face import FaceModels, find_face, mean_face
from visavis.engine.rig.crop import crop_head
from visavis.engine.rig.glasses import wears_glasses
from visavis.painter.skin import skin_tone_of

_IRISES: Final = (468, 473)
_CHEEKS: Final = (50, 280, 117, 346)
_CHIN: Final = (194, 418, 200, 171, 396)  # beside and below the lower lip, where a beard grows

# Names of `Face`, the points of which the distance is measured, the axis, and how much a difference of the
# whole from the average face means.
_MEASURES: Final[dict[str, tuple[tuple[int, int], int, float]]] = {
    "width": ((234, 454), 0, 9.0),
    "jaw": ((172, 397), 0, 7.0),
    "chin": ((17, 152), 1, 3.5),
    "eye_size": ((159, 145), 1, 1.6),
    "nose_width": ((129, 358), 0, 4.0),
    "nose_length": ((168, 2), 1, 5.0),
    "lip_fullness": ((0, 17), 1, 2.2),
    "mouth_width": ((61, 291), 0, 5.0),
    "brow_arch": ((105, 159), 1, 2.5),
}


@dataclass(frozen=True)
class Reference:
    """Traits that pictures of people inspire.

    Attributes:
        face: Numbers of `Face` by name.
        skin_tone: As in `Skin.tone`.
        eye_colour: Web colour.
        hair_colour: Web colour.
        beard: Name of the beard, or `None`.
        glasses: Name of the frame, or `None`.
    """

    face: dict[str, float] = field(default_factory=dict)
    skin_tone: float = 0.3
    eye_colour: str = "6b4426"
    hair_colour: str = "33211a"
    beard: str | None = None
    glasses: str | None = None


def inspired_by(models: FaceModels, pictures: Sequence[Pixels]) -> Reference:
    """Measure the faces of pictures; of several, the average.

    Args:
        models: The face models.
        pictures: 1 to 6 pictures, each `(height, width, 3)`, RGB.

    Raises:
        InputError: As `find_face` raises it, for the first picture without a usable face.
    """
    return _average([_measured(models, rgb) for rgb in pictures])


def _measured(models: FaceModels, rgb: Pixels) -> Reference:
    found = find_face(models, rgb)
    scale = found.pose.placement.scale
    # The pose is undone, so that a turned head does not look narrow.
    points = (found.landmarks.points[:468] * [1, -1, -1]) @ found.pose.placement.rotation / scale
    mean = mean_face()
    face: dict[str, float] = {}
    for name, ((first, second), axis, gain) in _MEASURES.items():
        own = abs(float(points[first, axis] - points[second, axis]))
        usual = abs(float(mean[first, axis] - mean[second, axis]))
        face[name] = float(np.clip((own / usual - 1) * gain, -1, 1))
    soft = np.asarray(cv2.GaussianBlur(rgb, (0, 0), max(0.5, 0.08 * scale)) * np.float32(1 / 255), np.float32)
    places = np.asarray(found.landmarks.points[:, :2], np.float32)
    cheeks = sorted(
        (_patch(soft, places[k], 0.3 * scale) for k in _CHEEKS), key=lambda each: float(each.sum())
    )
    skin = np.mean(cheeks[len(cheeks) // 2 :], axis=0)  # the lit ones: a beard or glasses darken the others
    chin = np.median([_patch(soft, places[k], 0.25 * scale) for k in _CHIN], axis=0)
    return Reference(
        face=face,
        skin_tone=skin_tone_of(np.asarray(skin, np.float32)),
        eye_colour=_web(
            np.asarray(np.median([_iris(soft, places[k], scale) for k in _IRISES], axis=0), np.float32)
        ),
        hair_colour=_web(_hair(soft, places, scale, np.asarray(skin, np.float32))),
        beard="short" if _is_bearded(rgb, places, scale) or chin.mean() < 0.68 * skin.mean() else None,
        glasses="square" if wears_glasses(crop_head(rgb, found.landmarks.points, 512)) else None,
    )


def _average(references: Sequence[Reference]) -> Reference:
    def colour(codes: Sequence[str]) -> str:
        values = [[int(code[k : k + 2], 16) for k in (0, 2, 4)] for code in codes]
        return _web(np.mean(values, axis=0) / 255)

    first, half = references[0], len(references) / 2
    return Reference(
        face={name: float(np.mean([each.face[name] for each in references])) for name in first.face},
        skin_tone=float(np.mean([each.skin_tone for each in references])),
        eye_colour=colour([each.eye_colour for each in references]),
        hair_colour=colour([each.hair_colour for each in references]),
        beard="short" if sum(each.beard is not None for each in references) >= half else None,
        glasses="square" if sum(each.glasses is not None for each in references) >= half else None,
    )


def _patch(rgb: Floats, at: Floats, reach_px: float) -> Floats:
    """Median colour around a place."""
    height, width = rgb.shape[:2]
    x, y = np.clip(at, 0, [width - 1, height - 1])
    reach = max(1.0, reach_px)
    part = rgb[int(max(0, y - reach)) : int(y + reach) + 1, int(max(0, x - reach)) : int(x + reach) + 1]
    return np.asarray(np.median(part.reshape(-1, 3), axis=0), np.float32)


def _is_bearded(rgb: Pixels, places: Floats, scale: float) -> bool:
    """Whether the chin is as rough as hair, compared with the cheeks."""
    grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float32)
    fine = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), max(0.8, 0.12 * scale)))
    both = np.repeat(fine[..., None], 3, axis=-1)
    chin, cheeks = (
        sorted(float(_patch(both, places[k], 0.35 * scale).mean()) for k in points)
        for points in (_CHIN, _CHEEKS)
    )
    # The smoother cheeks count: glasses may cross the others.
    return float(np.mean(chin)) > 2.5 * float(np.mean(cheeks[:2])) + 1.0


def _iris(rgb: Floats, centre: Floats, scale: float) -> Floats:
    """Colour of an iris: of the ring around the pupil, without lights and lashes."""
    turn = np.radians([-30, 0, 30, 150, 180, 210])
    ring = np.asarray(centre + 0.40 * scale * np.stack([np.cos(turn), np.sin(turn)], axis=-1), np.float32)
    seen = np.array([_patch(rgb, at, 0.05 * scale) for at in ring])
    middle = seen[np.argsort(seen.mean(axis=1))[1:5]]
    return np.asarray(middle.mean(axis=0), np.float32)


def _hair(rgb: Floats, places: Floats, scale: float, skin: Floats) -> Floats:
    """Colour over the forehead; brown where there seems to be no hair."""
    up = places[10] - places[152]
    up = np.asarray(up / max(1e-3, float(np.linalg.norm(up))), np.float32)
    seen = [
        _patch(rgb, places[10] + up * np.float32(reach * scale), 0.5 * scale) for reach in (1.6, 2.2, 2.8)
    ]
    colour = np.median(seen, axis=0)
    # A bald head has the hue of the skin; hair in front of a bright wall is darker than the wall.
    hue = np.abs(colour / max(1e-3, float(colour.sum())) - skin / max(1e-3, float(skin.sum()))).sum()
    bald = hue < 0.05 and float(colour.mean()) > 0.6 * float(skin.mean())
    return np.asarray([0.2, 0.13, 0.1] if bald else np.clip(colour * 1.25, 0, 1), np.float32)


def _web(rgb: NDArray[np.floating]) -> str:
    return "".join(f"{round(float(np.clip(part, 0, 1)) * 255):02x}" for part in rgb)
