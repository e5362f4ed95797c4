"""Cost of a session on this machine, measured before sessions are accepted."""

import time
from fractions import Fraction
from typing import Final

import av
import numpy as np

from visavis.engine.rig.model import Rig
from visavis.engine.speech import RATE_HZ as SPEECH_RATE_HZ
from visavis.engine.speech import SpeechModel
from visavis.engine.stream import Stream
from visavis.engine.view import FaceView
from visavis.realtime.ports import VideoSettings

_MEASURED_S: Final = 0.8
_BESIDES: Final = 0.12
"""Seconds of a core for each second of a session, for audio, network and timers, and for caches that other
work empties between ticks. It is the cost that bench/live.py measures, less what is measured here."""
_SAMPLES: Final = round(SPEECH_RATE_HZ * _MEASURED_S)
_CODECS: Final = {"vp8": "libvpx", "h264": "libx264"}


def measure_cost(rig: Rig, speech: SpeechModel, video: VideoSettings) -> float:
    """Seconds of a core for each second of a session: speech model, drawing, encoding and the rest.

    It counts processor time, so that other work on the machine does not change the result.
    """
    sound = np.random.default_rng(0).normal(0, 0.1, _SAMPLES).astype(np.float32)
    stream = Stream(FaceView(rig, side_px=video.size_px), speech, fps=Fraction(video.fps))
    encoder = _encoder(video)
    _run(stream, encoder, sound)  # one-time costs do not count
    began_s = time.process_time()
    _run(stream, encoder, sound)
    return (time.process_time() - began_s) / _MEASURED_S + _BESIDES


def _run(stream: Stream, encoder: av.VideoCodecContext, sound: np.ndarray) -> None:
    for frame in stream.push(sound):
        encoder.encode(av.VideoFrame.from_ndarray(frame.rgb, format="rgb24").reformat(format="yuv420p"))


def _encoder(video: VideoSettings) -> av.VideoCodecContext:
    encoder = av.CodecContext.create(_CODECS[video.codec], "w")
    if not isinstance(encoder, av.VideoCodecContext):
        raise TypeError(f"{video.codec} encodes no video")
    encoder.width = encoder.height = video.size_px
    encoder.pix_fmt, encoder.time_base = "yuv420p", Fraction(1, video.fps)
    encoder.framerate = Fraction(video.fps)
    encoder.bit_rate, encoder.thread_count = video.kbps * 1000, 1
    speed = {"deadline": "realtime", "cpu-used": "6"}
    encoder.options = speed if video.codec == "vp8" else {"preset": "veryfast", "tune": "zerolatency"}
    return encoder
