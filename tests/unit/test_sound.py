import io
import struct
import tracemalloc
import wave
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visavis.engine.sound import BLOCK_SAMPLES, TRACK_RATE_HZ, SoundBlock, open_sound
from visavis.errors import NoSoundError, SoundError

# Container, encoder, rate: what is read back must be where it was put.
KINDS = [
    ("wav", "pcm_s16le", 48000),
    ("wav", "pcm_f32le", 44100),
    ("wav", "pcm_u8", 22050),
    ("wav", "pcm_s16le", 8000),
    ("mp3", "libmp3lame", 44100),
    ("ogg", "vorbis", 48000),
    ("ogg", "libopus", 48000),
    ("webm", "libopus", 48000),
    ("flac", "flac", 48000),
    ("mp4", "aac", 48000),
    ("ipod", "aac", 44100),
]


def click(seconds: float = 2.0, at_s: float = 1.0, rate_hz: int = TRACK_RATE_HZ) -> np.ndarray:
    """Silence with a burst of 1 kHz, 10 ms long, around a moment."""
    times = np.arange(round(seconds * rate_hz)) / rate_hz - at_s
    envelope = np.where(np.abs(times) < 0.005, np.cos(np.pi * times / 0.01) ** 2, 0)
    return (0.8 * envelope * np.cos(2 * np.pi * 1000 * times)).astype(np.float32)


def encode(
    samples: np.ndarray, container: str, codec: str, rate_hz: int, *, start_s: float = 0, video: bool = False
) -> bytes:
    """Write mono samples, of `rate_hz`, as a file whose sound starts late."""
    file = io.BytesIO()
    channels = "stereo" if codec == "vorbis" else "mono"
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(
            codec, rate=rate_hz, layout=channels, options={"strict": "-2"} if codec == "vorbis" else {}
        )
        if video:
            picture = output.add_stream("mpeg4", rate=25)
            picture.width = picture.height = 64
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            for k in range(25):
                frame.pts = k
                output.mux(picture.encode(frame))
            output.mux(picture.encode(None))
        convert = av.AudioResampler(format=stream.codec_context.format, layout=channels, rate=rate_hz)
        given_frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        given_frame.rate = rate_hz
        line = av.AudioFifo()
        for frame in convert.resample(given_frame) + convert.resample(None):
            frame.pts = None
            line.write(frame)
        at = round(start_s * rate_hz)
        size = stream.codec_context.frame_size or 1024
        while line.samples:
            frame = line.read(min(size, line.samples))
            frame.pts, frame.time_base = at, Fraction(1, rate_hz)
            at += frame.samples
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return file.getvalue()


def decoded(source: bytes | Path | io.BytesIO, **options: int) -> np.ndarray:
    with open_sound(source, **options) as sound:
        return np.concatenate([block.samples for block in sound], axis=1)


def moment_of_click(samples: np.ndarray) -> float:
    power = samples[0].astype(float) ** 2
    return float((power * np.arange(len(power))).sum() / power.sum() / TRACK_RATE_HZ)


@pytest.mark.parametrize(("container", "codec", "rate_hz"), KINDS)
def test_audio_keeps_its_time(container, codec, rate_hz):
    samples = decoded(encode(click(rate_hz=rate_hz), container, codec, rate_hz))
    assert samples.dtype == np.float32
    assert abs(samples.shape[1] / TRACK_RATE_HZ - 2) < 0.03
    assert abs(moment_of_click(samples) - 1) < 0.0005
    assert 0.5 < np.abs(samples).max() < 1


def test_blocks_are_equal_in_size_and_state_their_rate():
    with open_sound(encode(click(), "flac", "flac", 48000)) as sound:
        assert (sound.channels, sound.rate_hz) == (1, TRACK_RATE_HZ)
        assert sound.duration_s == pytest.approx(2)
        blocks = list(sound)
        assert sound.warnings == []
    assert all(isinstance(block, SoundBlock) and block.rate_hz == TRACK_RATE_HZ for block in blocks)
    assert {block.samples.shape for block in blocks} == {(1, BLOCK_SAMPLES)}


def test_all_kinds_of_source(tmp_path: Path):
    content = encode(click(), "wav", "pcm_s16le", 48000)
    path = tmp_path / "speech.mp3"  # the name lies
    path.write_bytes(content)
    for source in (content, path, io.BytesIO(content)):
        assert moment_of_click(decoded(source)) == pytest.approx(1, abs=0.0005)


class OneWay(io.RawIOBase):
    """A pipe: it can be read once, from front to back."""

    def __init__(self, content: bytes) -> None:
        self._file = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def read(self, count: int = -1) -> bytes:
        return self._file.read(count)


@pytest.mark.parametrize(
    ("container", "codec"), [("wav", "pcm_s16le"), ("mp3", "libmp3lame"), ("ogg", "libopus")]
)
def test_streams_that_cannot_seek(container, codec):
    samples = decoded(OneWay(encode(click(), container, codec, 48000)))
    assert moment_of_click(samples) == pytest.approx(1, abs=0.001)


def test_the_rate_can_be_chosen():
    assert decoded(encode(click(), "wav", "pcm_s16le", 48000), rate_hz=16000).shape == (1, 32000)


def test_sound_of_a_video_that_starts_late():
    samples = decoded(encode(click(), "mp4", "aac", 48000, start_s=0.5, video=True))
    assert moment_of_click(samples) == pytest.approx(1.5, abs=0.03)


def test_a_gap_becomes_silence():
    content = encode(click(), "matroska", "pcm_s16le", 48000)
    file = io.BytesIO()
    with av.open(io.BytesIO(content)) as given_file, av.open(file, "w", format="matroska") as output:
        stream = output.add_stream_from_template(given_file.streams.audio[0])
        for packet in given_file.demux(audio=0):
            if packet.pts is None:
                continue
            if packet.pts * packet.time_base > Fraction(1, 2):
                packet.pts = packet.dts = packet.pts + round(1 / packet.time_base)
            packet.stream = stream
            output.mux(packet)
    assert moment_of_click(decoded(file.getvalue())) == pytest.approx(2, abs=0.01)


def pcm_wav(
    samples: np.ndarray, rate_hz: int = 48000, *, kind: int = 1, declared: int | None = None
) -> bytes:
    """A WAV by hand; samples `(n, channels)`."""
    data = samples.tobytes()
    channels, width = samples.shape[1], samples.dtype.itemsize
    size = len(data) if declared is None else declared
    form = struct.pack(
        "<HHIIHH", kind, channels, rate_hz, rate_hz * channels * width, channels * width, width * 8
    )
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", size) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_stereo_is_kept_and_more_channels_are_downmixed():
    sides = np.zeros((4800, 2), np.int16)
    sides[:, 1] = 8000
    samples = decoded(pcm_wav(sides))
    np.testing.assert_allclose(samples[:, 100], [0, 8000 / 32768], atol=1e-3)
    assert decoded(pcm_wav(np.full((4800, 6), 3000, np.int16))).shape == (2, 4800)
    assert decoded(pcm_wav(np.full((4800, 5), 3000, np.int16))).shape == (2, 4800)


def test_floats_are_made_finite():
    values = np.array([0.5, np.nan, np.inf, -np.inf, 7, -7] * 800, np.float32)[:, None]
    samples = decoded(pcm_wav(values, kind=3))
    np.testing.assert_allclose(samples[0, :6], [0.5, 0, 0, 0, 1, -1])


def test_a_truncated_file_causes_a_warning():
    content = pcm_wav(np.zeros((48000, 1), np.int16), declared=48000 * 2 * 10)
    with open_sound(content) as sound:
        assert sum(block.samples.shape[1] for block in sound) == 48000
    noise = np.random.default_rng(2).uniform(-0.5, 0.5, 8 * 48000).astype(np.float32)
    whole = encode(noise, "flac", "flac", 48000)
    with open_sound(whole[: len(whole) // 2]) as sound:
        assert sum(block.samples.shape[1] for block in sound) == pytest.approx(4 * 48000, abs=9600)
        assert "ends 4 s before" in sound.warnings[0]
    content = encode(noise, "mp4", "aac", 48000)
    with pytest.raises(SoundError):  # an MP4 has its index at the end
        decoded(content[: len(content) // 2])


def test_damage_in_the_middle_is_skipped():
    content = bytearray(encode(np.tile(click(), 4), "mp3", "libmp3lame", 48000))
    middle = len(content) // 2
    content[middle : middle + 400] = bytes(400)
    samples = decoded(bytes(content))
    assert abs(samples.shape[1] / TRACK_RATE_HZ - 8) < 0.2


def test_video_without_sound_and_empty_sound():
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        stream = output.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 64
        output.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")))
        output.mux(stream.encode(None))
    with pytest.raises(NoSoundError, match="no audio track"):
        open_sound(file.getvalue())
    with pytest.raises(NoSoundError):
        decoded(pcm_wav(np.zeros((0, 1), np.int16)))


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"RIFF", bytes(5000), b"#EXTM3U\n#EXTINF:1,\n/etc/hostname\n"]
)
def test_files_without_audio_are_refused(content):
    with pytest.raises(SoundError) as caught:
        decoded(content)
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:2,\n{}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{}'\n",
    ],
)
def test_playlists_do_not_open_other_files(tmp_path: Path, playlist):
    path = tmp_path / "secret.wav"
    path.write_bytes(pcm_wav(np.full((48000, 1), 3000, np.int16)))
    for suffix in (".m3u8", ".txt"):
        given_file = (tmp_path / "list").with_suffix(suffix)
        given_file.write_text(playlist.format(path))
        with pytest.raises(SoundError):
            decoded(given_file)


def test_files_that_cannot_be_opened(tmp_path: Path):
    (tmp_path / "empty.wav").touch()
    for path in (tmp_path / "absent.wav", tmp_path, tmp_path / "empty.wav"):
        with pytest.raises(SoundError):
            open_sound(path)


def test_closing_twice_and_never_reading():
    sound = open_sound(pcm_wav(np.zeros((4800, 1), np.int16)))
    sound.close()
    sound.close()


def test_ten_minutes_take_little_memory(tmp_path: Path):
    seconds = 600
    path = tmp_path / "long.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        second = np.zeros(8000, np.int16).tobytes()
        for _ in range(seconds):
            file.writeframes(second)
    tracemalloc.start()
    try:
        with open_sound(path) as sound:
            count = sum(block.samples.shape[1] for block in sound)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == seconds * TRACK_RATE_HZ
    assert peak < 8 * 2**20  # all of it as float32 would take 115 MB


def test_reads_real_speech(shared_data: Path):
    for path in sorted((shared_data / "speech").glob("*.[wm][ap][v3]")):
        with open_sound(path) as sound:
            count = sum(block.samples.shape[1] for block in sound)
            assert sound.warnings == []
            assert count / TRACK_RATE_HZ == pytest.approx(sound.duration_s, abs=0.06), path.name


VALID = {
    f"{container} {codec}": encode(click(0.3, 0.1, rate), container, codec, rate)
    for container, codec, rate in KINDS
}


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(kind=st.sampled_from(sorted(VALID)), data=st.data())
def test_damage_raises_only_our_errors(kind, data):
    content = bytearray(VALID[kind])
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=8)):
        content[at] ^= 1 << data.draw(st.integers(0, 7))
    content = content[: data.draw(st.integers(0, len(content)))]
    read_some(bytes(content))


@settings(max_examples=100)
@given(
    start=st.sampled_from(
        [b"", b"RIFF\0\0\1\0WAVEfmt ", b"OggS\0\2", b"fLaC\0", b"ID3\4\0\0", b"\xff\xfb\x90\x64"]
    ),
    rest=st.binary(max_size=3000),
)
def test_random_bytes_raise_only_our_errors(start, rest):
    read_some(start + rest)


def read_some(content: bytes) -> None:
    """Read at most a minute: damaged timestamps may promise hours of silence."""
    with suppress(SoundError), open_sound(content) as sound:
        for count, block in enumerate(sound):
            assert np.isfinite(block.samples).all()
            assert block.samples.shape[0] == sound.channels
            if count > 60 * TRACK_RATE_HZ // BLOCK_SAMPLES:
                break
