"""Manners that were measured on a person are kept while an avatar speaks and while it is silent."""

import numpy as np
import pytest
from tests.unit.performer.test_performer import motion, perform

from visavis.engine.arrays import Floats
from visavis.engine.performer import Manners
from visavis.engine.rig.controls import INDEX
from visavis.engine.watching import count_blinks

MINUTE = 60 * 25
CLOSE = 0.25


def blinks(frames: Floats) -> int:
    openings = 1 - frames[:, INDEX["blink_left"]]
    return count_blinks(np.arange(len(frames)) / 25, openings)


@pytest.mark.parametrize("rate", [6.0, 17.0, 35.0])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_blinks_keep_their_rate(rate: float, seed: int) -> None:
    manners = Manners(blinks_per_minute=rate, seed=seed)
    phrases = motion((["aa"] * 60 + ["sil"] * 15) * 40)
    phrases.voice[:] = np.tile([1.0] * 60 + [0.0] * 15, 40)
    for rows in (motion(["sil"] * 50, voice=0.0), phrases):
        found = blinks(perform(rows, MINUTE, manners))
        assert abs(found - rate) <= max(1.5, CLOSE * rate)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_sway_keeps_its_spread(seed: int) -> None:
    wanted = (2.5, 1.5, 0.8)
    frames = perform(motion(["sil"] * 50, voice=0.0), MINUTE, Manners(sway_degrees=wanted, seed=seed))
    found = 10 * frames[:, [INDEX[name] for name in ("yaw", "pitch", "roll")]].std(axis=0)
    assert np.allclose(found, wanted, rtol=CLOSE)


def test_brows_and_smile() -> None:
    rows = motion(["aa"] * 100)
    rows.pitch_hz[40:60] = 220
    still, usual, more = (perform(rows, 50, Manners(brows=factor)) for factor in (0, 1, 2))
    raised = [frames[:, INDEX["brow_raise"]].max() for frames in (still, usual, more)]
    assert raised[0] == 0 < raised[1] < raised[2]
    smiling = perform(motion(["sil"] * 50, voice=0.0), 50, Manners(smile=0.3))
    assert np.allclose(smiling[:, INDEX["smile"]], 0.3)
