import io
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from visavis.engine.photo import LONGEST_SIDE_PX, MAX_PIXELS, read_photo
from visavis.errors import PhotoError


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def ramp(width: int = 48, height: int = 32) -> np.ndarray:
    """Red grows to the right, green downwards."""
    picture = np.full((height, width, 3), 90, np.uint8)
    picture[..., 0] = np.linspace(0, 255, width)
    picture[..., 1] = np.linspace(0, 255, height)[:, None]
    return picture


def png(width: int, height: int, depth: int, colour: int, rows: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG written by hand: for depths that Pillow does not write."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n"
    for kind, data in [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]:
        content += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return content


def rows_of(values: np.ndarray) -> bytes:
    """Big-endian rows, each after its filter byte."""
    return b"".join(b"\0" + row.astype(values.dtype.newbyteorder(">")).tobytes() for row in values)


@pytest.mark.parametrize(("kind", "tolerance"), [("PNG", 0), ("WEBP", 12), ("JPEG", 12)])
def test_plain_colours_are_unchanged(kind, tolerance):
    photo = read_photo(encoded(Image.fromarray(ramp()), kind, quality=95))
    assert photo.rgb.dtype == np.uint8
    assert photo.rgb.flags.c_contiguous
    assert photo.alpha is None
    assert np.abs(photo.rgb.astype(int) - ramp()).max() <= tolerance


def test_all_kinds_of_source(tmp_path: Path):
    content = encoded(Image.fromarray(ramp()), "PNG")
    path = tmp_path / "face.jpg"  # the name lies
    path.write_bytes(content)
    for source in (content, path, io.BytesIO(content)):
        np.testing.assert_array_equal(read_photo(source).rgb, ramp())


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_exif_rotation_is_undone(orientation, kind):
    upright = ramp()
    turned = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(turned))
    photo = read_photo(encoded(stored, kind, exif=exif, quality=95))
    assert photo.rgb.shape == upright.shape
    assert np.abs(photo.rgb.astype(int) - upright).mean() < 4


def without_adobe_mark(jpeg: bytes) -> bytes:
    at = jpeg.index(b"\xff\xee")
    (length,) = struct.unpack(">H", jpeg[at + 2 : at + 4])
    return jpeg[:at] + jpeg[at + 2 + length :]


@pytest.mark.parametrize("adobe", [True, False])
def test_cmyk_with_and_without_adobe_inversion(adobe):
    paper = np.zeros((16, 16, 4), np.uint8)  # no ink: white
    paper[:8, :, 0] = 255  # cyan above
    image = Image.frombytes("CMYK", (16, 16), paper.tobytes() if adobe else (255 - paper).tobytes())
    content = encoded(image, "JPEG", quality=98)
    rgb = read_photo(content if adobe else without_adobe_mark(content)).rgb.astype(int)
    assert np.abs(rgb[2, 8] - [0, 255, 255]).max() < 12
    assert np.abs(rgb[14, 8] - [255, 255, 255]).max() < 12


def test_grey_one_bit_and_palette():
    grey = Image.fromarray(ramp()[..., 0])
    np.testing.assert_array_equal(read_photo(encoded(grey, "PNG")).rgb[..., 2], ramp()[..., 0])
    bits = Image.fromarray(ramp()[..., 0] > 127)
    np.testing.assert_array_equal(read_photo(encoded(bits, "PNG")).rgb[..., 1], (ramp()[..., 0] > 127) * 255)
    palette = Image.fromarray(ramp()).quantize(64)
    np.testing.assert_array_equal(read_photo(encoded(palette, "PNG")).rgb, np.asarray(palette.convert("RGB")))


@pytest.mark.parametrize("transparency", [3, bytes([255, 128, 0] + [255] * 61)])
def test_palette_with_transparency(transparency):
    palette = Image.fromarray(ramp()).quantize(64)
    photo = read_photo(encoded(palette, "PNG", transparency=transparency))
    assert photo.alpha is not None
    index = np.asarray(palette)
    expected = np.full(256, 255)
    if isinstance(transparency, int):
        expected[transparency] = 0
    else:
        expected[: len(transparency)] = list(transparency)
    np.testing.assert_array_equal(photo.alpha, expected[index])


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_alpha_is_kept_apart(mode, kind):
    image = Image.fromarray(ramp()).convert(mode)
    alpha = np.zeros(ramp().shape[:2], np.uint8)
    alpha[8:24, 8:40] = 255
    image.putalpha(Image.fromarray(alpha))
    photo = read_photo(encoded(image, kind, lossless=True))
    np.testing.assert_array_equal(photo.alpha, alpha)
    expected = np.asarray(Image.fromarray(ramp()).convert("L" if mode == "LA" else "RGB").convert("RGB"))
    np.testing.assert_array_equal(photo.rgb[alpha > 0], expected[alpha > 0])


def test_full_alpha_counts_as_none():
    assert read_photo(encoded(Image.fromarray(ramp()).convert("RGBA"), "PNG")).alpha is None


def test_sixteen_bits_are_scaled():
    grey = np.linspace(0, 65535, 64).astype(np.uint16).reshape(4, 16)
    photo = read_photo(png(16, 4, 16, 0, rows_of(grey)))
    np.testing.assert_allclose(photo.rgb[..., 0], grey / 257, atol=0.51)
    colour = np.stack([grey, 65535 - grey, grey], axis=-1)
    photo = read_photo(png(16, 4, 16, 2, rows_of(colour)))
    np.testing.assert_allclose(photo.rgb, colour / 257, atol=1)


def test_sixteen_bit_grey_with_a_transparent_value():
    grey = np.linspace(0, 65535, 64).astype(np.uint16).reshape(4, 16)
    photo = read_photo(png(16, 4, 16, 0, rows_of(grey), (b"tRNS", struct.pack(">H", int(grey[1, 3])))))
    assert photo.alpha is not None
    assert photo.alpha[1, 3] == 0
    assert (photo.alpha == 0).sum() == 1


def test_the_first_picture_of_a_multi_picture_file():
    file = io.BytesIO()
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    frames[0].save(file, "MPO", save_all=True, append_images=frames[1:])
    assert np.abs(read_photo(file.getvalue()).rgb.astype(int) - [254, 0, 0]).max() < 4


def test_first_frame_of_an_animation():
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    content = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    assert (read_photo(content).rgb == [255, 0, 0]).all()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_large_photos_are_shrunk(kind):
    wide = np.repeat(np.repeat(ramp(), 100, axis=0), 100, axis=1)
    photo = read_photo(encoded(Image.fromarray(wide), kind))
    assert photo.rgb.shape == (round(LONGEST_SIDE_PX * 2 / 3), LONGEST_SIDE_PX, 3)
    assert photo.rgb[:, -30:, 0].mean() > 240


def test_thin_photos_keep_a_pixel():
    assert read_photo(encoded(Image.new("L", (30000, 1)), "PNG")).rgb.shape == (1, LONGEST_SIDE_PX, 3)


def test_decompression_bombs_are_refused_by_their_header():
    side = int(MAX_PIXELS**0.5)
    for width, height in ((8000, 8000), (60000, 60000), (side + 1, side + 1)):
        with pytest.raises(PhotoError, match="megapixels"):
            read_photo(png(width, height, 8, 2, b""))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"hello, I am a text", "not a picture"),
        (b"GIF89a" + b"\0" * 40, "a GIF"),
        (b"\0\0\0\x20ftypheic" + b"\0" * 40, "a HEIC"),
        (b"%PDF-1.7", "a PDF"),
        (b"\xff\xd8\xff", "not a picture|damaged"),
    ],
)
def test_files_that_are_no_photos_are_named(content, said):
    with pytest.raises(PhotoError, match=said) as caught:
        read_photo(content)
    assert "\n" not in caught.value.message


def test_files_that_cannot_be_opened(tmp_path: Path):
    for path in (tmp_path / "absent.png", tmp_path):
        with pytest.raises(PhotoError, match="cannot be opened"):
            read_photo(path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_truncated_photos_are_damaged(kind):
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    content = encoded(Image.fromarray(noise), kind)
    with pytest.raises(PhotoError):
        read_photo(content[: len(content) // 2])


VALID = {kind: encoded(Image.fromarray(ramp()), kind) for kind in ("JPEG", "PNG", "WEBP")}


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(kind=st.sampled_from(sorted(VALID)), data=st.data())
def test_damage_raises_only_our_errors(kind, data):
    content = bytearray(VALID[kind])
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=8)):
        content[at] ^= 1 << data.draw(st.integers(0, 7))
    content = content[: data.draw(st.integers(0, len(content)))]
    with suppress(PhotoError):
        assert read_photo(bytes(content)).rgb.ndim == 3


@settings(max_examples=80)
@given(
    start=st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF\0\0\1\0WEBPVP8 "]),
    rest=st.binary(),
)
def test_random_bytes_raise_only_our_errors(start, rest):
    with pytest.raises(PhotoError):
        read_photo(start + rest)
