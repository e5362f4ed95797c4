"""The avatar's voice in a microphone that hears a loudspeaker."""

import numpy as np
from harness.viewing import sentence

from visavis.bootstrap.recognition import voice_activity_detector
from visavis.engine.arrays import Floats
from visavis.engine.resample import Resampler
from visavis.ports import RECOGNITION_RATE_HZ
from visavis.realtime.conversation.echo import FRAME_SAMPLES, EchoGuard

DELAY = 2400


def spoken() -> Floats:
    resample = Resampler(48_000, RECOGNITION_RATE_HZ)
    once = np.concatenate([resample(sentence()), resample.finish()])
    return np.concatenate([once, once])


def voiced(played: Floats, microphone: Floats) -> Floats:
    """Where a voice is heard, window by window, when the guard has taken the echo out."""
    guard, voice = EchoGuard(), voice_activity_detector().stream()
    found: list[bool] = []
    for at in range(0, len(played) - FRAME_SAMPLES, FRAME_SAMPLES):
        guard.play(played[at : at + FRAME_SAMPLES])
        cleaned = guard.clean(microphone[at : at + FRAME_SAMPLES])
        found += [each > 0.5 and not guard.is_echo for each in voice.push(cleaned)]
    return np.array(found)


def echo_of(played: Floats) -> Floats:
    rng = np.random.default_rng(0)
    room = np.zeros(1600, np.float32)
    room[0] = 0.5
    room[200:] = rng.standard_normal(1400) * np.exp(-np.arange(1400) / 300) * 0.05
    echo = np.convolve(played, room)[: len(played)]
    delayed = np.concatenate([np.zeros(DELAY), echo])[: len(played)]
    return np.asarray(delayed + rng.standard_normal(len(played)) * 1e-3, np.float32)


def test_an_echo_is_no_voice() -> None:
    played = spoken()
    assert voiced(played, echo_of(played)).mean() < 0.02


def test_a_user_is_heard_over_the_echo() -> None:
    played = spoken()
    microphone, user = echo_of(played), played[: 2 * RECOGNITION_RATE_HZ][::-1].copy()
    at = 3 * RECOGNITION_RATE_HZ
    microphone[at : at + len(user)] += user
    found = voiced(played, microphone)
    span = slice(round(at / 512), round((at + len(user)) / 512))
    assert found[span].mean() > 0.3
    assert found[: span.start].mean() < 0.02
