"""Manners that were measured on a person are kept while an avatar speaks and while it is silent."""

from pathlib import Path

import numpy as np
import pytest
from tests.unit.performer.test_performer import motion, perform

from visavis.engine.arrays import Floats
from visavis.engine.blinks import find_blinks
from visavis.engine.face import FaceModels
from visavis.engine.performer import Manners
from visavis.engine.photo import Photo
from visavis.engine.rig.build import build_rig
from visavis.engine.rig.controls import INDEX
from visavis.engine.view import FaceView
from visavis.engine.watching import frames_of, measure, watch

MINUTE = 60 * 25
CLOSE = 0.25
SEEN = np.array([0.85, 0.72, 0.99])  # of a turn, in a drawn face


def blinks(frames: Floats) -> int:
    openings = 1 - frames[:, [INDEX["blink_left"], INDEX["blink_right"]]]
    return len(find_blinks(np.arange(len(frames)) / 25, openings))


def eyes(
    *dips: tuple[float, float, float, float], fps: int = 25, seconds: float = 8
) -> tuple[Floats, Floats]:
    """How open eyes are: dips by their begin, their length, and how deep each eye goes."""
    times_s = np.arange(round(seconds * fps)) / fps
    openings = np.full((len(times_s), 2), 0.3) + np.random.default_rng(1).normal(0, 0.006, (len(times_s), 2))
    for begin_s, length_s, *depths in dips:
        inside = (times_s >= begin_s) & (times_s < begin_s + length_s)
        openings[inside] *= 1 - np.array(depths)
    return times_s, openings


@pytest.mark.parametrize("fps", [25, 30])
def test_what_is_a_blink(fps: int) -> None:
    assert find_blinks(*eyes(fps=fps)) == []
    found = find_blinks(*eyes((2, 0.16, 0.9, 0.9), (3, 0.12, 0.9, 0.5), (5, 0.3, 0.6, 0.6), fps=fps))
    assert np.allclose(found, [2, 3, 5], atol=1 / fps)
    for no_blink in (
        (3, 1.2, 0.55, 0.55),  # looks down
        (3, 0.16, 0.9, 0.0),  # winks, or the landmarks slip
        (3, 0.16, 0.25, 0.25),  # squints
        (0, 0.1, 0.9, 0.9),  # the video begins with it
        (7.9, 0.1, 0.9, 0.9),  # the video ends with it
    ):
        assert find_blinks(*eyes(no_blink, fps=fps)) == [], no_blink
    times_s, openings = eyes((2, 0.16, 0.9, 0.9), (6, 0.16, 0.9, 0.9), fps=fps)
    turned = openings * np.linspace(1, 0.4, len(openings))[:, None]  # as the head turns away
    assert len(find_blinks(times_s, turned)) == 2


@pytest.mark.parametrize("rate", [6.0, 17.0, 35.0])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_blinks_keep_their_rate(rate: float, seed: int) -> None:
    manners = Manners(blinks_per_minute=rate, seed=seed)
    phrases = motion((["aa"] * 60 + ["sil"] * 15) * 40)
    phrases.voice[:] = np.tile([1.0] * 60 + [0.0] * 15, 40)
    for rows in (motion(["sil"] * 50, voice=0.0), phrases):
        found = blinks(perform(rows, MINUTE, manners))
        assert abs(found - rate) <= max(1.5, CLOSE * rate)


def sway(frames: Floats) -> Floats:
    return 10 * SEEN * frames[:, [INDEX[name] for name in ("yaw", "pitch", "roll")]].std(axis=0)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_sway_keeps_its_spread(seed: int) -> None:
    wanted = (2.5, 1.5, 0.8)
    frames = perform(motion(["sil"] * 50, voice=0.0), MINUTE, Manners(sway_degrees=wanted, seed=seed))
    assert np.allclose(sway(frames), wanted, rtol=CLOSE)
    far = perform(motion(["sil"] * 50, voice=0.0), MINUTE, Manners(sway_degrees=(8.0, 8.0, 8.0), seed=seed))
    assert np.allclose(sway(far), np.minimum(8.0, 7.5 * SEEN), rtol=CLOSE)
    assert np.abs(far[:, INDEX["yaw"]]).max() < 1


def test_brows_and_smile() -> None:
    rows = motion(["aa"] * 100)
    rows.pitch_hz[40:60] = 220
    still, usual, more = (perform(rows, 50, Manners(brows=factor)) for factor in (0, 1, 2))
    raised = [frames[:, INDEX["brow_raise"]].max() for frames in (still, usual, more)]
    assert raised[0] == 0 < raised[1] < raised[2]
    smiling = perform(motion(["sil"] * 50, voice=0.0), 50, Manners(smile=0.3))
    assert np.allclose(smiling[:, INDEX["smile"]], 0.3)


@pytest.mark.slow
def test_an_avatar_moves_as_the_person_in_a_clip(shared_data: Path, face_models: FaceModels) -> None:
    """One clip; `bench.manners` measures three of them over a whole minute of frames."""
    clip = shared_data / "clips/ls1_woman_outdoors.mp4"
    if not clip.exists():
        pytest.skip("no such clip")
    seen = watch(face_models, clip)
    person = list(measure(face_models, frames_of(clip)))
    their_blinks = find_blinks(
        np.array([each.time_s for each in person]), np.array([each.eyes for each in person])
    )
    assert len(their_blinks) == 8  # counted by eye
    phrases = motion((["aa"] * 60 + ["sil"] * 15) * 40)
    phrases.voice[:] = np.tile([1.0] * 60 + [0.0] * 15, 40)
    frames = perform(phrases, MINUTE, seen.manners)
    rate = 60 * len(their_blinks) / (person[-1].time_s - person[0].time_s)
    assert abs(blinks(frames) - rate) <= CLOSE * rate
    theirs = np.array([each.angles for each in person]).std(axis=0)
    assert np.allclose(sway(frames), theirs, rtol=CLOSE)
    # What is drawn is what is measured: as many blinks, and as wide a sway.
    some = frames[: 10 * 25]
    view = FaceView(build_rig(face_models, Photo(seen.face, None)).rig, side_px=384)
    drawn = list(measure(face_models, ((at / 25, view.draw(row)) for at, row in enumerate(some))))
    opened = np.array([each.eyes for each in drawn])
    assert abs(len(find_blinks(np.arange(len(drawn)) / 25, opened)) - blinks(some)) <= 1
    shown = np.array([each.angles for each in drawn]).std(axis=0)
    assert np.allclose(shown, sway(some), rtol=CLOSE)
