"""Draws the mouth: the inside, then the lower layer, then the upper layer, each moved by its field."""

from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.rig.controls import FIELD_CONTROLS, INDEX
from visavis.engine.rig.model import Rig
from visavis.engine.rig.motion import combine, invert
from visavis.engine.rig.sampling import sample
from visavis.engine.rig.space import CELL_PX

_INVERSION_STEPS: Final = 6
_HEAD_MOTIONS: Final = [INDEX[name] for name in ("yaw", "pitch", "roll", "shift_x", "shift_y", "breath")]
_ROLL_DEG: Final = 10.0
_TONGUE_FOLLOWS_JAW: Final = 0.62
_TONGUE_TIP_BELOW_REST_CM: Final = 0.24
_VISIBLE: Final = 0.02


class MouthPainter:
    """Draws the mouth of one rig into frames. It has buffers but no history."""

    def __init__(self, rig: Rig) -> None:
        """Crop the fields to the mouth's box."""
        self._rig, lips = rig, rig.lips
        self._box, patch = lips.box, lips.patch
        cells = np.s_[
            :,
            self._box.top // CELL_PX : (self._box.top + self._box.height) // CELL_PX,
            self._box.left // CELL_PX : (self._box.left + self._box.width) // CELL_PX,
        ]
        upper, lower = (
            np.ascontiguousarray(field[cells], np.float32) for field in (rig.fields.upper, rig.fields.lower)
        )
        self._shape = upper.shape[1:]
        self._upper, self._lower = (field.reshape(len(FIELD_CONTROLS), -1) for field in (upper, lower))
        index = [np.arange(n, dtype=np.float32) for n in (self._shape[1], self._shape[0])]
        self._cells = np.stack(np.meshgrid(*index), axis=-1)
        column = np.arange(self._box.width, dtype=np.float32) + (self._box.left - patch.left)
        row = np.arange(self._box.height, dtype=np.float32) + (self._box.top - patch.top)
        self._pixels = np.stack(np.meshgrid(column, row), axis=-1)
        self._feather = lips.feather.astype(np.float32) / np.float32(255)
        inside = rig.interior
        alpha = np.minimum(inside.upper_teeth[..., 3], inside.front_teeth)
        self._front_teeth = np.dstack([inside.upper_teeth[..., :3], alpha])
        # The sprites of the inside follow the motion of head and jaw at the centre of the mouth.
        x, y = (int(v) // CELL_PX for v in rig.interior.middle)
        chin = min(y + int(1.2 * rig.pixels_per_cm / CELL_PX), self._shape[0] - 1)
        self._head_moves = upper[_HEAD_MOTIONS, y, x]
        self._jaw_moves = lower[INDEX["jaw"], chin, x]

    def draw(self, weights: Floats, frame: Pixels) -> None:
        """Draw the mouth over a frame with a complete face, in place."""
        upper, upper_alpha = self._layer(self._rig.lips.upper, self._upper, weights)
        mouth, lower_alpha = self._layer(self._rig.lips.lower, self._lower, weights)
        head = weights[_HEAD_MOTIONS] @ self._head_moves
        window = _bounds((1 - upper_alpha) * (1 - lower_alpha))
        if window is not None:
            inside = self._inside(weights, head, upper_alpha, lower_alpha, window)
            mouth[window] = inside + (mouth[window] - inside) * lower_alpha[window][..., None]
        if weights[INDEX["lip_teeth"]] > _VISIBLE:
            self._teeth_over_lip(mouth, weights, head)
        drawn = cv2.blendLinear(upper, mouth, upper_alpha, 1 - upper_alpha)
        box = frame[self._box.rows, self._box.columns]
        box[:] = cv2.blendLinear(drawn, np.ascontiguousarray(box), self._feather, 1 - self._feather)

    def _layer(self, texture: Pixels, fields: Floats, weights: Floats) -> tuple[Pixels, Floats]:
        """A layer, moved by its field: RGB and alpha 0..1, of the box's size."""
        forward = combine(fields, weights).reshape(self._shape)
        back = invert(forward, self._cells, _INVERSION_STEPS, CELL_PX)
        size = (self._box.width, self._box.height)
        source = self._pixels - cv2.resize(back, size, interpolation=cv2.INTER_CUBIC)
        warped = sample(texture, source)
        alpha = np.asarray(cv2.extractChannel(warped, 3), np.float32) * np.float32(1 / 255)
        return np.asarray(cv2.cvtColor(warped, cv2.COLOR_RGBA2RGB), np.uint8), alpha

    def _inside(
        self,
        weights: Floats,
        head: Floats,
        upper_alpha: Floats,
        lower_alpha: Floats,
        window: tuple[slice, slice],
    ) -> Floats:
        """The inside of the mouth, as float RGB of the window's size."""
        inside, rig = self._rig.interior, self._rig
        roll = float(weights[INDEX["roll"]])
        jaw = self._jaw_moves * weights[INDEX["jaw"]]
        tongue = float(weights[INDEX["tongue"]])
        picture = self._placed(inside.cavity, head + 0.5 * jaw, roll, window).astype(np.float32)
        low = head + jaw * _TONGUE_FOLLOWS_JAW
        _over(picture, self._placed(inside.tongue, low, roll, window))
        _over(picture, self._placed(inside.lower_teeth, head + jaw, roll, window))
        _over(picture, self._placed(inside.upper_teeth, head, roll, window))
        # The lips cast a shadow inward, the upper one more: light comes from above.
        sigma = 0.30 * rig.pixels_per_cm
        both = np.maximum(upper_alpha[window], lower_alpha[window] * 0.6)
        shade = cv2.GaussianBlur(both, (0, 0), sigma)
        top = cv2.GaussianBlur(upper_alpha[window], (0, 0), sigma * 0.7)
        depth = 0.25 if inside.from_photo else 0.42
        forward = 1 - 0.35 * float(weights[INDEX["round"]])  # rounded lips are in front of the teeth
        picture *= (forward * np.clip(1.10 - depth * (0.75 * shade + 0.45 * top), 0.25, 1.0))[..., None]
        if tongue > _VISIBLE:
            # The tip moves forward between the teeth, into the light, just above the edge of the upper ones.
            tip = head + np.array([0, _TONGUE_TIP_BELOW_REST_CM * rig.pixels_per_cm], np.float32)
            _over(picture, self._placed(inside.tongue, tip, roll, window), tongue)
        return picture

    def _placed(self, sprite: Pixels, moved: Floats, roll: float, window: tuple[slice, slice]) -> Pixels:
        """The window's part of a sprite that moved by pixels (x, y) and rolled with the head."""
        rows, columns = window
        matrix = cv2.getRotationMatrix2D(self._rig.interior.middle, -roll * _ROLL_DEG, 1.0)
        matrix[:, 2] += moved - np.array([columns.start, rows.start])
        size = (columns.stop - columns.start, rows.stop - rows.start)
        border = cv2.BORDER_REPLICATE if sprite.shape[-1] == 3 else cv2.BORDER_CONSTANT
        return np.asarray(cv2.warpAffine(sprite, matrix, size, borderMode=border), np.uint8)

    def _teeth_over_lip(self, mouth: Pixels, weights: Floats, head: Floats) -> None:
        """Draw the upper teeth over the lower lip, for f and v."""
        whole = (slice(0, self._box.height), slice(0, self._box.width))
        placed = self._placed(self._front_teeth, head, float(weights[INDEX["roll"]]), whole)
        over = mouth.astype(np.float32)
        _over(over, placed, min(float(weights[INDEX["lip_teeth"]]), 1.0))
        mouth[:] = over


def _bounds(hole: Floats) -> tuple[slice, slice] | None:
    """The window that contains the visible inside, with a margin of a few pixels."""
    rows = np.flatnonzero(hole.max(axis=1) > _VISIBLE)
    if not len(rows):
        return None
    columns = np.flatnonzero(hole.max(axis=0) > _VISIBLE)
    top, left = max(int(rows[0]) - 2, 0), max(int(columns[0]) - 2, 0)
    return slice(top, min(int(rows[-1]) + 3, hole.shape[0])), slice(
        left, min(int(columns[-1]) + 3, hole.shape[1])
    )


def _over(picture: Floats, sprite: Pixels, opacity: float = 1.0) -> None:
    """Draw an RGBA sprite over a float picture, in place."""
    alpha = sprite[..., 3:] * np.float32(opacity / 255)
    picture += (sprite[..., :3] - picture) * alpha
