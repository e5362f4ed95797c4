import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visavis.engine.downmix import Downmix

RATE_HZ = 16_000


def noise(seconds: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, round(seconds * RATE_HZ)).astype(np.float32)


def level_db(samples: np.ndarray) -> float:
    return float(10 * np.log10((samples.astype(np.float64) ** 2).mean() + 1e-20))


def mixed(*channels: np.ndarray) -> np.ndarray:
    return Downmix(RATE_HZ)(np.stack(channels))


VOICE, OTHER = noise(1), noise(1, seed=1)


@pytest.mark.parametrize(
    "channels",
    [
        (VOICE, VOICE),
        (VOICE, OTHER),
        (VOICE, np.zeros_like(VOICE)),
        (VOICE, -0.2 * VOICE),
        (VOICE, np.roll(VOICE, 8)),
        (VOICE, VOICE, OTHER, OTHER, noise(1, seed=2), noise(1, seed=3)),
        (VOICE * 0, VOICE * 0, VOICE, VOICE * 0, VOICE * 0, VOICE * 0),
    ],
)
def test_channels_that_do_not_cancel_are_averaged_bit_for_bit(channels):
    np.testing.assert_array_equal(mixed(*channels), np.stack(channels).mean(axis=0))


def test_mono_is_unchanged():
    np.testing.assert_array_equal(mixed(VOICE), VOICE)


@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        ((VOICE, -VOICE), VOICE),
        ((VOICE, -0.7 * VOICE), 0.85 * VOICE),
        ((-0.6 * VOICE, VOICE, np.zeros_like(VOICE)), 1.6 / 3 * VOICE),
        # 5.1: front left and right, centre, low, back left and right.
        ((-VOICE, -VOICE, 2 * VOICE, 0 * VOICE, 0 * VOICE, 0 * VOICE), 4 / 6 * VOICE),
    ],
)
def test_channels_that_cancel_are_heard(channels, expected):
    later = slice(RATE_HZ // 20, None)
    assert level_db(np.stack(channels).mean(axis=0)) < level_db(expected) - 10
    mix = mixed(*channels)[later]
    assert level_db(np.abs(mix) - np.abs(expected[later])) < level_db(expected) - 60


def test_a_voice_between_unrelated_sound_is_heard():
    mix = mixed(VOICE + 0.1 * OTHER, 0.1 * noise(1, seed=4) - VOICE)[RATE_HZ // 20 :]
    assert np.corrcoef(np.abs(mix), np.abs(VOICE[RATE_HZ // 20 :]))[0, 1] > 0.95


def test_inverting_a_channel_does_not_click():
    tone = (0.5 * np.sin(2 * np.pi * 100 * np.arange(2 * RATE_HZ) / RATE_HZ)).astype(np.float32)
    wrong = tone * np.where(np.arange(len(tone)) < RATE_HZ, 1, -1)
    mix = mixed(tone, wrong.astype(np.float32))
    # The steepest the tone itself gets is 2π·100 / rate · 0.5; the input's own jump is at a zero of it.
    assert np.abs(np.diff(mix)).max() < 1.3 * 2 * np.pi * 100 / RATE_HZ * 0.5
    assert level_db(mix[-RATE_HZ // 4 :]) > level_db(tone) - 0.1


def test_a_channel_stays_inverted_through_a_pause():
    speech = np.concatenate([VOICE, 0 * VOICE, VOICE])
    mix = mixed(speech, -speech)
    np.testing.assert_allclose(np.abs(mix[2 * RATE_HZ :]), np.abs(VOICE), atol=1e-6)


@settings(max_examples=40)
@given(cuts=st.lists(st.integers(0, 8000), max_size=12), channels=st.sampled_from([2, 3, 6]))
def test_blocks_equal_the_whole(cuts, channels):
    sound = np.stack([noise(0.5, seed=k) * (-1) ** k + noise(0.5, seed=9) * 0.3 for k in range(channels)])
    sound[:, 3000:] = noise(0.5, seed=8)[3000:] * np.array([(-1) ** k for k in range(channels)])[:, None]
    whole = Downmix(RATE_HZ)(sound.astype(np.float32))
    blockwise = Downmix(RATE_HZ)
    blocks = [blockwise(part) for part in np.split(sound.astype(np.float32), sorted(cuts), axis=1)]
    np.testing.assert_array_equal(np.concatenate(blocks), whole)
