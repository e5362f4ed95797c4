"""Eyes: lids that close, and an iris that moves.

Both are drawn into the face's texture before the warp, so they follow every motion of the head.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.rig.anatomy import LEFT_EYE, RIGHT_EYE, EyePoints
from visavis.engine.rig.crop import HeadCrop
from visavis.engine.rig.curves import bump, fill_inward, ramp
from visavis.engine.rig.sampling import sample

LID_STEPS: Final = 10
"""Drawn positions of the lids, from open (0) to shut (the last)."""

_UPPER_LID_SHARE: Final = 0.84  # share of the distance to closing; the lower lid does the rest
# Heights over the eye's width: open eyes of 31 faces 0.19 and more, eyes in a blink under 0.1.
_SHUT: Final = 0.10
_SHUT_BOTH: Final = 0.12
_LASH_HEIGHT: Final = 0.22  # height of lashes and eyeliner above the lid's edge, in eye widths
_LASH_PAST_CORNER: Final = 0.22
_LASH_DARKER: Final = 0.07  # than their surroundings, as a share of the mean brightness
_SLIVER: Final = 0.12  # how far the eyeball can show outside the landmarks, in eye widths
_SLIVER_APART: Final = 14.0  # from the cheek, in CIE Lab
_FRAME_APART: Final = 20.0
_FRAME_THICK: Final = 0.34  # frames of glasses are thinner, in eye widths
_FRAME_LONG: Final = 0.45
_FRAME_AWAY: Final = 0.12  # from the lids; nearer are lashes
_FRAME_CONTRAST: Final = 0.16  # as a share of the mean brightness
_SOFT_CORNER: Final = 0.08  # how far past a corner the skin still follows, in eye widths


@dataclass(frozen=True)
class Eye:
    """Sprites of one eye, each of the box's size.

    Attributes:
        left: Left edge of the box in the crop, pixels.
        top: Top edge of the box.
        lids: Shape `(LID_STEPS - 1, height, width, 4)`, RGBA: the lids from nearly open to shut.
        iris: Shape `(height, width, 4)`, RGBA: the whole iris, also where lids hide it.
        white: Shape `(height, width, 3)`, the eyeball without its iris.
        opening: Shape `(height, width)`, 255 where the eyeball shows.
        iris_radius_px: Radius of the iris.
    """

    left: int
    top: int
    lids: Pixels
    iris: Pixels
    white: Pixels
    opening: Pixels
    iris_radius_px: float


def are_shut(crop: HeadCrop) -> tuple[bool, bool]:
    """Whether each eye, that on the left of the picture first, is closed in the photo."""
    left, right = (_openness(crop.points[:, :2], eye) for eye in (LEFT_EYE, RIGHT_EYE))
    both = (left + right) / 2 < _SHUT_BOTH
    return both or left < _SHUT, both or right < _SHUT


def _openness(points: Floats, eye: EyePoints) -> float:
    """Height of the opening in the middle third of the eye, over the eye's width."""
    start, end = points[eye.corners[0]], points[eye.corners[1]]
    width = float(np.linalg.norm(end - start))
    down = np.array([start[1] - end[1], end[0] - start[0]], np.float32) / width
    heights = (points[list(eye.lower)] - points[list(eye.upper)]) @ down
    return float(heights[3:6].mean()) / width


@dataclass(frozen=True)
class _Eyelids:
    """Edges of the lids in eye coordinates: u along the line of the corners, v down from it, pixels.

    `opening` is the distance that the lids must close at each u. Past the corners it fades out, so that
    lashes and eyeliner move too.
    """

    u: Floats
    v: Floats
    upper: Floats
    lower: Floats
    width: float
    opening: Floats
    down: Floats
    brow_gap: float


def build_eye(crop: HeadCrop, eye: EyePoints, *, behind_glasses: bool, shut: bool = False) -> Eye:
    """Cut the sprites of one eye from the head crop.

    Args:
        crop: The head.
        eye: Which eye.
        behind_glasses: Whether glasses lie over the lids, which must not drag the frame.
        shut: Whether the eye is closed in the photo. Then nothing is drawn, because there is no eyeball to
            show.
    """
    points = crop.points[:, :2]
    start, end = points[eye.corners[0]], points[eye.corners[1]]
    width = float(np.linalg.norm(end - start))
    middle = (start + end) / 2
    half_width, half_height = int(width * 0.85), int(width * 0.70)
    left, top = max(int(middle[0]) - half_width, 0), max(int(middle[1]) - half_height, 0)
    right = min(int(middle[0]) + half_width, crop.size)
    bottom = min(int(middle[1]) + half_height, crop.size)
    row, column = np.mgrid[top:bottom, left:right].astype(np.float32)
    lids = _eyelids(points, eye, column, row)
    skin = crop.rgb[top:bottom, left:right]
    centre = points[eye.iris] - [left, top]
    rim = points[eye.iris + 1 : eye.iris + 5] - [left, top]
    radius = float(np.linalg.norm(rim - centre, axis=1).mean())
    iris, white, opening = _eyeball(skin, lids, centre, radius)
    sprites = _lid_sprites(skin, lids, behind_glasses=behind_glasses)
    if shut:
        sprites, opening = np.zeros_like(sprites), np.zeros_like(opening)
    return Eye(left, top, sprites, iris, white, opening, radius)


def _eyelids(points: Floats, eye: EyePoints, column: Floats, row: Floats) -> _Eyelids:
    start, end = points[eye.corners[0]], points[eye.corners[1]]
    width = float(np.linalg.norm(end - start))
    along = (end - start) / width
    down = np.array([-along[1], along[0]], np.float32)

    def local(at: Floats) -> Floats:
        return np.stack([(at - start) @ along, (at - start) @ down], axis=-1)

    upper, lower, brow = (local(points[list(k)]) for k in (eye.upper, eye.lower, eye.brow))
    here = local(np.stack([column, row], axis=-1))
    u, v = here[..., 0], here[..., 1]
    grid = np.linspace(-0.5, 1.5, 129) * width
    inside = np.clip(grid, 0, width)
    lower_edge = np.polyval(np.polyfit(lower[:, 0], lower[:, 1], 4), inside)
    upper_edge = np.polyval(np.polyfit(upper[:, 0], upper[:, 1], 4), inside)
    upper_edge = np.minimum(upper_edge, lower_edge - 0.2)
    opening = np.clip(lower_edge - upper_edge, 0, None) * ((grid > 0) & (grid < width))
    opening = np.maximum(opening, gaussian_filter1d(opening, _SOFT_CORNER * 64))

    def at_u(values: Floats) -> Floats:
        return np.interp(u, grid, values).astype(np.float32)

    return _Eyelids(
        u=u,
        v=v,
        upper=at_u(upper_edge),
        lower=at_u(lower_edge),
        opening=at_u(opening),
        width=width,
        down=down,
        brow_gap=float(upper[4, 1] - brow[:, 1].mean()),
    )


def _lid_sprites(skin: Pixels, lids: _Eyelids, *, behind_glasses: bool) -> Pixels:
    """The lids at every step: skin, stretched down from the crease and up from the cheek."""
    u, v, width = lids.u, lids.v, lids.width
    lashes = ramp(0.0, 0.22 * width, u) * ramp(width, 0.78 * width, u)
    opening = lids.opening
    reach = 0.35 if behind_glasses else 0.60  # the lids must not drag the frame of glasses
    crease = max(reach * lids.brow_gap, 0.16 * width)
    # Light and shadow that glasses cast are not known: above what moves, the picture stays.
    still = ramp(1.5 * crease, 0.9 * crease, lids.upper - v) if behind_glasses else 1.0
    lash_band = (np.abs(v - lids.upper) < 0.05 * width) & (u > 0.1 * width) & (u < 0.9 * width)
    lash_colour = np.percentile(skin[lash_band].reshape(-1, 3), 15, axis=0) * 0.8

    # A frame lies over the lids: they move below it.
    frame = _frame(skin, lids) if behind_glasses else np.zeros(skin.shape[:2], np.float32)
    bare, lash_share = _without_lashes(skin, lids, frame)
    below = np.where(frame[..., None] > 0, bare, skin.astype(np.float32))
    sprites = np.empty((LID_STEPS - 1, *skin.shape[:2], 4), np.uint8)
    for step in range(1, LID_STEPS):
        shut = step / (LID_STEPS - 1)
        # The lashes of an open eye point up and out; on a closed lid they would look like hooks at the
        # corners.
        gone = ramp(0.2, 0.8, np.float32(shut))
        source = below * (1 - gone) + bare * gone
        # The margin itself is slightly above the landmark line, under the lashes.
        margin = lids.upper - 0.06 * width * lashes * min(1.0, 2 * shut)
        fall = _UPPER_LID_SHARE * opening * shut + (lids.upper - margin)
        rise = (1 - _UPPER_LID_SHARE) * opening * shut
        edge = margin + fall
        upper = _sample(source, lids, _stretched(edge - v, fall, crease) - (edge - v) + fall)
        lower_edge = lids.lower - rise
        cheek = 0.22 * width
        lower = _sample(source, lids, -(_stretched(v - lower_edge, rise, cheek) - (v - lower_edge) + rise))

        thickness = (0.020 + 0.006 * shut) * width  # lashes that point down overlap
        lash = bump(v - edge + 0.004 * width, thickness) * lashes * ramp(0, 0.5, shut) * 0.75
        upper = upper * (1 - lash[..., None]) + lash_colour * lash[..., None]
        # A closed lid bulges over the eyeball: light at its top, shadow under the brow and at the lashes.
        bulge = bump(v - (lids.upper + 0.35 * fall), 0.16 * width) * lashes * shut
        upper = upper * (1 + 0.05 * bulge[..., None])

        appear = ramp(0.0, 0.08, shut)
        over = np.clip((edge - v) / 1.6 + 0.5, 0, 1) * appear
        under = np.clip((v - lower_edge) / 1.6 + 0.5, 0, 1) * appear * (1 - over)
        alpha = over + under
        colour = (upper * over[..., None] + lower * under[..., None]) / np.maximum(alpha, 1e-4)[..., None]
        # Only where something moved: elsewhere the sprite would cover the gaze without need.
        moved = ramp(0.0, 0.05 * width, np.minimum(u + 0.1 * width, 1.1 * width - u))
        moved = np.maximum(moved, lash_share * gone)
        shown = alpha * moved * (1 - frame) * still
        sprites[step - 1] = np.clip(np.dstack([colour, shown * 255]), 0, 255).astype(np.uint8)
    return sprites


def _frame(skin: Pixels, lids: _Eyelids) -> Floats:
    """Mask of the frame of glasses around an eye, 0..1: thin, long, and unlike the skin on both sides."""
    width = lids.width
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_odd(_FRAME_THICK * width),) * 2)
    grey = cv2.cvtColor(skin, cv2.COLOR_RGB2GRAY)
    dark, light = (cv2.morphologyEx(grey, kind, kernel) for kind in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT))
    away = np.maximum(lids.upper - lids.v, np.maximum(lids.v - lids.lower, _past(lids)))
    thin = (np.maximum(dark, light) > _FRAME_CONTRAST * (grey.mean() + 10)) & (away > _FRAME_AWAY * width)
    apart = _from_cheek(skin, lids)
    # Its shadow on the skin differs less.
    thin &= apart > max(_FRAME_APART, 0.55 * float(np.percentile(apart[away > 0], 97)))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(thin.astype(np.uint8))
    extent = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    is_long = extent > _FRAME_LONG * width
    is_long[0] = False
    mask = cv2.dilate(is_long[labels].astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), max(0.5, 0.012 * width)), np.float32)


def _past(lids: _Eyelids) -> Floats:
    """Distance past the corners; negative between them."""
    return np.asarray(np.maximum(-lids.u, lids.u - lids.width), np.float32)


def _odd(size: float) -> int:
    return max(3, int(size)) | 1


def _from_cheek(skin: Pixels, lids: _Eyelids) -> Floats:
    """How far the colour of each pixel is from that of the skin under the eye, in CIE Lab."""
    lab = np.asarray(cv2.cvtColor(skin.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
    below = lids.v - lids.lower
    cheek = (below > 0.16 * lids.width) & (below < 0.30 * lids.width) & (_past(lids) < 0)
    if not cheek.any():
        return np.zeros(skin.shape[:2], np.float32)
    return np.asarray(np.linalg.norm(lab - np.median(lab[cheek].reshape(-1, 3), axis=0), axis=-1), np.float32)


def _eyeball_beyond(skin: Pixels, lids: _Eyelids, eyeball: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What shows of the eyeball outside the landmarks of the lids, which can lie a little inside its edge.

    Such a sliver has another colour than the cheek, and continues the eyeball.
    """
    width, past, below = lids.width, _past(lids), lids.v - lids.lower
    reach = (below < _SLIVER * width) & (past < _SLIVER * width)
    reach &= lids.upper - lids.v < np.where(past > 0, _SLIVER * width, 0)
    sliver = reach & (_from_cheek(skin, lids) > _SLIVER_APART)
    _, labels = cv2.connectedComponents((sliver | eyeball).astype(np.uint8))
    return np.asarray(sliver & np.isin(labels, np.unique(labels[eyeball])), np.bool_)


def _without_lashes(skin: Pixels, lids: _Eyelids, frame: Floats) -> tuple[Floats, Floats]:
    """The skin alone, and a mask of where lashes and eyeliner above the eye were, 0..1.

    Lashes and eyeliner are darker than their surroundings, near the upper lid's edge and past the corners.
    """
    v, width = lids.v, lids.width
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_odd(0.14 * width),) * 2)
    grey = cv2.cvtColor(skin, cv2.COLOR_RGB2GRAY)
    dark = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, kernel).astype(np.float32) / (grey.mean() + 10)
    above = lids.upper - v  # positive above the edge
    past = _past(lids)
    near = (above < _LASH_HEIGHT * width) & (above > -0.06 * width) & (past < _LASH_PAST_CORNER * width)
    near &= frame == 0
    eyeball = (v > lids.upper) & (v < lids.lower) & (past < 0)
    beyond = _eyeball_beyond(skin, lids, eyeball)
    eyeball |= beyond
    lashes = (near & (dark > _LASH_DARKER) & ~eyeball).astype(np.uint8)
    lashes = cv2.dilate(lashes, np.ones((3, 3), np.uint8), iterations=max(1, int(0.012 * width)))
    # Eyeball and frame are filled too: otherwise their colours would bleed into the skin.
    hidden = np.maximum(lashes, (eyeball | (frame > 0)).astype(np.uint8))
    if frame.any():  # little skin is left between frame and lid: all of it counts
        near_lid = _from_cheek(skin, lids) > _FRAME_APART
        unlike = cv2.dilate(np.maximum(hidden, near_lid.astype(np.uint8)), np.ones((5, 5), np.uint8))
        bare = fill_inward(skin.astype(np.float32), 1 - unlike.astype(np.float32))
    else:
        bare = cv2.inpaint(skin, hidden, max(2.0, 0.05 * width), cv2.INPAINT_TELEA).astype(np.float32)
    gone = np.maximum(lashes, cv2.dilate(beyond.astype(np.uint8), np.ones((3, 3), np.uint8)))
    share = cv2.GaussianBlur(gone.astype(np.float32), (0, 0), max(0.8, 0.015 * width))
    return bare, np.minimum(1, 1.5 * share) * (past > 0)


def _stretched(distance: Floats, travel: Floats, reach: float) -> Floats:
    """Distance of a lid's point from its edge before the edge moved by `travel`.

    The skin near the edge keeps its size, and the stretch grows towards the crease: a point at distance s
    ends at s + travel·(s/reach)², solved for s. Beyond the crease nothing moves.
    """
    bend = np.maximum(travel, 1e-3) / reach**2
    near = (np.sqrt(1 + 4 * bend * np.maximum(distance, 0)) - 1) / (2 * bend)
    before = np.where(distance < reach + travel, near, distance - travel)
    return np.where(distance > 0, before, distance).astype(np.float32)


def _sample(skin: Floats, lids: _Eyelids, back: Floats) -> Floats:
    """The skin, with each pixel taken from `back` pixels higher along the eye's vertical."""
    rows, columns = np.mgrid[0 : skin.shape[0], 0 : skin.shape[1]].astype(np.float32)
    at = np.stack([columns - back * lids.down[0], rows - back * lids.down[1]], axis=-1)
    return sample(skin, at.astype(np.float32), smooth=True)


def _eyeball(skin: Pixels, lids: _Eyelids, centre: Floats, radius: float) -> tuple[Pixels, Pixels, Pixels]:
    """The iris sprite, the white of the eye, and a mask of the visible eyeball."""
    rows, columns = np.mgrid[0 : skin.shape[0], 0 : skin.shape[1]].astype(np.float32)
    from_centre = np.hypot(columns - centre[0], rows - centre[1])
    between = (lids.u > 0) & (lids.u < lids.width)
    opening = np.clip((lids.v - lids.upper) / 1.5 - 0.3, 0, 1)
    opening = (opening * np.clip((lids.lower - lids.v) / 1.5 - 0.3, 0, 1) * between).astype(np.float32)
    picture = skin.astype(np.float32)

    sclera = opening * (from_centre > 1.2 * radius)
    white = fill_inward(picture, sclera.astype(np.float32)) if sclera.sum() > 20 else picture

    # Hidden parts of the iris are filled by mirroring it, then by its mean colour.
    mirror = np.stack([2 * centre[0] - columns, rows], axis=-1)
    mirrored, mirrored_open = sample(picture, mirror), sample(opening, mirror)[..., None]
    seen = (opening * (from_centre < 1.25 * radius)).astype(np.float32)
    mean = fill_inward(picture, seen)
    hidden = mirrored * mirrored_open + mean * (1 - mirrored_open)
    whole = picture * opening[..., None] + hidden * (1 - opening[..., None])
    disc = np.clip((1.08 * radius - from_centre) / 1.2 + 0.5, 0, 1)
    soft = cv2.GaussianBlur(opening, (0, 0), 0.7)
    return (
        np.clip(np.dstack([whole, disc * 255]), 0, 255).astype(np.uint8),
        np.clip(white, 0, 255).astype(np.uint8),
        np.clip(soft * 255, 0, 255).astype(np.uint8),
    )
