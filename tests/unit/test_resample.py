import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visavis.engine.resample import Resampler

RATES = [(48000, 16000), (44100, 16000), (16000, 48000), (22050, 16000), (16000, 16000), (8000, 44100)]


def whole(samples: np.ndarray, from_hz: int, to_hz: int) -> np.ndarray:
    resampler = Resampler(from_hz, to_hz)
    return np.concatenate([resampler(samples), resampler.finish()], axis=-1)


@pytest.mark.parametrize(("from_hz", "to_hz"), RATES)
@pytest.mark.parametrize("tone_hz", [0, 100, 1000, 3000])
def test_tones_keep_their_pitch_and_time(from_hz, to_hz, tone_hz):
    tone = np.cos(2 * np.pi * tone_hz * np.arange(from_hz) / from_hz).astype(np.float32)
    output = whole(tone, from_hz, to_hz)
    assert output.dtype == np.float32
    assert len(output) == to_hz
    expected = np.cos(2 * np.pi * tone_hz * np.arange(to_hz) / to_hz)
    edge = to_hz // 20
    np.testing.assert_allclose(output[edge:-edge], expected[edge:-edge], atol=2e-3)


def test_frequencies_above_nyquist_are_removed():
    tone = np.cos(2 * np.pi * 9000 * np.arange(48000) / 48000).astype(np.float32)
    assert np.abs(whole(tone, 48000, 16000)[800:-800]).max() < 1e-3


@settings(max_examples=60)
@given(
    rates=st.sampled_from(RATES),
    cuts=st.lists(st.integers(0, 3000), max_size=12),
    channels=st.sampled_from([None, 1, 2]),
)
def test_blocks_equal_the_whole(rates, cuts, channels):
    shape = (3000,) if channels is None else (channels, 3000)
    samples = np.random.default_rng(5).standard_normal(shape).astype(np.float32)
    resampler = Resampler(*rates)
    blocks = np.split(samples, sorted(cuts), axis=-1)
    parts = [resampler(block) for block in blocks] + [resampler.finish()]
    if rates[0] != rates[1]:
        np.testing.assert_allclose(np.concatenate(parts, axis=-1), whole(samples, *rates), atol=1e-5)


def test_empty_input_gives_empty_output():
    assert Resampler(48000, 16000).finish().size == 0
