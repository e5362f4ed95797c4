"""Files strung together, as servers that speak texts send them: all are heard, and none is called damaged."""

import io
import struct
from functools import cache

import numpy as np
import pytest
from tests.unit.test_sound import click, encode, pcm_wav

from visavis.engine.sound import TRACK_RATE_HZ, open_sound
from visavis.engine.strung import MAX_FILES, files_in
from visavis.errors import SoundError

UNKNOWN_SIZE = [0, 0xFFFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF - 36, 0x80000000, 0xFFFFFFFF - 36]


def steps(levels: list[int], rate_hz: int = 48_000, channels: int = 1) -> list[np.ndarray]:
    """Half a second of each level."""
    return [np.full((rate_hz // 2, channels), level, np.int16) for level in levels]


def heard(content: bytes) -> tuple[np.ndarray, list[str], float | None]:
    with open_sound(content) as sound:
        samples = np.concatenate([block.samples for block in sound], axis=1)
        return samples, sound.warnings, sound.duration_s


def levels_of(samples: np.ndarray, count: int) -> np.ndarray:
    """The level in the middle of each of `count` equal parts, of the first channel, in 16 bits."""
    part = samples.shape[1] // count
    return samples[0, part // 2 :: part][:count] * 32768


@pytest.mark.parametrize("declared", [None, *UNKNOWN_SIZE])
def test_concatenated_wavs_are_read_completely(declared):
    levels = [1000, -2000, 3000, -4000]
    content = b"".join(pcm_wav(step, declared=declared) for step in steps(levels))
    samples, warnings, duration_s = heard(content)
    assert samples.shape == (1, 2 * TRACK_RATE_HZ)
    np.testing.assert_allclose(levels_of(samples, 4), levels, atol=2)
    assert warnings == []
    assert duration_s == pytest.approx(2, abs=0.01)


@pytest.mark.parametrize("declared", UNKNOWN_SIZE)
def test_a_streamed_wav_is_read_completely(declared):
    samples, warnings, duration_s = heard(pcm_wav(steps([1000])[0], declared=declared))
    assert samples.shape[1] == TRACK_RATE_HZ // 2
    assert warnings == []
    assert duration_s == pytest.approx(0.5, abs=0.01)


def test_one_header_for_all_following_data():
    """Some servers know the whole length at once, and send a header with every sentence all the same."""
    first, *others = (pcm_wav(step) for step in steps([1000, 2000, 3000]))
    whole = len(first) - 44 + sum(map(len, others))
    samples, warnings, _ = heard(pcm_wav(steps([1000])[0], declared=whole) + b"".join(others))
    assert samples.shape[1] == 1.5 * TRACK_RATE_HZ
    np.testing.assert_allclose(levels_of(samples, 3), [1000, 2000, 3000], atol=2)
    assert warnings == []


def test_wavs_with_different_rates_and_channels_are_one_sound():
    parts = [
        pcm_wav(steps([1000])[0]),
        pcm_wav(steps([2000], 24_000)[0], 24_000),
        pcm_wav(steps([3000], 8_000, channels=2)[0], 8_000),
    ]
    samples, warnings, _ = heard(b"".join(parts))
    assert samples.shape == (2, pytest.approx(1.5 * TRACK_RATE_HZ, abs=100))
    np.testing.assert_allclose(levels_of(samples, 3), [1000, 2000, 3000], rtol=0.02)
    assert warnings == []


def test_channels_that_cancel_in_a_later_file_are_kept():
    opposed = np.array([[3000, -3000]] * 24_000, np.int16)
    samples, _, _ = heard(pcm_wav(steps([1000])[0]) + pcm_wav(opposed))
    np.testing.assert_allclose(samples[:, -100] * 32768, [3000, -3000], atol=2)


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def test_wavs_with_other_chunks_and_odd_sizes():
    form = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8))  # bytes of sound: an odd number
    parts = []
    for level in (160, 96):
        body = b"WAVE" + chunk(b"JUNK", b"abc") + form + chunk(b"data", bytes([level]) * 8001)
        body += chunk(b"LIST", b"INFOISFT" + struct.pack("<I", 5) + b"odd..")
        parts.append(b"RIFF" + struct.pack("<I", len(body)) + body)
    samples, warnings, _ = heard(b"".join(parts))
    assert samples.shape[1] == pytest.approx(2 * TRACK_RATE_HZ, abs=100)
    np.testing.assert_allclose(levels_of(samples, 2) / 256, [32, -32], atol=1)
    assert warnings == []


def test_wavs_of_64_bits():
    data = steps([1000])[0].tobytes()
    sizes = struct.pack("<QQQI", len(data) + 80, len(data), len(data) // 2, 0)
    form = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 48_000, 96_000, 2, 16))
    one = b"RF64" + b"\xff" * 4 + b"WAVE" + chunk(b"ds64", sizes) + form + b"data" + b"\xff" * 4 + data
    for count in (1, 3):
        samples, warnings, _ = heard(one * count)
        assert samples.shape[1] == count * TRACK_RATE_HZ // 2
        assert warnings == []


def test_a_wav_that_was_split_counts_as_two():
    """The end of one is missing: what there is of it is heard, and the next."""
    first, second = (pcm_wav(step) for step in steps([1000, 2000]))
    samples, _, _ = heard(first[: len(first) // 2] + second)
    assert samples.shape[1] == pytest.approx(0.75 * TRACK_RATE_HZ, abs=100)


def test_the_number_of_concatenated_files_is_limited():
    one = pcm_wav(np.zeros((8, 1), np.int16))
    assert len(files_in(io.BytesIO(one * MAX_FILES))) == MAX_FILES
    with pytest.raises(SoundError, match="joined together"):
        open_sound(one * (MAX_FILES + 1))


ID3V2 = b"ID3\x03\0\0\0\0\0\x0bTIT2\0\0\0\x01\0\0\0"
ID3V1 = b"TAG" + b"sentence".ljust(125, b"\0")
APE = b"APETAGEX" + struct.pack("<IIII8x", 2000, 32, 0, 0)


def bare(mp3: bytes) -> bytes:
    """An MP3 without the tag and the frame about the whole file that the encoder's library puts first."""
    assert mp3.startswith(b"ID3")
    mp3 = mp3[10 + mp3[9] + (mp3[8] << 7) :]
    return mp3[mp3.index(mp3[:2], 100) :]


@cache
def sentences() -> list[bytes]:
    rng = np.random.default_rng(4)
    return [
        encode((click(1, 0.5) + rng.normal(0, 0.01, 48_000)).astype(np.float32), "mp3", "libmp3lame", 48_000)
        for _ in range(3)
    ]


@pytest.mark.parametrize("form", ["as written", "bare", "ID3v2", "ID3v1", "both", "APE", "padded", "about"])
def test_concatenated_mp3s_are_read_completely(form):
    parts = sentences()
    without = [bare(part) for part in parts]
    dressed = {
        "as written": parts,
        "bare": without,
        "ID3v2": [ID3V2 + part for part in without],
        "ID3v1": [part + ID3V1 for part in without],
        "both": [ID3V2 + part + ID3V1 for part in without],
        "APE": [part + APE + ID3V1 for part in without],
        "padded": [ID3V2[:9] + bytes([0x4B]) + ID3V2[10:] + bytes(64) + part for part in without],
        "about": [part[10 + part[9] + (part[8] << 7) :] for part in parts],
    }[form]
    samples, warnings, _ = heard(b"".join(dressed))
    assert warnings == []
    assert samples.shape[1] / TRACK_RATE_HZ == pytest.approx(3, abs=0.15)
    loud = np.abs(samples[0]) > 0.3
    starts = np.flatnonzero(loud & ~np.roll(loud, 1))
    assert len({round(at / TRACK_RATE_HZ, 0) for at in starts}) >= 2
    for second in range(3):
        assert loud[second * TRACK_RATE_HZ : (second + 1) * TRACK_RATE_HZ].any()


def test_damage_in_concatenated_mp3s_causes_a_warning():
    parts = sentences()
    for damaged in range(3):
        broken = bytearray(parts[damaged])
        middle = len(broken) // 2
        broken[middle : middle + 1500] = bytes(1500)
        _, warnings, _ = heard(b"".join(bytes(broken) if k == damaged else parts[k] for k in range(3)))
        assert warnings


def test_pictures_in_a_tag_do_not_start_a_file():
    """A cover may hold anything, also what looks like the beginning of a file."""
    cover = b"\xff\xfb\x90\x64" + ID3V2 + ID3V1 + bytes(100)
    tag = b"ID3\x03\0\0\0\0" + bytes([len(cover) >> 7, len(cover) & 0x7F]) + cover
    one = tag + bare(sentences()[0])
    assert len(files_in(io.BytesIO(one))) == 1
    assert len(files_in(io.BytesIO(one + one))) == 2


def test_pipes_and_other_formats_count_as_one_file():
    content = encode(click(0.3, 0.1), "flac", "flac", 48_000)
    spans = files_in(io.BytesIO(content + pcm_wav(np.zeros((8, 1), np.int16))))
    assert [(span.start, span.end) for span in spans] == [(0, len(content) + 60)]


def test_files_reported_by_users(shared_data):
    for name, expected_s in (("a05_kokoro_concat.wav", 6.0), ("a11_concat_xing_first.mp3", 6.0)):
        samples, warnings, _ = heard((shared_data / "reports" / name).read_bytes())
        assert samples.shape[1] / TRACK_RATE_HZ == pytest.approx(expected_s, abs=0.1)
        assert warnings == []
