"""Pictures of characters in a rendering process: painted, and fitted to what a client asked for."""

import json
import math
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from PIL import Image, ImageColor

from visavis import painter
from visavis.engine.arrays import Floats, Pixels
from visavis.engine.face import FaceModels, find_face
from visavis.engine.outline import save_outlined
from visavis.engine.photo import LONGEST_SIDE_PX, Photo, read_photo
from visavis.engine.rig.build import check_photo
from visavis.engine.rig.crop import head_square
from visavis.errors import FaceTooSmallError, NoFaceError
from visavis.ports.images import SCENE, TRANSPARENT
from visavis.worker.protocol import (
    FitRequest,
    Fitted,
    Painted,
    PaintRequest,
    PicturesChecked,
    PicturesRequest,
)

_MAX_SIDE_PX: Final = 16_383  # of a WebP
_PAPER: Final = (235, 235, 235)  # behind a cut-out that should have a background
_WIDE: Final = 2.0  # in wider pictures, a face is looked for from closer
_BLUR: Final = 0.05  # of what fills a picture that is too narrow, as a share of its longer side
_QUALITY: Final = {"image/jpeg": {"quality": 92}, "image/webp": {"quality": 92, "method": 3}}
_FORMATS: Final = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}


def check_pictures(request: PicturesRequest) -> PicturesChecked:
    """Decode pictures, whatever they show.

    Raises:
        PhotoError: One of them cannot be read.
    """
    for image in request.images:
        read_photo(image)
    return PicturesChecked()


def paint(models: FaceModels, request: PaintRequest) -> Painted:
    """Paint a character.

    Raises:
        PhotoError: A reference cannot be read, or shows no face.
    """
    pictures = [read_photo(each).rgb for each in request.references]
    reference = painter.inspired_by(models, pictures) if pictures else None
    understood = painter.understand(request.prompt, request.hints, request.seed, reference)
    background = None if request.background == SCENE else request.background
    layers, person = painter.paint_outlined(
        understood.character, request.width_px, request.height_px, background
    )
    is_cut_out = request.background == TRANSPARENT
    photo = Photo(layers[..., :3], layers[..., 3] if is_cut_out else None, person)
    _save(photo, request.output, "PNG", compress_level=1)
    return Painted(understood=json.dumps(understood.as_json()))


def fit(models: FaceModels, request: FitRequest) -> Fitted:
    """Cut a picture to its size, give it its background and format, and check the face in it.

    Raises:
        PhotoError: It cannot be read, or its face cannot speak.
    """
    photo = read_photo(request.image, longest_side_px=_MAX_SIDE_PX)
    size = request.width_px, request.height_px
    if photo.rgb.shape[1::-1] != size:
        photo = _cut(models, photo, size)
    photo = _before(models, photo, request.background)
    warnings = _check(models, photo)
    options = _QUALITY.get(request.content_type, {})
    _save(photo, request.output, _FORMATS[request.content_type], **options)
    return Fitted(warnings=warnings)


def _save(photo: Photo, path: Path, kind: str, **options: Any) -> None:
    """Write a picture, and the outline of its person if there is one."""
    if photo.alpha is None and photo.person is not None:
        save_outlined(photo.rgb, photo.person, path, kind, **options)
        return
    layers = photo.rgb if photo.alpha is None else np.dstack([photo.rgb, photo.alpha])
    Image.fromarray(layers).save(path, kind, **options)


def _cut(models: FaceModels, photo: Photo, size: tuple[int, int]) -> Photo:
    """The part around the head, in the shape of the wanted size; what lies outside the photo is blurred."""
    height, width = photo.rgb.shape[:2]
    shape = size[0] / size[1]
    head = head_square(photo.rgb, find_face(models, _on_paper(photo)).landmarks.points)
    # As much as there is; but never less than the head.
    window_height = max(min(height, width / shape), head.side, head.side / shape)
    window_width = window_height * shape
    left = _start(head.left + head.side / 2, window_width, width)
    top = _start(head.top + head.side / 2, window_height, height)
    scale = size[0] / window_width
    turn = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]])
    rgb = _shrunk_first(photo.rgb, scale)
    ratio = rgb.shape[1] / width
    turn[:, :2] /= ratio
    filled = np.asarray(
        cv2.warpAffine(rgb, turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101), np.uint8
    )
    inside = np.asarray(
        cv2.warpAffine(np.ones(rgb.shape[:2], np.float32), turn, size, flags=cv2.INTER_LINEAR), np.float32
    )
    if inside.min() < 1:
        filled = _softened(filled, inside)
    if photo.alpha is None:
        return Photo(filled, None)
    alpha = cv2.warpAffine(_shrunk_first(photo.alpha, scale), turn, size, flags=cv2.INTER_LINEAR)
    return Photo(filled, np.asarray(alpha, np.uint8))


def _start(centre: float, length: float, available: int) -> float:
    """Where a window around a centre begins: within what is there, if it is not longer than that."""
    if length > available:
        return (available - length) / 2
    return float(np.clip(centre - length / 2, 0, available - length))


def _shrunk_first(pixels: Pixels, scale: float) -> Pixels:
    """Pixels that are made small are averaged; sampling would skip some."""
    if scale >= 1:
        return pixels
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _softened(rgb: Pixels, inside: Floats) -> Pixels:
    """A picture whose outer part, which mirrors the inner one, is blurred."""
    sigma = max(rgb.shape[:2]) * _BLUR
    far = cv2.GaussianBlur(rgb, (0, 0), sigma)
    near = np.clip(cv2.GaussianBlur(inside, (0, 0), sigma / 4) * 2 - 1, 0, 1)[..., None]
    return np.asarray(rgb * near + far * (1 - near) + 0.5, np.uint8)


def _before(models: FaceModels, photo: Photo, background: str) -> Photo:
    """A photo with the background that was asked for."""
    if background == TRANSPARENT:
        return photo if photo.alpha is not None else Photo(photo.rgb, _person(models, photo.rgb))
    if background == SCENE:
        return photo if photo.alpha is None else Photo(_over(photo.rgb, photo.alpha, _PAPER), None)
    colour = ImageColor.getrgb(background)[:3]
    if photo.alpha is None and photo.person is not None:
        return photo  # the painter has painted it before that colour
    alpha = photo.alpha if photo.alpha is not None else _person(models, photo.rgb)
    return Photo(_over(photo.rgb, alpha, colour), None)


def _person(models: FaceModels, rgb: Pixels) -> Pixels:
    return np.asarray(np.clip(models.person_mask(rgb) * 1.5 - 0.25, 0, 1) * 255 + 0.5, np.uint8)


def _over(rgb: Pixels, alpha: Pixels, colour: tuple[int, ...]) -> Pixels:
    share = alpha[..., None].astype(np.float32) / 255
    return np.asarray(rgb * share + np.array(colour, np.float32) * (1 - share) + 0.5, np.uint8)


def _on_paper(photo: Photo) -> Pixels:
    return photo.rgb if photo.alpha is None else _over(photo.rgb, photo.alpha, _PAPER)


def _check(models: FaceModels, photo: Photo) -> tuple[str, ...]:
    """Whether the face can speak; in the size in which a photo of it would be read."""
    height, width = photo.rgb.shape[:2]
    whole = _small(photo)
    try:
        return check_photo(models, whole).warnings
    except (NoFaceError, FaceTooSmallError):
        shape = width / height
        if 1 / _WIDE <= shape <= _WIDE:
            raise
    short = min(height, width)
    long = math.ceil(short * _WIDE)
    top, left = (0, (width - long) // 2) if width > height else (0, 0)
    part = np.s_[top : top + (short if width > height else long), left : left + long]
    return check_photo(
        models, _small(Photo(photo.rgb[part], None if photo.alpha is None else photo.alpha[part]))
    ).warnings


def _small(photo: Photo) -> Photo:
    scale = min(1.0, LONGEST_SIDE_PX / max(photo.rgb.shape[:2]))
    if scale == 1:
        return photo
    return Photo(
        _shrunk_first(photo.rgb, scale), None if photo.alpha is None else _shrunk_first(photo.alpha, scale)
    )
