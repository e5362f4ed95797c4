"""The last steps: the pose of the head, the colour grade and the manner of painting."""

from typing import Final

import cv2
import numpy as np

from visavis.engine.arrays import Floats
from visavis.painter.canvas import Canvas, blurred, colour
from visavis.painter.character import Character
from visavis.painter.form import Form

_PIVOT: Final = (0.0, -10.5)  # the neck, about which the head tilts
# Parts of a face that differ between its sides: where (x, y), how wide and high, how far across and up.
_PARTS: Final = (
    (3.4, 4.8, 1.5, 0.7, 0.0, 0.08),
    (3.2, 2.5, 1.5, 0.9, 0.03, 0.03),
    (0.6, -0.9, 1.1, 1.2, 0.06, 0.03),
    (2.3, -4.3, 1.0, 0.8, 0.04, 0.06),
    (5.6, -4.5, 2.0, 2.6, 0.10, 0.0),
)


def pose(canvas: Canvas, character: Character, form: Form) -> None:
    """Turn and tilt the painted head: what is nearer moves further. Its sides differ a little, as all do."""
    turn, nod, tilt = (
        np.radians(each) for each in (character.turn_degrees, character.nod_degrees, character.tilt_degrees)
    )
    step = max(1, round(canvas.px_per_cm / 6))
    rows, columns = np.arange(0, canvas.height_px + step, step), np.arange(0, canvas.width_px + step, step)
    x = (columns[None] - canvas.pixels((0, 0))[0]) / canvas.px_per_cm + 0.0 * rows[:, None]
    y = (canvas.pixels((0, 0))[1] - rows[:, None]) / canvas.px_per_cm + 0.0 * columns[None]
    reach = form.at_height(np.stack([x, y], axis=-1))
    depth = blurred(np.asarray(np.clip(reach, -6, 7.5) + 4, np.float32), 4)
    # All of it above the neck, nothing of it at the shoulders.
    share = np.clip((y + 13.0) / 6.5, 0, 1)
    share = share * share * (3 - 2 * share)
    uneven_x, uneven_y = _uneven(character.seed, x, y - form.lift_cm)
    shift_x = np.sin(turn) * depth * share + uneven_x
    shift_y = np.sin(nod) * depth * share + uneven_y
    angle = -tilt * share
    off_x, off_y = x - _PIVOT[0], y - _PIVOT[1]
    from_x = _PIVOT[0] + off_x * np.cos(angle) + off_y * np.sin(angle) * -1 - shift_x
    from_y = _PIVOT[1] + off_x * np.sin(angle) + off_y * np.cos(angle) - shift_y
    at = canvas.pixels(np.stack([from_x, from_y], axis=-1)).astype(np.float32)
    size = canvas.width_px, canvas.height_px
    matrix = np.array([[1 / step, 0, 0], [0, 1 / step, 0]], np.float64)
    nothing = np.empty(0, np.float32)
    fine = cv2.warpAffine(at, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    for name in ("rgb", "alpha"):
        layer: Floats = getattr(canvas, name)
        moved = cv2.remap(layer, fine, nothing, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        setattr(canvas, name, np.asarray(np.clip(moved, 0, 1), np.float32))


def _uneven(seed: int, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """How far each place of a face lies from where a face of two equal sides has it, in centimetres."""
    random = np.random.default_rng([seed & 0xFFFFFFFF, 23])
    across, up = np.zeros_like(x), np.zeros_like(x)
    for side in (-1, 1):
        for at_x, at_y, wide, high, max_across, max_up in _PARTS:
            spot = np.exp(-0.5 * (((x - side * at_x) / wide) ** 2 + ((y - at_y) / high) ** 2))
            off = np.clip(random.standard_normal(2), -1.5, 1.5)
            across += max_across * off[0] * spot
            up += max_up * off[1] * spot
    return across, up


def graded(picture: Floats, name: str | None) -> Floats:
    """Change the colours of a picture `(height, width, 3)`."""
    grey = (picture @ np.array([0.3, 0.59, 0.11], np.float32))[..., None]
    if name == "black_and_white":
        result = np.repeat(_contrast(grey, 1.12), 3, axis=-1)
    elif name == "sepia":
        result = _contrast(grey, 0.92) * colour("ffe6c2") * 1.04
    elif name == "vivid":
        result = _contrast(grey + (picture - grey) * 1.4, 1.08)
    elif name == "muted":
        result = _contrast(grey + (picture - grey) * 0.6, 0.9) + 0.03
    elif name == "cinematic":
        share = np.clip(grey * 1.3, 0, 1)
        result = _contrast(picture, 1.1) * (colour("d8ecf4") * (1 - share) + colour("fff0d8") * share)
    elif name == "warm":
        result = picture * np.array([1.07, 1.0, 0.88], np.float32)
    elif name == "cool":
        result = picture * np.array([0.9, 0.99, 1.09], np.float32)
    else:
        return picture
    return np.asarray(np.clip(result, 0, 1), np.float32)


def _contrast(picture: Floats, strength: float) -> Floats:
    return np.asarray((picture - 0.5) * np.float32(strength) + np.float32(0.5), np.float32)


def styled(picture: Floats, style: str, px_per_cm: float, seed: int) -> Floats:
    """Paint a picture in another manner; eyes and lips keep their edges."""
    if style == "portrait":
        return picture
    flat = _flattened(picture, px_per_cm, 0.24 if style in ("painterly", "watercolour") else 0.16)
    edges = _edges(flat, px_per_cm)
    if style == "illustration":
        steps = np.float32(11)
        flat = np.asarray(flat * 0.45 + np.round(flat * steps) / steps * 0.55, np.float32)
        grey = flat.mean(axis=-1, keepdims=True)
        return np.asarray(
            np.clip((grey + (flat - grey) * 1.22) * (1 - 0.55 * edges[..., None]), 0, 1), np.float32
        )
    if style == "painterly":
        return np.asarray(
            np.clip(flat * (1 + 0.08 * _paper(picture.shape[:2], px_per_cm, seed, 5.0)[..., None]), 0, 1),
            np.float32,
        )
    if style == "watercolour":
        paper = 1 + 0.10 * _paper(picture.shape[:2], px_per_cm, seed, 1.2)
        light = 1 - (1 - flat) * 0.82
        return np.asarray(np.clip(light * paper[..., None] * (1 - 0.25 * edges[..., None]), 0, 1), np.float32)
    grey = picture @ np.array([0.3, 0.59, 0.11], np.float32)
    soft = blurred(np.asarray(1 - grey, np.float32), 0.9 * px_per_cm)
    pencil = np.clip(grey / np.maximum(1 - soft, 0.08), 0, 1) ** 1.6 * 0.6 + grey * 0.4
    pencil = pencil * (1 - 0.4 * edges) + 0.10
    paper = 1 + 0.07 * _paper(grey.shape, px_per_cm, seed, 1.0)
    return np.asarray(np.clip(pencil * paper, 0, 1)[..., None] * colour("fdf8f0"), np.float32)


def _flattened(picture: Floats, px_per_cm: float, reach_cm: float) -> Floats:
    """Smooth areas and keep edges."""
    shrink = max(1.0, px_per_cm / 24)
    size = max(1, round(picture.shape[1] / shrink)), max(1, round(picture.shape[0] / shrink))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA) if shrink > 1 else picture
    reach = max(1.5, reach_cm * px_per_cm / shrink)
    smooth = cv2.bilateralFilter(np.asarray(small, np.float32), 9, 0.16, reach)
    smooth = cv2.bilateralFilter(smooth, 7, 0.10, reach)
    return np.asarray(cv2.resize(smooth, picture.shape[1::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _edges(picture: Floats, px_per_cm: float) -> Floats:
    grey = blurred(np.asarray(picture.mean(axis=-1), np.float32), 0.05 * px_per_cm)
    wide = blurred(grey, 0.14 * px_per_cm)
    return np.asarray(np.clip((wide - grey - 0.02) * 12, 0, 1), np.float32)


def _paper(shape: tuple[int, ...], px_per_cm: float, seed: int, long: float) -> Floats:
    random = np.random.default_rng([seed & 0xFFFFFFFF, 3])
    grain = max(1.0, 0.08 * px_per_cm)
    cells = max(2, round(shape[0] / grain)), max(2, round(shape[1] / grain / long))
    rough = random.standard_normal(cells).astype(np.float32)
    return np.asarray(cv2.resize(rough, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32)
