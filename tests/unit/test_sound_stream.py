"""Sound that is decoded while it arrives."""

import random
import struct

import numpy as np
import pytest
from harness.streamed_sound import FILES, KINDS, cut, decoded, streamed, voice, whole
from hypothesis import given, settings
from hypothesis import strategies as st

from visavis.engine.sound_formats import SoundFormat, begins_file, recognize
from visavis.engine.sound_stream import MAX_HEAD_BYTES, RATE_HZ, decode_stream
from visavis.errors import SoundError
from visavis.realtime.sound import to_pcm

FORMATS = {
    "pcm": SoundFormat.PCM,
    "mp3": SoundFormat.MP3,
    "mp3 of 24 kHz without ID3": SoundFormat.MP3,
    "wav": SoundFormat.WAV,
    "wav of floats": SoundFormat.WAV,
    "ogg vorbis": SoundFormat.OGG,
    "ogg opus": SoundFormat.OGG,
    "flac": SoundFormat.FLAC,
    "aac": SoundFormat.AAC,
    "webm": SoundFormat.WEBM,
    "m4a": SoundFormat.M4A_BACKWARDS,
    "m4a with its index first": SoundFormat.M4A,
}
# Bytes from which a kind gives its first samples. FLAC is not among them: its parser wants ten frames.
ENOUGH_BYTES = {"mp3": 600, "mp3 of 24 kHz without ID3": 400, "wav": 4_500, "aac": 1_000, "pcm": 350}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_recognized_from_its_first_bytes(kind: str) -> None:
    data = streamed(kind)
    found = [recognize(data[:count], is_whole=False) for count in range(min(len(data), 3_000))]
    assert set(found) <= {None, FORMATS[kind]}
    assert recognize(data, is_whole=True) is FORMATS[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_sound_in_pieces_is_the_sound_of_the_whole_file(kind: str) -> None:
    data, expected = streamed(kind), whole(kind)
    one = decoded([data])
    # Without the end of an MP3 file, the decoder does not know how much of its last frame is padding.
    common = min(len(one), len(expected)) - RATE_HZ // 20
    assert abs(len(one) - len(expected)) < RATE_HZ // 20
    np.testing.assert_allclose(one[:common], expected[:common], atol=1e-6)
    chance = random.Random(kind)
    for _ in range(6):
        np.testing.assert_array_equal(decoded(cut(data, chance)), one)


@pytest.mark.parametrize("kind", ENOUGH_BYTES)
def test_samples_come_at_once(kind: str) -> None:
    taken = 0

    def read() -> bytes:
        nonlocal taken
        part = streamed(kind)[taken : taken + 50]
        taken += len(part)
        return part

    assert next(samples for samples in decode_stream(read) if len(samples)).any()
    assert taken <= ENOUGH_BYTES[kind]


@given(st.binary(max_size=3_000), st.booleans())
@settings(max_examples=300)
def test_any_bytes_are_sound_or_an_error_of_ours(data: bytes, is_header_kept: bool) -> None:
    given_bytes = streamed("mp3")[:100] + data if is_header_kept else data
    try:
        samples = decoded([given_bytes])
    except SoundError:
        return
    assert np.isfinite(samples).all()
    assert np.abs(samples).max(initial=0) <= 1


@given(st.sampled_from(sorted(FILES)), st.data())
@settings(max_examples=60)
def test_damaged_files_are_sound_or_an_error_of_ours(kind: str, data: st.DataObject) -> None:
    content = bytearray(streamed(kind, 0.3))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        samples = decoded([bytes(content)])
    except SoundError:
        return
    assert np.isfinite(samples).all()


def test_quiet_samples_are_no_mp3() -> None:
    quiet = np.random.default_rng(1).integers(-3, 4, 20_000).astype("<i2").tobytes()
    for begin in (
        quiet,
        b"\xff\xff" * 100 + quiet,
        b"\xff\xfb" + quiet,
        struct.pack("<hh", -1025, 144) + quiet,
    ):
        assert recognize(begin, is_whole=False) is SoundFormat.PCM
        assert len(decoded([begin])) == len(begin) // 2 * 3


@pytest.mark.parametrize("text", [b'{"error": "quota exceeded"}', b"<html><head><title>502</title>"])
def test_text_is_refused_and_not_heard_as_noise(text: bytes) -> None:
    with pytest.raises(SoundError, match="text"):
        decoded([text[:3], text[3:]])


def test_half_a_sample_at_the_end_is_left_out() -> None:
    pcm = to_pcm(voice(0.1, 16_000))
    np.testing.assert_array_equal(decoded([pcm + b"\1"]), decoded([pcm]))


def test_a_wave_file_of_unknown_length_is_read_to_its_end() -> None:
    data = bytearray(streamed("wav"))
    at = data.index(b"data") + 4
    data[at : at + 4] = b"\xff\xff\xff\xff"
    np.testing.assert_array_equal(decoded([bytes(data)]), decoded([streamed("wav")]))


def test_what_follows_the_samples_of_a_wave_file_is_not_heard() -> None:
    data = streamed("wav") + b"LIST" + struct.pack("<I", 4000) + b"\x40" * 4000
    np.testing.assert_array_equal(decoded([data]), decoded([streamed("wav")]))


def test_a_file_that_never_comes_to_its_sound_is_refused() -> None:
    tag = b"ID3\4\0\0" + bytes([0x7F] * 4)
    piece = bytes(1 << 20)
    with pytest.raises(SoundError, match="MiB"):
        decoded([tag, *[piece] * ((MAX_HEAD_BYTES >> 20) + 1)])


@pytest.mark.parametrize("kind", ["wav", "ogg opus", "flac", "webm", "m4a", "mp3"])
def test_the_begin_of_a_file_is_told_from_its_middle(kind: str) -> None:
    data = streamed(kind)
    assert begins_file(data)
    assert not any(begins_file(data[at:]) for at in range(1, len(data), 97))
