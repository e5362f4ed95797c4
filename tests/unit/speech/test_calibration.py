"""What the lips must do, whatever the averages say."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visavis.engine.speech import CHANNELS, VISEMES, SpeechMotion
from visavis.engine.speech.calibration import lips


def rows_of(
    names: list[str], voice: float = 1.0, gap: float = 0.8, width: float = 0.4, **channels: float
) -> SpeechMotion:
    """Rows in which the network is sure, and in which lips were read as these."""
    count = len(names)
    visemes = np.zeros((count, len(VISEMES)), np.float32)
    visemes[np.arange(count), [VISEMES.index(name) for name in names]] = 1
    values = np.zeros((count, len(CHANNELS)), np.float32)
    for name, value in channels.items():
        values[:, CHANNELS.index(name)] = value
    zeros = np.zeros(count, np.float32)
    read = np.tile(np.array([gap, width], np.float32), (count, 1))
    return SpeechMotion(visemes, values, np.full(count, voice, np.float32), zeros, zeros, read)


def aperture_of(name: str, **values: float) -> float:
    return float(lips(rows_of([name], **values))[0][0])


def test_lips_stand_as_they_were_read_within_reason() -> None:
    assert aperture_of("aa") == pytest.approx(0.8)
    assert aperture_of("aa", gap=-0.3) == 0
    assert aperture_of("aa", gap=7.0) == 1.5
    assert lips(rows_of(["ih"], width=-9.0))[1][0] == -1.5


def test_pressed_lips_are_shut_in_the_midst_of_any_sound() -> None:
    assert aperture_of("PP") == 0
    assert all(aperture_of(name, closure=1.0) == 0 for name in VISEMES)
    assert aperture_of("aa", closure=0.4) == pytest.approx(aperture_of("aa"), abs=0.1)


def test_lip_to_teeth_narrows_the_gap_and_does_not_shut_it() -> None:
    assert 0.02 < aperture_of("FF") < 0.3
    assert aperture_of("aa", labiodental=1.0) < 0.3


def test_without_speech_the_mouth_stays_at_rest() -> None:
    aperture, width = lips(rows_of(list(VISEMES), voice=0.0))
    assert not aperture.any()
    assert not width.any()


@given(st.lists(st.sampled_from(VISEMES), min_size=1, max_size=8), st.integers(0, 8))
def test_blocks_give_the_bits_of_the_whole(names: list[str], cut: int) -> None:
    motion = rows_of(names)
    rng = np.random.default_rng(len(names))
    blurred = replace(
        motion,
        visemes=rng.dirichlet(np.ones(len(VISEMES)), len(names)).astype(np.float32),
        channels=rng.uniform(0, 1, motion.channels.shape).astype(np.float32),
        lips=rng.uniform(-1, 2, motion.lips.shape).astype(np.float32),
    )
    whole = lips(blurred)
    parts = [lips(blurred[:cut]), lips(blurred[cut:])]
    for at in range(2):
        assert np.concatenate([part[at] for part in parts]).tobytes() == whole[at].tobytes()


def test_no_rows_give_no_lips() -> None:
    aperture, width = lips(SpeechMotion.empty())
    assert aperture.shape == width.shape == (0,)
