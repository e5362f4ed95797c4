"""The outline of a painted person, in the metadata of the picture.

A painter knows where its person is; a model has to guess, and misses hats and plaits. The mask travels in the
XMP of PNG, JPEG and WebP files, beside a thumbnail of the picture that it belongs to: in a picture that was
cut or changed since, it counts for nothing.
"""

import base64
import io
import re
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from PIL import Image, PngImagePlugin

from visavis.engine.arrays import Pixels

_LONGEST_PX: Final = 640  # the XMP of a JPEG has at most 64 KB
_QUALITY: Final = 80
_NOISE: Final = 10.0
_THUMBNAIL_PX: Final = 12
_SAME: Final = 16  # of 255: pictures whose thumbnails differ by less are the same
_PNG_XMP: Final = "XML:com.adobe.xmp"
_PACKET: Final = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:visavis="urn:visavis:1.0" visavis:Thumbnail="{thumbnail}" '
    'visavis:Person="{person}"/></rdf:RDF></x:xmpmeta>'
)
_FOUND: Final = re.compile(
    rb'visavis:Thumbnail="([0-9a-f]{%d})"\s+visavis:Person="([A-Za-z0-9+/=]{1,80000})"'
    % (2 * _THUMBNAIL_PX**2)
)


def save_options(rgb: Pixels, person: Pixels, kind: str) -> dict[str, Any]:
    """What Pillow's `save` takes to write the outline into a file.

    Args:
        rgb: The picture, shape `(height, width, 3)`.
        person: Mask of the person, shape `(height, width)`, 255 where it is.
        kind: `PNG`, `JPEG` or `WEBP`.
    """
    mask = Image.fromarray(person)
    mask.thumbnail((_LONGEST_PX, _LONGEST_PX))
    file = io.BytesIO()
    mask.save(file, "JPEG", quality=_QUALITY)
    packet = _PACKET.format(
        thumbnail=_thumbnail(rgb).tobytes().hex(), person=base64.b64encode(file.getvalue()).decode()
    )
    if kind != "PNG":
        return {"xmp": packet.encode()}
    notes = PngImagePlugin.PngInfo()
    notes.add_itxt(_PNG_XMP, packet)
    return {"pnginfo": notes}


def save_outlined(rgb: Pixels, person: Pixels, path: Path, kind: str, **options: Any) -> None:
    """Write a picture with the outline of its person.

    Args:
        rgb: The picture, shape `(height, width, 3)`.
        person: Mask of the person, shape `(height, width)`, 255 where it is.
        path: The file.
        kind: `PNG`, `JPEG` or `WEBP`.
        options: More of what Pillow's `save` takes.
    """
    rgb = np.ascontiguousarray(rgb)
    Image.fromarray(rgb).save(path, kind, **options, **save_options(rgb, person, kind))


def find_outline(image: Image.Image, rgb: Pixels) -> Pixels | None:
    """The mask of the person that a file holds for its picture; `None` if it holds none that can be used.

    Args:
        image: The opened file, after its pixels were loaded.
        rgb: The picture, not yet turned upright.
    """
    try:
        return _read(image, rgb)
    except Exception:  # noqa: BLE001 - a damaged note about the picture is no reason to refuse it
        return None


def _read(image: Image.Image, rgb: Pixels) -> Pixels | None:
    packet = image.info.get("xmp") or image.info.get(_PNG_XMP) or b""
    found = _FOUND.search(packet.encode() if isinstance(packet, str) else packet)
    if found is None:
        return None
    told = np.frombuffer(bytes.fromhex(found[1].decode()), np.uint8).reshape(_THUMBNAIL_PX, _THUMBNAIL_PX)
    if np.abs(_thumbnail(rgb).astype(int) - told).max() > _SAME:
        return None
    with Image.open(io.BytesIO(base64.b64decode(found[2])), formats=("JPEG",)) as mask:
        if max(mask.size) > _LONGEST_PX or mask.mode != "L":
            return None
        size = rgb.shape[1], rgb.shape[0]
        grown = cv2.resize(np.asarray(mask, np.float32), size, interpolation=cv2.INTER_LINEAR)
    # What JPEG adds beside edges is neither person nor background.
    sure = (grown - _NOISE) * (255 / (255 - 2 * _NOISE))
    return np.asarray(np.clip(np.rint(sure), 0, 255), np.uint8)


def _thumbnail(rgb: Pixels) -> Pixels:
    small = cv2.resize(rgb, (_THUMBNAIL_PX, _THUMBNAIL_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
