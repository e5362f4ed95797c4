"""The contract of a speech model, run on the shipped one."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.signal import lfilter

from visavis.engine.speech import CHANNELS, RATE_HZ, VISEMES, SpeechModel, SpeechMotion, load_speech_model

MODEL = load_speech_model()


def vowel(seconds: float, pitch_hz: float = 120.0, level: float = 0.3) -> NDArray[np.float32]:
    """Something like an open vowel: a pulse train through three resonances, four syllables a second."""
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    sound = np.diff(np.floor(time * pitch_hz), prepend=0.0)
    for hz, width in ((730.0, 90.0), (1090.0, 110.0), (2440.0, 160.0)):
        radius = math.exp(-math.pi * width / RATE_HZ)
        sound = lfilter([1.0], [1.0, -2 * radius * math.cos(2 * math.pi * hz / RATE_HZ), radius**2], sound)
    sound *= 0.55 - 0.45 * np.cos(2 * np.pi * 4 * time)
    return (level * sound / np.abs(sound).max()).astype(np.float32)


SOUND = np.concatenate(
    [
        np.zeros(2000, np.float32),
        vowel(0.6),
        np.random.default_rng(1).normal(0, 0.05, 5000).astype(np.float32),
        vowel(0.3, 210.0),
    ]
)


def whole(model: SpeechModel, sound: NDArray[np.float32]) -> SpeechMotion:
    motion, state = model.listen(sound, model.begin())
    return SpeechMotion.concatenate([motion, model.finish(state)])


def same_bits(one: SpeechMotion, other: SpeechMotion) -> bool:
    names = ("visemes", "channels", "voice", "loudness_db", "pitch_hz", "lips")
    return all(getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in names)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 3000), max_size=30), st.integers(0, len(SOUND)))
def test_any_cutting_gives_the_same_bits(cuts: list[int], length: int) -> None:
    sound = SOUND[:length]
    parts, state, at = [], MODEL.begin(), 0
    for cut in [*cuts, length]:
        motion, state = MODEL.listen(sound[at : at + cut], state)
        parts.append(motion)
        at += cut
    parts.append(MODEL.finish(state))
    assert same_bits(SpeechMotion.concatenate(parts), whole(MODEL, sound))


@given(st.integers(0, 4000))
@settings(max_examples=40)
def test_a_stream_has_one_row_for_each_20_ms_begun(length: int) -> None:
    motion = whole(MODEL, SOUND[:length])
    assert len(motion) == math.ceil(length / 320)
    assert motion.visemes.shape == (len(motion), len(VISEMES))
    assert motion.channels.shape == (len(motion), len(CHANNELS))
    assert motion.loudness_db.shape == motion.pitch_hz.shape == (len(motion),)


def test_a_row_comes_out_as_soon_as_the_lookahead_is_there() -> None:
    needed = round((0.5 / 50 + MODEL.lookahead_s) * RATE_HZ)
    state = MODEL.begin()
    motion, state = MODEL.listen(SOUND[: needed - 1], state)
    assert len(motion) == 0
    motion, state = MODEL.listen(SOUND[needed - 1 : needed], state)
    assert len(motion) == 1


def test_lookahead_keeps_a_conversation_quick() -> None:
    assert 0.0 < MODEL.lookahead_s <= 0.08


def test_a_state_stays_valid_after_use() -> None:
    _, state = MODEL.listen(SOUND[:7777], MODEL.begin())
    first, _ = MODEL.listen(SOUND[7777:], state)
    MODEL.finish(state)
    again, _ = MODEL.listen(SOUND[7777:], state)
    assert same_bits(first, again)


def test_values_keep_to_their_ranges() -> None:
    motion = whole(MODEL, SOUND)
    for values in (motion.visemes, motion.channels, motion.voice):
        assert values.dtype == np.float32
        assert values.min() >= 0.0
        assert values.max() <= 1.0
    np.testing.assert_allclose(motion.visemes.sum(axis=1), 1.0, atol=1e-5)
    assert set(np.flatnonzero(motion.pitch_hz)) <= set(np.flatnonzero(motion.loudness_db > -65))


def test_damaged_samples_do_not_poison_what_follows() -> None:
    broken = SOUND.copy()
    broken[3000:3010] = np.nan
    broken[3010:3020] = np.inf
    motion = whole(MODEL, broken)
    assert np.isfinite(motion.channels).all()
    assert np.isfinite(motion.visemes).all()
    clean = whole(MODEL, SOUND)
    np.testing.assert_allclose(motion.channels[-10:], clean.channels[-10:], atol=0.02)


def test_wrong_shapes_and_foreign_states_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        MODEL.listen(np.zeros((2, 320), np.float32), MODEL.begin())

    class Foreign:
        total_samples = 0

    with pytest.raises(TypeError, match="begin"):
        MODEL.listen(SOUND, Foreign())


def test_rows_can_be_joined_and_cut() -> None:
    motion = whole(MODEL, SOUND)
    assert len(SpeechMotion.empty()) == len(SpeechMotion.concatenate([])) == 0
    assert same_bits(SpeechMotion.concatenate([motion[:7], motion[7:]]), motion)


def test_the_pitch_of_a_voice_is_found() -> None:
    for hz in (90.0, 210.0, 320.0):
        motion = whole(MODEL, vowel(1.0, hz))
        voiced = motion.pitch_hz[motion.loudness_db > -25]
        assert np.median(voiced) == pytest.approx(hz, rel=0.03)


def test_noise_has_no_pitch() -> None:
    motion = whole(MODEL, np.random.default_rng(3).normal(0, 0.1, 16000).astype(np.float32))
    assert (motion.pitch_hz > 0).mean() < 0.05


def test_loudness_is_relative_to_full_scale() -> None:
    time = np.arange(16000) / RATE_HZ
    for level in (1.0, 0.1, 0.001):
        sine = (level * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
        middle = whole(MODEL, sine).loudness_db[10:40]
        np.testing.assert_allclose(middle, 20 * math.log10(level) - 3.01, atol=0.2)
    assert (whole(MODEL, np.zeros(3200, np.float32)).loudness_db == -100).all()
