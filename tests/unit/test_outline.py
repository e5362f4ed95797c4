"""The outline of a painted person, which travels in the file of its picture."""

import io

import numpy as np
import pytest
from PIL import Image

from visavis.engine.arrays import Pixels
from visavis.engine.outline import save_options
from visavis.engine.photo import read_photo


@pytest.fixture(scope="module")
def picture() -> tuple[Pixels, Pixels]:
    """A grey disc on a slope of colours, and where the disc is."""
    y, x = np.mgrid[0:300, 0:400]
    inside = np.hypot(x - 180, y - 150) < 90
    rgb = np.stack([x * 255 // 400, y * 255 // 300, 128 + 0 * x], axis=-1)
    rgb[inside] = 90
    return rgb.astype(np.uint8), (inside * 255).astype(np.uint8)


def written(rgb: Pixels, outlined: tuple[Pixels, Pixels], kind: str) -> bytes:
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, kind, **save_options(*outlined, kind))
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_file_says_where_its_person_is(picture: tuple[Pixels, Pixels], kind: str) -> None:
    person = read_photo(written(picture[0], picture, kind)).person
    assert person is not None
    assert (np.abs(person.astype(int) - picture[1]) > 100).mean() < 0.01


def test_a_picture_that_was_changed_has_no_outline(picture: tuple[Pixels, Pixels]) -> None:
    rgb = picture[0]
    for changed in (rgb[40:260, 60:360], rgb[:, ::-1], 255 - rgb):
        assert read_photo(written(np.ascontiguousarray(changed), picture, "PNG")).person is None
    assert read_photo(written(rgb, picture, "PNG"), longest_side_px=200).person is not None


def test_a_damaged_outline_is_none(picture: tuple[Pixels, Pixels]) -> None:
    whole = save_options(*picture, "WEBP")["xmp"]
    for part in (b'visavis:Person="', b'visavis:Person="/9j/'):
        file = io.BytesIO()
        Image.fromarray(picture[0]).save(file, "WEBP", xmp=whole.replace(part, part[:-1] + b'"AAA'))
        assert read_photo(file.getvalue()).person is None
