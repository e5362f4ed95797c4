"""Sounds of every kind that clients stream, and the ways in which they arrive."""

import io
import random
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final

import av
import numpy as np

from visavis.engine.arrays import Floats
from visavis.engine.downmix import Downmix
from visavis.engine.resample import Resampler
from visavis.engine.sound import open_sound
from visavis.engine.sound_stream import PCM_RATE_HZ, RATE_HZ, decode_stream
from visavis.realtime.sound import to_pcm
from visavis.samples import SENTENCE
from visavis.samples.sentence import speak

# Container, encoder, sample rate, channels, options of the container.
FILES: Final[dict[str, tuple[str, str, int, int, dict[str, str]]]] = {
    "mp3": ("mp3", "libmp3lame", 44_100, 1, {}),
    "mp3 of 24 kHz without ID3": ("mp3", "libmp3lame", 24_000, 1, {"id3v2_version": "0", "write_xing": "0"}),
    "wav": ("wav", "pcm_s16le", 24_000, 1, {}),
    "wav of floats": ("wav", "pcm_f32le", 48_000, 2, {}),
    "ogg vorbis": ("ogg", "vorbis", 48_000, 2, {}),
    "ogg opus": ("ogg", "libopus", 48_000, 1, {"page_duration": "20000"}),
    "flac": ("flac", "flac", 44_100, 2, {}),
    "aac": ("adts", "aac", 24_000, 1, {}),
    "webm": ("webm", "libopus", 48_000, 2, {}),
    "m4a": ("ipod", "aac", 44_100, 1, {}),
    "m4a with its index first": ("ipod", "aac", 44_100, 1, {"movflags": "frag_keyframe+empty_moov"}),
}
KINDS: Final = ("pcm", *FILES)
_HEARD: Final = 0.02
_CUTS: Final = (1, 2, 3, 7, 13, 100, 480, 1000, 3200, 4096, 10_000, 100_000)


@cache
def voice(seconds: float = 1.5, rate_hz: int = RATE_HZ) -> Floats:
    """A sound like a vowel that rises; shape `(n,)`."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    phase = 2 * np.pi * (120 * time_s + 40 * time_s**2)
    tones = sum(np.sin(k * phase) / k for k in range(1, 12))
    return (0.2 * tones * np.minimum(1, 20 * time_s)).astype(np.float32)


@cache
def speech(seconds: float = 1.5, rate_hz: int = RATE_HZ) -> Floats:
    """The begin of the built-in sentence, which moves lips as no tone does; shape `(n,)`."""
    samples, spoken_hz = speak(SENTENCE)
    said = samples.astype(np.float32) / np.float32(32768)
    said = said[np.flatnonzero(np.abs(said) > _HEARD)[0] :]
    resample = Resampler(spoken_hz, rate_hz)
    return np.concatenate([resample(said), resample.finish()])[: round(seconds * rate_hz)]


@cache
def streamed(kind: str, seconds: float = 1.5, sound: Callable[[float, int], Floats] = voice) -> bytes:
    """A sound in one of `KINDS`, as a client sends it."""
    if kind == "pcm":
        return to_pcm(sound(seconds, PCM_RATE_HZ))
    container, codec, rate_hz, channels, options = FILES[kind]
    layout = "mono" if channels == 1 else "stereo"
    file = io.BytesIO()
    with av.open(file, "w", format=container, options=options) as output:
        stream = output.add_stream(codec, rate=rate_hz, layout=layout, options={"strict": "-2"})
        assert isinstance(stream, av.AudioStream)
        convert = av.AudioResampler(format=stream.codec_context.format, layout=layout, rate=rate_hz)
        frame = av.AudioFrame.from_ndarray(sound(seconds, rate_hz)[None], format="fltp", layout="mono")
        frame.sample_rate = rate_hz
        for each in (*convert.resample(frame), *convert.resample(None)):
            output.mux(stream.encode(each))
        output.mux(stream.encode(None))
    return file.getvalue()


def whole(kind: str, seconds: float = 1.5) -> Floats:
    """The sound of the whole file, as the offline decoder reads it."""
    data = streamed(kind, seconds)
    if kind == "pcm":
        samples = np.frombuffer(data, np.int16).astype(np.float32) / np.float32(32768)
        resample = Resampler(PCM_RATE_HZ, RATE_HZ)
        return np.clip(np.concatenate([resample(samples), resample.finish()]), -1, 1)
    mix = Downmix(RATE_HZ)
    with open_sound(data, rate_hz=RATE_HZ) as sound:
        return np.concatenate([mix(block.samples) for block in sound])


def cut(data: bytes, chance: random.Random) -> list[bytes]:
    """Data in pieces of random lengths, from single bytes to all of it."""
    longest = chance.choice(_CUTS)
    pieces, at = [], 0
    while at < len(data):
        length = chance.randint(1, longest)
        pieces.append(data[at : at + length])
        at += length
    return pieces


def decoded(pieces: Iterable[bytes]) -> Floats:
    """The sound of pieces that arrive one after the other."""
    coming = iter(pieces)
    return np.concatenate([np.zeros(0, np.float32), *decode_stream(lambda: next(coming, b""))])
