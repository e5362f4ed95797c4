"""The rig file, `.visavis`: one safetensors container, described in docs/rig-file.md.

It contains pictures as PNG (the whole photo as JPEG), fields as half floats, and other data as JSON in the
container's metadata. It contains no code, so a rig from anybody can be opened.
"""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from safetensors import SafetensorError
from safetensors.numpy import load, save

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.rig.controls import CONTROLS, FIELD_CONTROLS
from visavis.engine.rig.eyes import LID_STEPS, Eye
from visavis.engine.rig.fields import DisplacementFields
from visavis.engine.rig.interior import Interior
from visavis.engine.rig.lips import Box, LipLayers
from visavis.engine.rig.model import Picture, Rig
from visavis.engine.rig.space import CELL_PX
from visavis.errors import OutputError, RigFileError
from visavis.whole_file import whole_file

SUFFIX: Final = ".visavis"
VERSION: Final = 1

_MAX_BYTES: Final = 64 * 1024 * 1024
_PNG_LEVEL: Final = 1  # a tenth of the default's time, and a tenth larger
_JPEG_QUALITY: Final = 95
_SIDES: Final = ("left", "right")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _BoxHeader(_Strict):
    left: int = Field(ge=0, le=4096)
    top: int = Field(ge=0, le=4096)
    width: int = Field(ge=CELL_PX, le=4096)
    height: int = Field(ge=CELL_PX, le=4096)

    @classmethod
    def of(cls, box: Box) -> "_BoxHeader":
        return cls(left=box.left, top=box.top, width=box.width, height=box.height)

    def box(self) -> Box:
        return Box(self.left, self.top, self.width, self.height)


class _EyeHeader(_Strict):
    box: _BoxHeader
    iris_radius_px: float = Field(gt=0, le=4096)


class _InteriorHeader(_Strict):
    tilt_rad: float = Field(ge=-4, le=4)
    middle: tuple[float, float]
    from_photo: bool


class _PictureHeader(_Strict):
    width: int = Field(gt=0, le=4096)
    height: int = Field(gt=0, le=4096)
    left: float = Field(ge=-1, le=4096)
    top: float = Field(ge=-1, le=4096)
    side: float = Field(gt=0, le=4097)


class _Header(_Strict):
    format: Literal[1]
    size: int = Field(ge=64, le=2048, multiple_of=16)
    controls: tuple[str, ...]
    field_controls: tuple[str, ...]
    pixels_per_cm: float = Field(gt=0)
    eyes: tuple[_EyeHeader, _EyeHeader]
    mouth_box: _BoxHeader
    mouth_patch: _BoxHeader
    interior: _InteriorHeader
    picture: _PictureHeader

    @model_validator(mode="after")
    def _parts_fit(self) -> "_Header":
        box, patch, middle = self.mouth_box, self.mouth_patch, self.interior.middle
        aligned = all(n % CELL_PX == 0 for n in (box.left, box.top, box.width, box.height))
        held = (
            patch.left <= box.left
            and patch.top <= box.top
            and patch.left + patch.width >= box.left + box.width
            and patch.top + patch.height >= box.top + box.height
        )
        if not (aligned and held and 0 <= middle[0] < box.width and 0 <= middle[1] < box.height):
            raise ValueError("the parts of the mouth do not fit together")
        return self


def save_rig(rig: Rig, path: Path) -> None:
    """Write a rig file; it appears when it is complete.

    Raises:
        OutputError: The folder cannot be written to.
    """
    try:
        with whole_file(path) as part:
            part.write_bytes(rig_bytes(rig))
    except OSError as error:
        raise OutputError(f"{path} cannot be written ({error.strerror}).") from error


def rig_bytes(rig: Rig) -> bytes:
    """Content of a rig file."""
    inside, lips = rig.interior, rig.lips
    pictures: dict[str, Pixels] = {
        "person.png": rig.person,
        "background.png": rig.background,
        "lips.upper.png": lips.upper,
        "lips.lower.png": lips.lower,
        "lips.feather.png": lips.feather,
        "interior.upper_teeth.png": inside.upper_teeth,
        "interior.lower_teeth.png": inside.lower_teeth,
        "interior.tongue.png": inside.tongue,
        "interior.cavity.png": inside.cavity,
        "interior.front_teeth.png": inside.front_teeth,
    }
    for side, eye in zip(_SIDES, rig.eyes, strict=True):
        pictures[f"eye.{side}.lids.png"] = eye.lids.reshape(-1, *eye.lids.shape[2:])
        pictures[f"eye.{side}.iris.png"] = eye.iris
        pictures[f"eye.{side}.white.png"] = eye.white
        pictures[f"eye.{side}.opening.png"] = eye.opening
    tensors: dict[str, NDArray[Any]] = {name: _png(image) for name, image in pictures.items()}
    tensors["picture.jpg"] = _encode(".jpg", rig.picture.rgb, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    tensors["fields.upper"] = rig.fields.upper.astype(np.float16)
    tensors["fields.lower"] = rig.fields.lower.astype(np.float16)
    tensors["fields.upper_share"] = rig.fields.upper_share.astype(np.float16)
    tensors["neutral"] = rig.neutral.astype(np.float32)
    return save(tensors, metadata={"visavis": _header(rig).model_dump_json()})


def load_rig(source: Path | bytes) -> Rig:
    """Open a rig file.

    Args:
        source: Path, or content of the file.

    Raises:
        RigFileError: It is not a rig, is damaged, or was written by a newer visavis.
    """
    try:
        content = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise RigFileError(f"The rig cannot be read ({error.strerror}).") from error
    if len(content) > _MAX_BYTES:
        raise RigFileError(f"The rig is larger than {_MAX_BYTES // 2**20} MiB, the maximum for a rig.")
    header, tensors = _open(content)
    if header.controls != CONTROLS or header.field_controls != FIELD_CONTROLS:
        raise RigFileError("The rig was made by another version of visavis. Build it again from the photo.")
    try:
        return _rig(header, tensors)
    except KeyError as error:
        raise RigFileError(f"The rig is damaged: {error.args[0]} is missing.") from error


def is_rig(content: bytes) -> bool:
    """Whether the first kilobytes of a file look like a rig; the name does not matter."""
    return len(content) > 16 and content[8:9] == b"{" and b'"visavis"' in content[:65536]


def _header(rig: Rig) -> _Header:
    picture = rig.picture
    eyes = tuple(
        _EyeHeader(
            box=_BoxHeader(left=e.left, top=e.top, width=e.opening.shape[1], height=e.opening.shape[0]),
            iris_radius_px=e.iris_radius_px,
        )
        for e in rig.eyes
    )
    return _Header(
        format=VERSION,
        size=rig.size,
        controls=CONTROLS,
        field_controls=FIELD_CONTROLS,
        pixels_per_cm=rig.pixels_per_cm,
        eyes=(eyes[0], eyes[1]),
        mouth_box=_BoxHeader.of(rig.lips.box),
        mouth_patch=_BoxHeader.of(rig.lips.patch),
        interior=_InteriorHeader(
            tilt_rad=rig.interior.tilt_rad, middle=rig.interior.middle, from_photo=rig.interior.from_photo
        ),
        picture=_PictureHeader(
            width=picture.rgb.shape[1],
            height=picture.rgb.shape[0],
            left=picture.left,
            top=picture.top,
            side=picture.side,
        ),
    )


def _open(content: bytes) -> tuple[_Header, Mapping[str, NDArray[Any]]]:
    try:
        # safetensors returns metadata only for paths: it is the first entry of the JSON header.
        length = int.from_bytes(content[:8], "little")
        metadata = json.loads(content[8 : 8 + length])["__metadata__"]["visavis"]
        return _Header.model_validate_json(metadata), load(content)
    except (SafetensorError, ValidationError, ValueError, KeyError, TypeError) as error:
        raise RigFileError("The file is not a rig that visavis can open, or it is damaged.") from error


def _rig(header: _Header, tensors: Mapping[str, NDArray[Any]]) -> Rig:
    size, cells = header.size, header.size // CELL_PX
    box, patch = _within(header.mouth_box.box(), size), _within(header.mouth_patch.box(), size)
    field_shape = (len(FIELD_CONTROLS), cells, cells, 2)

    def image(name: str, where: Box, channels: int) -> Pixels:
        return _decode(tensors, f"{name}.png", (where.height, where.width, channels))

    whole = Box(0, 0, size, size)
    picture, inside = header.picture, header.interior
    return Rig(
        person=image("person", whole, 4),
        background=image("background", whole, 3),
        fields=DisplacementFields(
            upper=_floats(tensors, "fields.upper", field_shape),
            lower=_floats(tensors, "fields.lower", field_shape),
            upper_share=_floats(tensors, "fields.upper_share", (cells, cells)),
        ),
        eyes=(
            _eye("left", header.eyes[0], tensors, size),
            _eye("right", header.eyes[1], tensors, size),
        ),
        lips=LipLayers(
            box=box,
            patch=patch,
            upper=image("lips.upper", patch, 4),
            lower=image("lips.lower", patch, 4),
            feather=image("lips.feather", box, 1),
        ),
        interior=Interior(
            upper_teeth=image("interior.upper_teeth", box, 4),
            lower_teeth=image("interior.lower_teeth", box, 4),
            tongue=image("interior.tongue", box, 4),
            cavity=image("interior.cavity", box, 3),
            front_teeth=image("interior.front_teeth", box, 1),
            tilt_rad=inside.tilt_rad,
            middle=inside.middle,
            from_photo=inside.from_photo,
        ),
        neutral=_floats(tensors, "neutral", (len(CONTROLS),)),
        picture=Picture(
            _decode(tensors, "picture.jpg", (picture.height, picture.width, 3)),
            picture.left,
            picture.top,
            picture.side,
        ),
        pixels_per_cm=header.pixels_per_cm,
    )


def _eye(side: str, header: _EyeHeader, tensors: Mapping[str, NDArray[Any]], size: int) -> Eye:
    box = _within(header.box.box(), size)

    def image(part: str, height: int, channels: int) -> Pixels:
        return _decode(tensors, f"eye.{side}.{part}.png", (height, box.width, channels))

    steps = LID_STEPS - 1
    return Eye(
        left=box.left,
        top=box.top,
        lids=image("lids", steps * box.height, 4).reshape(steps, box.height, box.width, 4),
        iris=image("iris", box.height, 4),
        white=image("white", box.height, 3),
        opening=image("opening", box.height, 1),
        iris_radius_px=header.iris_radius_px,
    )


def _within(box: Box, size: int) -> Box:
    if box.left + box.width > size or box.top + box.height > size:
        raise RigFileError("The rig is damaged: a part is outside its picture.")
    return box


def _floats(tensors: Mapping[str, NDArray[Any]], name: str, shape: tuple[int, ...]) -> Floats:
    values = tensors[name]
    if values.shape != shape or values.dtype.kind != "f" or not np.isfinite(values).all():
        raise RigFileError(
            f"The rig is damaged: {name} is not an array of finite numbers with the shape {shape}."
        )
    return values.astype(np.float32)


def _png(image: Pixels) -> Pixels:
    return _encode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, _PNG_LEVEL])


def _encode(kind: str, image: Pixels, options: list[int]) -> Pixels:
    """Encode a picture as an array of bytes. OpenCV expects blue first."""
    order = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
    if image.ndim == 3:
        image = np.asarray(cv2.cvtColor(image, order[image.shape[-1]]), np.uint8)
    done, encoded = cv2.imencode(kind, image, options)
    if not done:
        raise AssertionError(f"no {kind} of {image.shape}")
    return np.asarray(encoded, np.uint8).reshape(-1)


def _decode(tensors: Mapping[str, NDArray[Any]], name: str, shape: tuple[int, int, int]) -> Pixels:
    """Decode the picture with that name, which must have `shape` (height, width, channels)."""
    height, width, channels = shape
    encoded = tensors[name]
    flags = cv2.IMREAD_UNCHANGED
    order = {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}
    try:
        # The size is in the picture's first bytes: a decompression bomb is refused before it is unpacked.
        with Image.open(io.BytesIO(encoded.tobytes())) as peek:
            fits = peek.size == (width, height)
        image = cv2.imdecode(encoded, flags) if fits else None
    except (cv2.error, OSError, ValueError, Image.DecompressionBombError):
        image = None
    wanted = (height, width) if channels == 1 else (height, width, channels)
    if image is None or image.shape != wanted or image.dtype != np.uint8:
        raise RigFileError(f"The rig is damaged: {name} is not a picture of {width}x{height}.")
    return np.asarray(image if channels == 1 else cv2.cvtColor(image, order[channels]), np.uint8)
