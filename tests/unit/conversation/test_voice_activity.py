"""Windows that overlap tell what a detector tells, twice as often."""

from pathlib import Path

import numpy as np
import pytest

from visavis.bootstrap.recognition import voice_activity_detector
from visavis.engine.arrays import Floats
from visavis.engine.sound import open_sound
from visavis.ports import RECOGNITION_RATE_HZ
from visavis.realtime.conversation.turns import Step, TurnTaker
from visavis.realtime.conversation.voice_activity import OverlappingWindows


@pytest.fixture(scope="module")
def samples(sentence_file: Path) -> Floats:
    with open_sound(sentence_file, rate_hz=RECOGNITION_RATE_HZ) as sound:
        return np.concatenate([block.samples.mean(axis=0) for block in sound]).astype(np.float32)


def test_every_second_window_is_one_of_the_detectors_own(samples: Floats) -> None:
    detector = voice_activity_detector()
    alone, overlapping = detector.stream(), OverlappingWindows(detector)
    cuts = np.random.default_rng(1).integers(1, len(samples), 50)
    found = [each for part in np.split(samples, np.sort(cuts)) for each in overlapping.push(part)]
    expected = alone.push(samples)
    assert max(expected) > 0.9
    # The first half window completes one of the stream that runs behind.
    assert found[1::2] == pytest.approx(expected)
    assert len(found) == len(samples) // overlapping.step_samples


def test_a_turn_begins_sooner_than_by_whole_windows(samples: Floats) -> None:
    detector = voice_activity_detector()

    def begins_s(lead: int, *, overlapping: bool) -> float:
        stream = OverlappingWindows(detector) if overlapping else detector.stream()
        step = detector.window_samples // (2 if overlapping else 1)
        turns = TurnTaker(step / RECOGNITION_RATE_HZ)
        probabilities = stream.push(np.concatenate([np.zeros(lead, np.float32), samples]))
        steps = [turns.step(each, in_echo=False) for each in probabilities]
        return (steps.index(Step.BEGAN) + 1) * step / RECOGNITION_RATE_HZ

    leads = [RECOGNITION_RATE_HZ + 32 * each for each in range(16)]
    sooner = [begins_s(each, overlapping=False) - begins_s(each, overlapping=True) for each in leads]
    assert np.mean(sooner) > 0
