"""Displacement fields: where each control moves the skin, as closed-form functions of face coordinates.

The face is split along the line of the mouth into an upper and a lower layer, and every control has a field
for each. Amplitudes are centimetres for a weight of 1, measured on real faces or set by eye. Each field falls
off smoothly, and only `breath` reaches beyond the head.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from visavis.engine.arrays import Floats
from visavis.engine.rig import anatomy
from visavis.engine.rig.anatomy import LIP_CORNER_X_CM, LOWER_LIP_INNER, UPPER_LIP_INNER
from visavis.engine.rig.controls import FIELD_CONTROLS
from visavis.engine.rig.crop import HeadCrop
from visavis.engine.rig.curves import bump, ramp
from visavis.engine.rig.space import FaceSpace, face_space

_JAW_OPEN_DEG: Final = 16.0
_JAW_HINGE_Y_CM: Final = -0.5
_JAW_HINGE_Z_CM: Final = -2.4
_CORNER_FOLLOWS_JAW: Final = 0.36  # share of the jaw's motion that moves the corners of the mouth
_HEAD_TURN_DEG: Final = 10.0
_RELAXED_CORNER_X_CM: Final = 2.5
_MAX_UNSMILE: Final = 0.3
_LIPS_CLOSE_CM: Final = 1.0  # the lips close this much of a photo's open mouth, and the jaw the rest


class Layers(NamedTuple):
    """Field of one control: pixels of motion for a weight of 1, each `(cells, cells, 2)`, x then y."""

    upper: Floats
    lower: Floats


@dataclass(frozen=True)
class DisplacementFields:
    """All fields of a rig.

    Attributes:
        upper: Shape `(controls, cells, cells, 2)` in the order of `FIELD_CONTROLS`, pixels.
        lower: The same for what moves with the jaw.
        upper_share: Shape `(cells, cells)`: share of the upper layer in the motion of the skin around the
            lips, where the two layers join.
    """

    upper: Floats
    lower: Floats
    upper_share: Floats


def displacement_fields(crop: HeadCrop, *, mouth_is_open: bool) -> DisplacementFields:
    """Build every field for one head.

    Args:
        crop: The head.
        mouth_is_open: Whether the photo shows the inside of the mouth. Then each layer has its own
            coordinates, which do not follow the other lip: no smooth map can close an open mouth to a line.
    """
    if mouth_is_open:
        above = face_space(crop, without=anatomy.LOWER_LIP)
        below = face_space(crop, without=anatomy.UPPER_LIP)
    else:
        above = below = face_space(crop)
    closing = _Closing.of(below, crop, _jaw(below, _Mouth.of(below)))
    ordered = _all_layers(above, closing)
    lower = ordered if below is above else _all_layers(below, closing)
    mouth = _Mouth.of(above)
    blur_cm = 0.12 + 1.2 * ramp(0.85, 1.5, mouth.across)
    return DisplacementFields(
        upper=np.stack([layers.upper for layers in ordered]),
        lower=np.stack([layers.lower for layers in lower]),
        upper_share=np.clip(0.5 - mouth.below / (2 * blur_cm), 0, 1).astype(np.float32),
    )


def _all_layers(space: FaceSpace, closing: "_Closing") -> list[Layers]:
    """Fields of all controls in one set of coordinates, in order."""
    mouth = _Mouth.of(space)
    jaw = _jaw(space, mouth)
    fields = {
        "jaw": jaw,
        "round": _round(space, mouth),
        "wide": _wide(space, mouth),
        "smile": _smile(space, mouth),
        "frown": _frown(space, mouth),
        "press": _press(space, mouth),
        "lip_teeth": _lip_teeth(space, mouth),
        "close": _close(space, mouth, closing, jaw),
        "relax": _relax(space, mouth),
        **_lips_apart(space, mouth),
        **_brows(space),
        **_head(space),
    }
    return [fields[name] for name in FIELD_CONTROLS]


@dataclass(frozen=True)
class _Mouth:
    """Coordinates that follow the mouth.

    `below` is the distance below its line in cm, `across` is 0 in the middle and 1 at the corners, `corner_y`
    is the height of the corners. `near` and `close` are bells around the mouth.
    """

    below: Floats
    across: Floats
    corner_y: float
    near: Floats
    close: Floats

    @classmethod
    def of(cls, space: FaceSpace) -> "_Mouth":
        x, y, mean = space.x, space.y, space.mean_face
        upper, lower = mean[list(UPPER_LIP_INNER)], mean[list(LOWER_LIP_INNER)]
        corner_y = float(mean[list(anatomy.LIP_CORNERS), 1].mean())
        line = np.interp(x, upper[:, 0], (upper[:, 1] + lower[:, 1]) / 2)
        # Beyond the corners the line rises towards the hinge of the jaw.
        slope = (-1.0 - corner_y) / (7.2 - LIP_CORNER_X_CM)
        outer = corner_y + np.clip(np.abs(x) - LIP_CORNER_X_CM, 0, None) * slope
        line = np.where(np.abs(x) > 2.15, outer, line)
        return cls(
            below=(line - y).astype(np.float32),
            across=(np.abs(x) / LIP_CORNER_X_CM).astype(np.float32),
            corner_y=corner_y,
            near=bump(x, 4.2) * bump(y - corner_y, 3.2),
            close=bump(x, 2.4) * bump(y - corner_y, 1.5),
        )


def _vector(x: ArrayLike, y: ArrayLike, z: ArrayLike, like: Floats) -> Floats:
    """A displacement in face space, `(cells, cells, 3)`."""
    zero = np.zeros_like(like)
    parts = [zero + np.asarray(part, np.float32) for part in (x, y, z)]
    return np.stack(parts, axis=-1)


def _both(space: FaceSpace, displacement: Floats) -> Layers:
    projected = space.project(displacement)
    return Layers(projected, projected)


def _jaw(space: FaceSpace, mouth: _Mouth) -> Layers:
    """A rotation about the hinge under the ears, which moves the lower lip and the chin fully."""
    x, y = space.x, space.y
    across, below = np.clip(mouth.across, 0, 1) ** 2.2, mouth.below
    upper = _CORNER_FOLLOWS_JAW * across * (1 - ramp(0, 1.7, -below))
    lower = 1 - (1 - _CORNER_FOLLOWS_JAW) * across * (1 - ramp(0, 1.5, below))
    # Beside the mouth both layers move alike, as one cheek.
    cheek = (
        _CORNER_FOLLOWS_JAW
        + (1 - _CORNER_FOLLOWS_JAW) * ramp(0, 1.9, below)
        - _CORNER_FOLLOWS_JAW * ramp(0, 2.2, -below)
    )
    beside = ramp(0.9, 1.12, mouth.across)
    throat = 1 - ramp(-0.6, 5.5, np.clip(-9.4 - y, 0, None))
    # Above the chin, nothing far outside the face moves; below it, the throat does.
    outside = ramp(0.5, 3.5, space.outside_cm) * ramp(-9.5, -6.5, y)
    within = throat * (1 - ramp(7.0, 9.0, np.abs(x))) * (1 - outside)

    angle = np.deg2rad(_JAW_OPEN_DEG)
    skin_z = np.interp(np.abs(x), [0, 2.5, 5, 7.5], [4.6, 4.2, 1.5, -2.4])
    arm_y, arm_z = y - _JAW_HINGE_Y_CM, skin_z - _JAW_HINGE_Z_CM
    turn_y = (np.cos(angle) - 1) * arm_y - np.sin(angle) * arm_z
    turn_z = np.sin(angle) * arm_y + (np.cos(angle) - 1) * arm_z
    swing = _vector(0, turn_y, turn_z, x)
    # A mouth that opens becomes slightly narrower.
    narrow = _vector(-0.096 * x * bump(x, 3.6) * bump(y - mouth.corner_y, 2.6), 0, 0, x)

    def layer(share: Floats) -> Floats:
        mixed = (share * (1 - beside) + cheek * beside) * within
        return space.project(np.asarray(swing * mixed[..., None] + narrow, np.float32))

    return Layers(layer(upper), layer(lower))


def _round(space: FaceSpace, mouth: _Mouth) -> Layers:
    """Corners move in; the lips thicken, part and move forward."""
    x, below = space.x, mouth.below
    inward = -0.35 * x * mouth.near
    part = np.clip(1 - (x / 1.9) ** 2, 0, 1)
    up = 0.156 * ramp(-0.2, 1.0, -below) * mouth.close + 0.07 * part * (1 - ramp(0.5, 2.2, -below))
    down = 0.13 * ramp(-0.2, 1.0, below) * mouth.close + 0.26 * part * (1 - ramp(0.6, 2.4, below))
    forward = 0.5 * mouth.close
    return Layers(
        space.project(_vector(inward, up, forward, x)),
        space.project(_vector(inward, -down, forward, x)),
    )


def _corner_pull(space: FaceSpace, mouth: _Mouth) -> Floats:
    """How much the skin follows a sideways pull at the corners, times its distance."""
    fade = 1 - 0.9 * ramp(2.4, 6.0, np.abs(space.x))
    return space.x * bump(space.y - mouth.corner_y, 2.6) * fade


def _wide(space: FaceSpace, mouth: _Mouth) -> Layers:
    """Corners move out and back; the lips become thin."""
    x, y, across, below = space.x, space.y, mouth.across, mouth.below
    outward = 0.2 * _corner_pull(space, mouth)
    lift = ramp(0.2, 1.0, across) * (1 - ramp(1.0, 2.2, across)) * bump(y - mouth.corner_y, 2.4) * 0.22
    back = -0.3 * ramp(0.3, 1, across) * bump(x, 5.0) * bump(y - mouth.corner_y, 3.0)
    thin = 0.10 * mouth.close
    return Layers(
        space.project(_vector(outward, lift - thin * ramp(0, 0.9, -below), back, x)),
        space.project(_vector(outward, lift + thin * ramp(0, 0.9, below), back, x)),
    )


def _smile(space: FaceSpace, mouth: _Mouth) -> Layers:
    """Corners move out and up, and push up the cheeks."""
    x, y, across = space.x, space.y, mouth.across
    cheeks = 0.28 * bump(np.abs(x) - 3.9, 1.7) * bump(y + 1.6, 1.6)
    corners = 0.5 * ramp(0.15, 1.0, across) * (1 - ramp(1.1, 2.6, across)) * bump(y - mouth.corner_y, 2.0)
    return _both(space, _vector(0.16 * _corner_pull(space, mouth), corners + cheeks, 0, x))


def _frown(space: FaceSpace, mouth: _Mouth) -> Layers:
    """Corners move down; the chin rises under the lower lip."""
    x, y, across = space.x, space.y, mouth.across
    corners = -0.42 * ramp(0.25, 1.0, across) * (1 - ramp(1.1, 2.4, across)) * bump(y - mouth.corner_y, 2.0)
    chin = 0.14 * bump(x, 1.8) * bump(y - mouth.corner_y + 1.9, 1.3)
    return _both(space, _vector(0.02 * _corner_pull(space, mouth), corners + chin, 0, x))


def _lips_apart(space: FaceSpace, mouth: _Mouth) -> dict[str, Layers]:
    """The upper lip rises; the lower lip drops. The corners stay."""
    still = np.zeros((*space.x.shape, 2), np.float32)
    profile = np.clip(1 - mouth.across**2.4, 0, 1)
    up = 0.55 * profile * (1 - ramp(0.2, 2.0, -mouth.below))
    down = -0.60 * profile * (1 - ramp(0.3, 2.6, mouth.below))
    return {
        "upper_raise": Layers(space.project(_vector(0, up, 0, space.x)), still),
        "lower_drop": Layers(still, space.project(_vector(0, down, 0, space.x))),
    }


def _press(space: FaceSpace, mouth: _Mouth) -> Layers:
    """The red of the lips rolls in: their outer borders move towards the line."""
    below = mouth.below
    profile = np.clip(1 - mouth.across**3, 0, 1)
    upper = -0.26 * profile * bump(-below - 0.75, 0.75) * ramp(0, 0.75, -below)
    lower = 0.29 * profile * bump(below - 0.85, 0.8) * ramp(0, 0.75, below)
    sideways = 0.03 * space.x * mouth.close
    return Layers(
        space.project(_vector(sideways, upper, 0, space.x)),
        space.project(_vector(sideways, lower, 0, space.x)),
    )


def _lip_teeth(space: FaceSpace, mouth: _Mouth) -> Layers:
    """The lower lip rises and rolls in under the upper teeth; the upper lip moves up."""
    below, across = mouth.below, mouth.across
    upper = 0.08 * np.clip(1 - across**2.4, 0, 1) * (1 - ramp(0.2, 1.8, -below))
    lower = 0.14 * np.clip(1 - across**2, 0, 1) * (1 - ramp(0.5, 3.0, below))
    return Layers(
        space.project(_vector(0, upper, 0, space.x)),
        space.project(_vector(-0.03 * space.x * mouth.close, lower, 0, space.x)),
    )


class _Closing(NamedTuple):
    """How to close the open mouth of a photo: the jaw first, then the lips.

    `gap_px` is the distance between the inner lips along the mouth, `(11, 2)`. `swing` is the weight of `jaw`
    that closes what lips alone cannot close without folding the skin. `left_px` is what remains.
    """

    swing: float
    left_px: Floats

    @classmethod
    def of(cls, space: FaceSpace, crop: HeadCrop, jaw: Layers) -> "_Closing":
        upper, lower = crop.points[list(UPPER_LIP_INNER), :2], crop.points[list(LOWER_LIP_INNER), :2]
        gap = (lower - upper) * np.array([0] + [1] * 9 + [0], np.float32)[:, None]
        at_lip = np.array([_nearest(space, point, jaw.lower) for point in lower], np.float32)
        beyond_px = max(0.0, float(np.linalg.norm(gap[5])) - _LIPS_CLOSE_CM * space.pixels_per_cm)
        swing = beyond_px / max(float(np.linalg.norm(at_lip[5])), 1.0)
        # The jaw moves both lips at the corners, so it closes nothing there.
        return cls(swing, gap - swing * (at_lip - np.linspace(at_lip[0], at_lip[-1], len(at_lip))))


def _nearest(space: FaceSpace, point: Floats, field: Floats) -> Floats:
    """Value of a field at the cell that is nearest to a point in pixels."""
    cell = int(np.argmin(np.linalg.norm(space.px.reshape(-1, 2) - point, axis=1)))
    value: Floats = field.reshape(-1, 2)[cell]
    return value


def _close(space: FaceSpace, mouth: _Mouth, closing: _Closing, jaw: Layers) -> Layers:
    """Close the lips of this photo."""
    at = space.mean_face[list(UPPER_LIP_INNER), 0]
    left_px = np.stack([np.interp(space.x, at, closing.left_px[:, axis]) for axis in (0, 1)], axis=-1)
    left_px *= (np.abs(space.x) <= 2.16)[..., None]
    down = 0.45 * (1 - ramp(0.1, 1.9, -mouth.below))
    up = 0.55 * (1 - ramp(0.1, 2.6, mouth.below))
    return Layers(
        (down[..., None] * left_px - closing.swing * jaw.upper).astype(np.float32),
        (-up[..., None] * left_px - closing.swing * jaw.lower).astype(np.float32),
    )


def _relax(space: FaceSpace, mouth: _Mouth) -> Layers:
    """Move the corners of a smiling photo to the place of a resting mouth."""
    x, y, across = space.x, space.y, mouth.across
    left, right = (space.points_face[k] for k in anatomy.LIP_CORNERS)
    half_width = max(float(right[0] - left[0]) / 2, 1.0)
    middle_y = float(space.points_face[[13, 14], 1].mean())
    raised = float(np.clip((left[1] + right[1]) / 2 - middle_y + 0.05, 0, 0.9))
    inward = float(np.clip(1 - _RELAXED_CORNER_X_CM / half_width, 0, _MAX_UNSMILE))
    fade = bump(y - mouth.corner_y, 2.4) * (1 - 0.9 * ramp(2.4, 6.0, np.abs(x)))
    corners = ramp(0.1, 1.0, across) * (1 - ramp(1.1, 2.6, across)) * bump(y - mouth.corner_y, 2.2)
    return _both(space, _vector(-inward * x * fade, -raised * corners, 0, x))


def _brows(space: FaceSpace) -> dict[str, Layers]:
    """Brows up with the forehead; their inner ends up; brows down and together."""
    x, y = space.x, space.y
    side = 1 - ramp(5, 7.5, np.abs(x))
    lift = 0.55 * side * np.where(y > 4.6, 1 - ramp(4.6, 8, y), bump(y - 4.6, 1.5) * ramp(3.0, 4.6, y))
    inner = bump(np.abs(x) - 1.6, 1.5) * bump(y - 4.4, 1.1)
    ends = bump(np.abs(x) - 1.0, 1.5) * np.where(y > 4.6, 1 - ramp(4.6, 7.5, y), bump(y - 4.6, 1.3))
    return {
        "brow_raise": _both(space, _vector(0, lift, 0, x)),
        "brow_inner": _both(space, _vector(-0.05 * np.tanh(x), 0.42 * ends, 0, x)),
        "brow_furrow": _both(space, _vector(-0.22 * np.tanh(x / 0.8) * inner, -0.34 * inner, 0, x)),
    }


def _head(space: FaceSpace) -> dict[str, Layers]:
    """Turns, tilts and shifts of the head, and breath, in pixels."""
    cm, head, dome = space.pixels_per_cm, space.head, space.dome_px
    turn = np.sin(np.deg2rad(_HEAD_TURN_DEG))
    zero = np.zeros_like(head)

    def both(x: Floats, y: Floats) -> Layers:
        field = np.stack([x, y], axis=-1).astype(np.float32)
        return Layers(field, field)

    # The head tilts about the neck, 4 cm under the chin.
    neck = space.px - (_chin_px(space) - space.up * 4.0 * cm)
    chest = 0.35 + 0.65 * ramp(2.0, -6.0, space.above_chin_cm)
    return {
        "yaw": both(dome * turn * head, zero),
        "pitch": both(zero, dome * turn * head),
        "roll": both(-neck[..., 1] * turn * head, neck[..., 0] * turn * head),
        "shift_x": both(cm * head, zero),
        "shift_y": both(zero, cm * head),
        "breath": both(zero, -0.12 * cm * chest),
    }


def _chin_px(space: FaceSpace) -> Floats:
    """The tip of the chin in pixels."""
    chin = space.placement(space.points_face[anatomy.CHIN])
    return np.array([chin[0], -chin[1]], np.float32)
