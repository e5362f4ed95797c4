"""Draws one frame: a pure function of the rig and a row of weights.

eyes into the texture ▶ warp the person ▶ over the background ▶ mouth: inside, lower layer, upper layer
"""

import math
from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.rig.controls import FIELD_CONTROLS, INDEX
from visavis.engine.rig.eyes import LID_STEPS, Eye
from visavis.engine.rig.model import Rig
from visavis.engine.rig.motion import combine, invert
from visavis.engine.rig.mouth import MouthPainter
from visavis.engine.rig.sampling import sample
from visavis.engine.rig.space import CELL_PX

_COARSE_PX: Final = 2 * CELL_PX
_INVERSION_STEPS: Final = 5
_REACH_CM: Final = 2.0  # no weights move the outline of the person further
_SEEN: Final = 3  # of 255: smaller alpha counts as transparent
_STRIP_PX: Final = 64
"""Number of rows that are drawn at once. The maps and layers of a whole frame are several times larger than a
core's cache, which a live session shares with the encoder; those of a strip fit."""

# Full gaze moves the iris by this share of its radius.
_GAZE_X_RADII: Final = 0.8
_GAZE_Y_RADII: Final = 0.5
_STILL_PX: Final = 0.05


class FrameRenderer:
    """Draws frames of one rig.

    It has buffers but no history: the same weights give the same frame. Two threads must not use it at the
    same time; make one renderer for each, they share the rig.
    """

    def __init__(self, rig: Rig) -> None:
        """Prepare the buffers."""
        self._rig = rig
        self._mouth = MouthPainter(rig)
        self._texture = rig.person.copy()
        self._eyes_drawn: tuple[bytes | None, bytes | None] = (None, None)
        self._strips = _strips(rig)
        fields = _coarse_fields(rig)
        self._forward_shape = fields.shape[1:]
        self._fields = fields.reshape(len(FIELD_CONTROLS), -1)
        cells = fields.shape[1]
        self._cells = _grid(cells)
        # One cell more on each side, so that upsampling continues across the borders.
        self._cells_px = (_grid(cells + 2) - 1) * _COARSE_PX + (_COARSE_PX - 1) / 2
        self._map = np.empty((_STRIP_PX + 2 * _COARSE_PX, rig.size + 2 * _COARSE_PX, 2), np.float32)
        self._warped = np.empty((_STRIP_PX, rig.size, 4), np.uint8)
        self._person = np.empty((_STRIP_PX, rig.size, 3), np.uint8)
        self._shadow = np.empty((_STRIP_PX, rig.size, 3), np.uint8)

    def draw(self, weights: Floats) -> Pixels:
        """Draw one frame.

        Args:
            weights: Shape `(controls,)`, within the ranges of `controls.py`.

        Returns:
            A new array, shape `(size, size, 3)`, RGB.
        """
        self._draw_eyes(weights)
        frame = self._rig.background.copy()
        source = self._source_cells(weights)
        for rows, columns in self._strips:
            self._compose(self._warp(source, rows, columns), frame[rows, columns])
        self._mouth.draw(weights, frame)
        return frame

    def _draw_eyes(self, weights: Floats) -> None:
        """Update both eyes in the texture; between blinks and glances there is nothing to do."""
        gaze = (float(weights[INDEX["gaze_x"]]), float(weights[INDEX["gaze_y"]]))
        drawn = []
        for eye, name, last in zip(
            self._rig.eyes, ("blink_left", "blink_right"), self._eyes_drawn, strict=True
        ):
            step = round(float(weights[INDEX[name]]) * (LID_STEPS - 1))
            state = np.array([step, *gaze], np.float32).tobytes()
            if state != last:
                rows, columns = _eye_window(eye)
                self._texture[rows, columns, :3] = _eye_picture(
                    self._rig.person[rows, columns, :3], eye, step, gaze
                )
            drawn.append(state)
        self._eyes_drawn = (drawn[0], drawn[1])

    def _source_cells(self, weights: Floats) -> Floats:
        """Source of each cell's content in the texture, in pixels; with one cell more on each side."""
        forward = combine(self._fields, weights).reshape(self._forward_shape)
        back = invert(forward, self._cells, _INVERSION_STEPS, _COARSE_PX)
        source: Floats = self._cells_px - cv2.copyMakeBorder(back, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
        return source

    def _warp(self, source: Floats, rows: slice, columns: slice) -> Pixels:
        """A window of the person, warped by the fields."""
        cells = source[_cells_around(rows), _cells_around(columns)]
        height, width = rows.stop - rows.start, columns.stop - columns.start
        fine = self._map[: height + 2 * _COARSE_PX, : width + 2 * _COARSE_PX]
        cv2.resize(cells, fine.shape[1::-1], fine, interpolation=cv2.INTER_LINEAR)
        at = fine[_COARSE_PX:-_COARSE_PX, _COARSE_PX:-_COARSE_PX]
        return sample(self._texture, at, out=self._warped[:height, :width])

    def _compose(self, warped: Pixels, behind: Pixels) -> None:
        """Draw the person over the background, in place; the person's colours are multiplied by alpha."""
        height, width = warped.shape[:2]
        person, shadow = self._person[:height, :width], self._shadow[:height, :width]
        cv2.cvtColor(warped, cv2.COLOR_RGBA2RGB, person)
        cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(warped, 3)), cv2.COLOR_GRAY2RGB, shadow)
        cv2.multiply(behind, shadow, shadow, scale=1 / 255)
        cv2.add(person, shadow, behind)


def _coarse_fields(rig: Rig) -> Floats:
    """Fields of both layers blended into one, on cells of `_COARSE_PX`; the mouth uses finer ones."""
    share = rig.fields.upper_share[..., None]
    blended = rig.fields.upper * share + rig.fields.lower * (1 - share)
    cells = rig.size // _COARSE_PX
    coarse = [cv2.resize(field, (cells, cells), interpolation=cv2.INTER_AREA) for field in blended]
    return np.stack(coarse).astype(np.float32)


def _strips(rig: Rig) -> list[tuple[slice, slice]]:
    """Rows and columns that the person can reach, strip by strip; nothing is drawn beyond."""
    margin = math.ceil(_REACH_CM * rig.pixels_per_cm)
    strips = []
    for top in range(0, rig.size, _STRIP_PX):
        rows = slice(top, min(top + _STRIP_PX, rig.size))
        near = rig.person[max(0, rows.start - margin) : rows.stop + margin, :, 3]
        seen = np.flatnonzero(near.max(axis=0) > _SEEN)
        if len(seen):
            start = max(0, (int(seen[0]) - margin) // _COARSE_PX * _COARSE_PX)
            stop = min(rig.size, -(-(int(seen[-1]) + 1 + margin) // _COARSE_PX) * _COARSE_PX)
            strips.append((rows, slice(start, stop)))
    return strips


def _cells_around(pixels: slice) -> slice:
    """Cells under some pixels and one more on each side, of a grid with one more on each side."""
    return slice(pixels.start // _COARSE_PX, pixels.stop // _COARSE_PX + 2)


def _grid(cells: int) -> Floats:
    index = np.arange(cells, dtype=np.float32)
    return np.stack(np.meshgrid(index, index), axis=-1)


def _eye_window(eye: Eye) -> tuple[slice, slice]:
    height, width = eye.opening.shape
    return slice(eye.top, eye.top + height), slice(eye.left, eye.left + width)


def _eye_picture(photo: Pixels, eye: Eye, lid_step: int, gaze: tuple[float, float]) -> Pixels:
    """One eye with its gaze and lids, with the shape of `photo`."""
    picture = photo.astype(np.float32)
    dx, dy = gaze[0] * eye.iris_radius_px * _GAZE_X_RADII, gaze[1] * eye.iris_radius_px * _GAZE_Y_RADII
    away = abs(dx) + abs(dy)
    if away > _STILL_PX:
        height, width = eye.opening.shape
        iris = cv2.warpAffine(
            eye.iris, np.array([[1, 0, dx], [0, 1, dy]], np.float32), (width, height)
        ).astype(np.float32)
        ball = eye.white + (iris[..., :3] - eye.white) * (iris[..., 3:] / 255)
        # The redrawn eyeball fades in over the first 1.5 pixels, so that a glance does not jump.
        shown = eye.opening[..., None] * np.float32(min(1.0, away / 1.5) / 255)
        picture += (ball - picture) * shown
    if lid_step > 0:
        lid = eye.lids[lid_step - 1].astype(np.float32)
        picture += (lid[..., :3] - picture) * (lid[..., 3:] / 255)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)
