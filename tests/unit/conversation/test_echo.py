"""The avatar's voice in a microphone that hears a loudspeaker."""

import numpy as np
import pytest
from harness.viewing import sentence

from visavis.bootstrap.recognition import voice_activity_detector
from visavis.engine.arrays import Floats
from visavis.engine.resample import Resampler
from visavis.ports import RECOGNITION_RATE_HZ
from visavis.realtime.conversation.echo import FRAME_SAMPLES, EchoGuard
from visavis.realtime.conversation.listener import ECHO_LIKENESS

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
    assert max_within_a_third_of_a_second(found[: span.start]) < 5  # as many would interrupt


def max_within_a_third_of_a_second(voiced: Floats) -> float:
    return float(np.convolve(voiced, np.ones(10), "valid").max())


def test_a_user_is_heard_where_there_is_no_echo() -> None:
    """With nothing to learn from, the canceller alone takes most of a voice away."""
    played = spoken()
    microphone, user = np.zeros_like(played), played[: 2 * RECOGNITION_RATE_HZ][::-1].copy()
    at = RECOGNITION_RATE_HZ
    microphone[at : at + len(user)] += user
    found = voiced(played, microphone)
    assert found[round(at / 512) : round((at + len(user)) / 512)].mean() > 0.3


@pytest.mark.parametrize("begin_s", [1.5, 2.0, 2.5, 6.0])
@pytest.mark.parametrize("cut_s", [1, 2])
def test_a_user_who_begins_to_speak_is_no_echo(begin_s: float, cut_s: int) -> None:
    """For a third of a second, the begin of any voice follows some begin of the avatar's."""
    played = np.concatenate([spoken(), spoken()])
    user = played[cut_s * RECOGNITION_RATE_HZ :][:RECOGNITION_RATE_HZ]
    microphone, at = np.zeros_like(played), round(begin_s * RECOGNITION_RATE_HZ)
    microphone[at : at + len(user)] = user
    guard = EchoGuard()
    for frame in range(0, at + RECOGNITION_RATE_HZ // 3, FRAME_SAMPLES):
        guard.play(played[frame : frame + FRAME_SAMPLES])
        guard.clean(microphone[frame : frame + FRAME_SAMPLES])
        assert frame < RECOGNITION_RATE_HZ or not guard.has_echo


def likeness(played: Floats, microphone: Floats, *, begin_s: float, end_s: float) -> float:
    """How much a span of the microphone follows what was played."""
    guard = EchoGuard()
    for at in range(0, round(end_s * RECOGNITION_RATE_HZ), FRAME_SAMPLES):
        guard.play(played[at : at + FRAME_SAMPLES])
        guard.clean(microphone[at : at + FRAME_SAMPLES])
    return guard.likeness(end_s - begin_s)


def test_an_echo_that_jumps_is_known_by_its_spectrum() -> None:
    """A network has stretched the sound, and the canceller must learn its way anew."""
    played = spoken()
    microphone, at = echo_of(played), 3 * RECOGNITION_RATE_HZ
    microphone[at:] = echo_of(np.concatenate([np.zeros(1600, np.float32), played])[: len(played)])[at:]
    for end_s in (3.8, 4.5, 5.0):
        assert likeness(played, microphone, begin_s=3.0, end_s=end_s) > ECHO_LIKENESS


def test_a_user_over_the_echo_does_not_follow_it() -> None:
    played = spoken()
    microphone, user = echo_of(played), played[: 2 * RECOGNITION_RATE_HZ][::-1].copy()
    at = 3 * RECOGNITION_RATE_HZ
    microphone[at : at + len(user)] += user
    for end_s in (3.8, 4.5, 5.0):
        assert likeness(played, microphone, begin_s=3.0, end_s=end_s) < ECHO_LIKENESS
