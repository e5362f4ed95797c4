"""Sizes of avatar images."""

import typing

import pytest

from visavis.errors import RequestError
from visavis.surfaces.avatars.sizes import AspectRatio, Resolution, size_of


@pytest.mark.parametrize("resolution", typing.get_args(Resolution))
@pytest.mark.parametrize("aspect_ratio", typing.get_args(AspectRatio))
def test_each_size_has_its_shape_and_room_for_a_face(aspect_ratio: str, resolution: str) -> None:
    width, height = size_of(aspect_ratio, resolution)
    named = (1, 1) if aspect_ratio == "auto" else tuple(map(int, aspect_ratio.split(":")))
    assert width / height == pytest.approx(named[0] / named[1], rel=0.02)
    assert min(width, height) >= 384
    assert max(width, height) <= 16_383
    side = {"512": 512, "1K": 1024, "2K": 2048, "4K": 4096}[resolution]
    assert width * height >= 0.95 * side**2


@pytest.mark.parametrize(
    ("sides", "aspect_ratio", "expected"),
    [
        ({"width": 640, "height": 480}, "1:1", (640, 480)),
        ({"width": 640}, "16:9", (640, 360)),
        ({"height": 640}, "9:16", (360, 640)),
        ({"width": 300}, "auto", (300, 300)),
    ],
)
def test_sides_count_more_than_the_resolution(
    sides: dict[str, int], aspect_ratio: str, expected: tuple[int, int]
) -> None:
    assert size_of(aspect_ratio, "1K", **sides) == expected


def test_a_side_that_gets_too_short_is_refused() -> None:
    with pytest.raises(RequestError, match="300x38 pixels"):
        size_of("8:1", "1K", width=300)
