"""Colour profiles, written by hand: each kind is applied by what it says, whatever it is called."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from visavis.engine.photo import read_photo

# Primaries as profiles store them, adapted to D50.
SRGB = [(0.4360, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7139)]
DISPLAY_P3 = [(0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841)]
ADOBE_RGB = [(0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446)]
SRGB_TONES = (
    0.0,
    *[((k / 255 + 0.055) / 1.055) ** 2.4 if k > 10 else k / 255 / 12.92 for k in range(1, 256)],
)


def fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def curve(tones: float | tuple[float, ...]) -> bytes:
    if isinstance(tones, float):
        return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(tones * 256)) + b"\0\0"
    points = [round(65535 * tone) for tone in tones]
    return b"curv\0\0\0\0" + struct.pack(f">I{len(points)}H", len(points), *points)


def profile(tags: dict[bytes, bytes], *, space: bytes, kind: bytes = b"mntr", pcs: bytes = b"XYZ ") -> bytes:
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data = data.ljust(-(-len(data) // 4) * 4, b"\0")
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data
    header = struct.pack(">I4sI4s4s4s", start + len(body), b"\0" * 4, 0x02400000, kind, space, pcs)
    header += b"\0" * 12 + b"acsp" + b"\0" * 28 + fixed(0.9642, 1.0, 0.8249)
    return header.ljust(128, b"\0") + table + body


def named(name: str) -> dict[bytes, bytes]:
    text = name.encode() + b"\0"
    description = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78)
    return {b"desc": description, b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642, 1.0, 0.8249)}


def rgb_profile(
    primaries: list[tuple[float, float, float]], tones: float | tuple[float, ...], name: str
) -> bytes:
    colours = {
        tag: b"XYZ \0\0\0\0" + fixed(*primary)
        for tag, primary in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True)
    }
    tags = named(name) | colours | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve(tones))
    return profile(tags, space=b"RGB ")


def grey_profile(tones: float) -> bytes:
    return profile(named("Grey") | {b"kTRC": curve(tones)}, space=b"GRAY")


def cmyk_profile() -> bytes:
    """Ink as a table of two steps a channel, in Lab: light falls with all ink, red grows with magenta."""
    entries = b""
    for cell in range(16):
        cyan, magenta, yellow, black = (cell >> shift & 1 for shift in (3, 2, 1, 0))
        light = max(0.0, 1 - 0.3 * cyan - 0.35 * magenta - 0.05 * yellow - black)
        entries += bytes([round(255 * light), 128 + 60 * magenta - 40 * cyan, 128 + 60 * yellow - 40 * cyan])
    ramp = bytes(range(256))
    lut = (
        b"mft1\0\0\0\0"
        + bytes([4, 3, 2, 0])
        + fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
        + ramp * 4
        + entries
        + ramp * 3
    )
    return profile(named("Ink") | {b"A2B0": lut}, space=b"CMYK", kind=b"prtr", pcs=b"Lab ")


def read(image: Image.Image, icc: bytes, kind: str = "PNG") -> np.ndarray:
    file = io.BytesIO()
    image.save(file, kind, icc_profile=icc)
    return read_photo(file.getvalue()).rgb


def patch(*colour: int) -> Image.Image:
    return Image.new("RGB", (8, 8), colour)


def linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def srgb_of(primaries: list[tuple[float, float, float]], gamma: float | None, *colour: int) -> np.ndarray:
    """The colour by the book: to light, by the primaries to XYZ and back by those of sRGB."""
    light = np.array([linear(c / 255) if gamma is None else (c / 255) ** gamma for c in colour])
    return encoded(np.linalg.inv(np.array(SRGB).T) @ (np.array(primaries).T @ light))


def encoded(light: np.ndarray) -> np.ndarray:
    """Linear light as sRGB values, 0..255."""
    light = np.clip(light, 0, 1)
    return 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("name", ["sRGB", "GIMP built-in Linear sRGB", "sRGB IEC61966-2.1", ""])
def test_linear_light_is_converted_whatever_its_name(name):
    icc = rgb_profile(SRGB, 1.0, name)
    for colour in ((128, 128, 128), (200, 100, 30)):
        expected = srgb_of(SRGB, 1.0, *colour)
        assert np.abs(read(patch(*colour), icc)[0, 0] - expected).max() <= 2


@pytest.mark.parametrize("name", ["sRGB IEC61966-2.1", "c2", "Camera"])
def test_srgb_is_unchanged_whatever_its_name(name):
    values = np.arange(256, dtype=np.uint8)
    picture = np.stack([np.broadcast_to(values, (64, 256)), np.broadcast_to(values[::-1], (64, 256))], -1)
    picture = np.dstack([picture, np.full((64, 256), 77, np.uint8)])
    for icc in (
        rgb_profile(SRGB, SRGB_TONES, name),
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    ):
        np.testing.assert_array_equal(read(Image.fromarray(picture), icc), picture)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize(
    ("primaries", "tones", "gamma"), [(DISPLAY_P3, SRGB_TONES, None), (ADOBE_RGB, 2.19921875, 2.2)]
)
def test_wide_spaces_are_converted(primaries, tones, gamma, kind):
    icc = rgb_profile(primaries, tones, "sRGB or so")
    for colour in ((180, 120, 100), (90, 140, 110)):
        expected = srgb_of(primaries, gamma, *colour)
        assert np.abs(read(patch(*colour), icc, kind)[4, 4] - expected).max() <= (2 if kind == "PNG" else 6)


def test_grey_is_converted_by_grey_and_colour_profiles():
    grey = Image.new("L", (8, 8), 128)
    for icc in (grey_profile(1.0), rgb_profile(SRGB, 1.0, "sRGB linear")):
        assert np.abs(read(grey, icc)[0, 0].astype(int) - 188).max() <= 2


def test_cmyk_is_converted_by_its_profile():
    ink = Image.new("CMYK", (16, 16), (0, 0, 0, 0))
    assert read(ink, cmyk_profile(), "JPEG")[8, 8].min() > 245
    red = read(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), cmyk_profile(), "JPEG")[8, 8].astype(int)
    # L, a and b are all 60, in XYZ: a red that the plain formula (255, 0, 0) misses by far.
    middle = (60 + 16) / 116
    xyz = np.array([middle + 60 / 500, middle, middle - 60 / 200]) ** 3 * [0.9642, 1.0, 0.8249]
    assert np.abs(red - encoded(np.linalg.inv(np.array(SRGB).T) @ xyz)).max() <= 15


def broken() -> dict[str, tuple[Image.Image, bytes]]:
    whole = rgb_profile(SRGB, 1.0, "sRGB")
    picture = Image.fromarray(np.random.default_rng(5).integers(0, 256, (8, 8, 3), dtype=np.uint8))
    return {
        "nonsense": (picture, b"nonsense"),
        "cut": (picture, whole[:200]),
        "of another model": (picture, cmyk_profile()),
        "grey on colours": (picture, grey_profile(1.0)),
        "Lab": (picture, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()),
        "all dark": (picture, rgb_profile([(0.0, 0.0, 0.0)] * 3, 1.0, "sRGB")),
        "no curves": (picture, profile(named("sRGB"), space=b"RGB ")),
    }


@pytest.mark.parametrize("case", sorted(broken()))
def test_broken_profiles_are_ignored(case):
    image, icc = broken()[case]
    np.testing.assert_array_equal(read(image, icc), np.asarray(image))


def test_a_photo_reported_by_a_user(shared_data):
    found, meant = (
        read_photo(shared_data / "reports" / name).rgb.astype(int)
        for name in ("i11_linear_srgb.png", "reference_face.png")
    )
    assert found.shape == meant.shape
    assert np.abs(found - meant).mean() < 4
