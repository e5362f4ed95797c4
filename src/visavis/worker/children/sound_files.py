"""Writes spoken texts to sound files."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.stream import AudioStream
from scipy.io import wavfile

from visavis.engine.resample import Resampler
from visavis.ports import SpeechSynthesizer
from visavis.worker.children.speaking import Speech, speak
from visavis.worker.protocol import SoundFormat, SpeechRendered, SpeechRequest

PCM_RATE_HZ: Final = 24_000
_BIT_RATE: Final = 128_000


@dataclass(frozen=True)
class _Format:
    """How a sound is written.

    Attributes:
        container: Name of the container.
        codec: Name of the codec.
        rate_hz: Sample rate; `None` for that of the speech.
        has_bit_rate: Whether sound is lost, at a bit rate of its own.
    """

    container: str
    codec: str
    rate_hz: int | None = None
    has_bit_rate: bool = False


_FORMATS: Final[dict[SoundFormat, _Format]] = {
    "mp3": _Format("mp3", "libmp3lame", 44_100, has_bit_rate=True),
    "wav": _Format("wav", "pcm_s16le"),
    "flac": _Format("flac", "flac"),
    "opus": _Format("ogg", "libopus", 48_000, has_bit_rate=True),
    "aac": _Format("adts", "aac", 44_100, has_bit_rate=True),
}


def render_speech(synthesizer: SpeechSynthesizer, request: SpeechRequest) -> SpeechRendered:
    """Speak a text into a file; see `SpeechRequest`."""
    if isinstance(request.speech, Path):
        rate_hz, samples = wavfile.read(request.speech)
        spoken = Speech(samples, rate_hz, (), ())
    else:
        spoken = speak(synthesizer, request.speech)
    rate_hz = write_sound(spoken, request.output, request.format)
    return SpeechRendered(duration_s=len(spoken.samples) / spoken.rate_hz, sample_rate_hz=rate_hz)


def write_sound(spoken: Speech, path: Path, to_format: SoundFormat) -> int:
    """Write speech to a file. Returns the sample rate of the file."""
    if to_format == "pcm":
        return _write_pcm(spoken, path)
    wanted = _FORMATS[to_format]
    rate_hz = wanted.rate_hz or spoken.rate_hz
    with av.open(str(path), "w", format=wanted.container) as file:
        stream = file.add_stream(wanted.codec, rate=rate_hz)
        if not isinstance(stream, AudioStream):
            raise TypeError(f"{wanted.codec} encodes no sound")
        stream.layout = "mono"
        if wanted.has_bit_rate:
            stream.bit_rate = _BIT_RATE
        resampler = av.AudioResampler(format=stream.format.name, layout="mono", rate=rate_hz)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(spoken.samples[None], np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate, frame.pts, frame.time_base = spoken.rate_hz, 0, Fraction(1, spoken.rate_hz)
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return rate_hz


def _write_pcm(spoken: Speech, path: Path) -> int:
    resample = Resampler(spoken.rate_hz, PCM_RATE_HZ)
    samples = np.concatenate([resample(spoken.samples.astype(np.float32)), resample.finish()])
    path.write_bytes((samples.clip(-1, 1) * 32767).astype("<i2").tobytes())
    return PCM_RATE_HZ
