"""What the lips must do, whatever the averages say."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visavis.engine.speech import CHANNELS, VISEMES, SpeechMotion
from visavis.engine.speech.calibration import lips


def rows_of(names: list[str], voice: float = 1.0, **channels: float) -> SpeechMotion:
    """Rows in which the network is sure."""
    count = len(names)
    visemes = np.zeros((count, len(VISEMES)), np.float32)
    visemes[np.arange(count), [VISEMES.index(name) for name in names]] = 1
    values = np.zeros((count, len(CHANNELS)), np.float32)
    for name, value in channels.items():
        values[:, CHANNELS.index(name)] = value
    zeros = np.zeros(count, np.float32)
    return SpeechMotion(visemes, values, np.full(count, voice, np.float32), zeros, zeros)


def aperture_of(name: str, **channels: float) -> float:
    return float(lips(rows_of([name], **channels))[0][0])


def width_of(name: str) -> float:
    return float(lips(rows_of([name]))[1][0])


def test_open_vowels_open_the_mouth_most() -> None:
    openings = {name: aperture_of(name) for name in VISEMES}
    assert max(openings, key=lambda name: openings[name]) == "aa"
    assert openings["aa"] > 0.6


def test_pressed_lips_are_shut_in_the_midst_of_any_sound() -> None:
    assert aperture_of("PP") == 0
    assert all(aperture_of(name, closure=1.0) == 0 for name in VISEMES)
    assert aperture_of("aa", closure=0.4) == pytest.approx(aperture_of("aa"), abs=0.1)


def test_lip_to_teeth_narrows_the_gap_and_does_not_shut_it() -> None:
    assert 0.02 < aperture_of("FF") < 0.3
    assert aperture_of("aa", labiodental=1.0) < 0.3


def test_rounded_vowels_are_narrow_and_spread_vowels_wide() -> None:
    assert width_of("ou") < -0.3
    assert width_of("oh") < -0.3
    assert width_of("ih") > 0.05
    assert width_of("E") > 0.05


def test_the_tongue_between_the_teeth_can_be_seen() -> None:
    assert aperture_of("TH") > 0.2


def test_nobody_speaking_keeps_the_mouth_at_rest() -> None:
    aperture, width = lips(rows_of(list(VISEMES), voice=0.0))
    assert not aperture.any()
    assert not width.any()
    assert aperture_of("sil") < aperture_of("aa")  # a short silence within speech leaves the mouth open


@given(st.lists(st.sampled_from(VISEMES), min_size=1, max_size=8), st.integers(0, 8))
def test_blocks_give_the_bits_of_the_whole(names: list[str], cut: int) -> None:
    motion = rows_of(names)
    rng = np.random.default_rng(len(names))
    blurred = replace(
        motion,
        visemes=rng.dirichlet(np.ones(len(VISEMES)), len(names)).astype(np.float32),
        channels=rng.uniform(0, 1, motion.channels.shape).astype(np.float32),
    )
    whole = lips(blurred)
    parts = [lips(blurred[:cut]), lips(blurred[cut:])]
    for at in range(2):
        assert np.concatenate([part[at] for part in parts]).tobytes() == whole[at].tobytes()


def test_no_rows_give_no_lips() -> None:
    aperture, width = lips(SpeechMotion.empty())
    assert aperture.shape == width.shape == (0,)
