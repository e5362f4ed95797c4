"""The performer: shut in silence, shut for m, alive, and the same again."""

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visavis.engine.arrays import Floats
from visavis.engine.performer import Emotion, Manners, Performer
from visavis.engine.performer.emotion import BLEND_S
from visavis.engine.performer.mouth import MouthRange, mouth_weights
from visavis.engine.rig.controls import CONTROLS, INDEX, SIGNED, weights_row
from visavis.engine.speech.motion import CHANNELS, VISEMES, SpeechMotion

FPS = 25.0
NEUTRAL = weights_row({"relax": 0.35})
MOUTH = [INDEX[name] for name in ("jaw", "upper_raise", "lower_drop", "press", "lip_teeth", "round", "wide")]


# How far open lips are read while each is spoken; the others stand between.
GAPS = {"aa": 1.0, "oh": 0.5, "ou": 0.35, "PP": 0.0, "FF": 0.1}
WIDTHS = {"ih": 0.6, "oh": -1.0, "ou": -1.3}


def motion(shapes: Sequence[str], *, voice: float = 1.0, loudness_db: float = -24.0) -> SpeechMotion:
    """One row a shape."""
    rows = len(shapes)
    visemes = np.zeros((rows, len(VISEMES)), np.float32)
    channels = np.zeros((rows, len(CHANNELS)), np.float32)
    for row, shape in enumerate(shapes):
        visemes[row, VISEMES.index(shape)] = 1
        channels[row, CHANNELS.index("closure")] = shape == "PP"
        channels[row, CHANNELS.index("labiodental")] = shape == "FF"
    level = np.full(rows, loudness_db, np.float32)
    lips = np.array([(GAPS.get(shape, 0.5), WIDTHS.get(shape, 0.0)) for shape in shapes], np.float32)
    return SpeechMotion(
        visemes, channels, np.full(rows, voice, np.float32), level, np.full(rows, 140, np.float32), lips
    )


def perform(rows: SpeechMotion, frames: int, manners: Manners | None = None) -> Floats:
    performer = Performer(NEUTRAL, fps=FPS, manners=manners)
    return np.concatenate([performer.perform(rows), performer.finish(frames)])


def shape_of(viseme: str) -> Floats:
    return mouth_weights(motion([viseme]), np.ones(1, np.float32), np.ones(1, np.float32))[0]


def test_open_vowels_open_and_closures_close() -> None:
    assert shape_of("aa")[INDEX["jaw"]] > 0.4
    assert shape_of("PP")[INDEX["jaw"]] == 0
    assert shape_of("PP")[INDEX["press"]] > 0.8
    assert shape_of("FF")[INDEX["lip_teeth"]] > 0.8
    assert min(shape_of(name)[INDEX["round"]] for name in ("ou", "oh")) > 0.5 > shape_of("aa")[INDEX["round"]]
    assert shape_of("ih")[INDEX["wide"]] > 0.2
    assert shape_of("TH")[INDEX["tongue"]] > 0.8


def test_lips_read_as_almost_shut_are_shut_and_others_stand_as_far_apart_as_they_were_read() -> None:
    def jaw(reading: float) -> float:
        row = motion(["aa"])
        row.lips[:, 0] = reading
        return float(mouth_weights(row, np.ones(1, np.float32), np.ones(1, np.float32))[0, INDEX["jaw"]])

    assert jaw(0.33) == 0
    assert jaw(1.0) - jaw(0.8) == pytest.approx(jaw(0.8) - jaw(0.6), rel=0.01)
    assert jaw(0.6) > 0.3 * jaw(1.0)


def test_weak_evidence_of_a_closure_leaves_the_lips_as_they_were_read() -> None:
    sure, doubtful = motion(["aa"] * 20), motion(["aa"] * 20)
    doubtful.visemes[8:12] = 0.6 * doubtful.visemes[8:12]
    doubtful.visemes[8:12, VISEMES.index("PP")] = 0.4
    gaps = [perform(rows, 10)[:, INDEX["jaw"]].min() for rows in (sure[8:12], doubtful[8:12])]
    assert gaps[1] > 0.9 * gaps[0] > 0


def test_m_shuts_the_mouth_between_two_vowels() -> None:
    frames = perform(motion(["aa"] * 15 + ["PP"] * 4 + ["aa"] * 15), 17)
    jaw, press = frames[:, INDEX["jaw"]], frames[:, INDEX["press"]]
    shut = int(np.argmax(press))
    assert press[shut] > 0.7
    assert jaw[shut] < 0.25 * jaw.max()
    assert jaw[-1] > 0.8 * jaw.max()


def test_the_mouth_stays_open_in_a_short_pause_and_shuts_in_a_long_one() -> None:
    speech = motion(["aa"] * 50)
    for pause_rows, shuts in ((6, False), (50, True)):
        pause = motion(["sil"] * pause_rows, voice=0.0, loudness_db=-80.0)
        frames = perform(SpeechMotion.concatenate([speech, pause, speech]), 50 + pause_rows // 2)
        within = frames[25 : 25 + pause_rows // 2, INDEX["jaw"]]
        assert (within.min() < 0.01) == shuts


@pytest.mark.parametrize(
    ("before", "background_db", "opens"), [(1.0, -75.0, True), (0.0, -75.0, False), (1.0, -52.0, False)]
)
def test_only_a_breath_that_is_heard_between_phrases_opens_the_mouth(
    before: float, background_db: float, opens: bool
) -> None:
    phrase = motion(["aa"] * 50, voice=before)
    pause = motion(["sil"] * 40, voice=0.0, loudness_db=background_db)
    breath = motion(["sil"] * 20, voice=0.0, loudness_db=-48.0)
    frames = perform(SpeechMotion.concatenate([phrase, pause, breath, pause]), 75)
    jaw = frames[:, INDEX["jaw"]]
    assert jaw[38:44].max() < 0.01
    assert (jaw[48:54].min() > 0.05) == opens
    assert jaw[-4:].max() < 0.01


def test_a_speaker_with_wide_readings_opens_the_mouth_wider_than_they_say() -> None:
    factors: list[float] = []
    for low, high in ((0.1, 0.9), (0.3, 0.7)):
        reach = MouthRange()
        assert reach.hear(0.0, high) == pytest.approx(1.0)
        factors += [reach.hear(1.0, (low, high)[row // 5 % 2]) for row in range(500)]
        assert reach.hear(0.0, 5.0) == factors[-1]
    wide, narrow = factors[:500], factors[500:]
    assert 1.2 < wide[-1] <= 1.4
    assert 0.6 < narrow[-1] < 0.8
    assert np.abs(np.diff(wide)).max() < 0.05


def test_silence_closes_the_mouth_and_idle_motion_continues() -> None:
    silent = motion(["aa"] * 500, voice=0.0, loudness_db=-100.0)
    frames = perform(silent, 250)
    assert np.all(frames[:, MOUTH] == 0)
    assert frames[:, INDEX["blink_left"]].max() > 0.9
    assert np.ptp(frames[:, INDEX["yaw"]]) > 0.02
    assert np.ptp(frames[:, INDEX["breath"]]) > 0.9


def test_blinks_come_at_natural_intervals() -> None:
    minutes = 4
    frames = perform(motion(["sil"] * 50, voice=0.0), int(60 * minutes * FPS))
    shut = frames[:, INDEX["blink_left"]] > 0.5
    blinks = int(np.sum(shut[1:] & ~shut[:-1]))
    assert 8 <= blinks / minutes <= 30
    assert shut.mean() < 0.12


def test_liveliness_0_keeps_the_head_still() -> None:
    frames = perform(motion(["aa", "PP"] * 100), 100, Manners(liveliness=0))
    for name in ("yaw", "pitch", "roll", "shift_x", "gaze_x", "brow_raise"):
        assert np.all(frames[:, INDEX[name]] == 0), name


def test_liveliness_2_moves_more() -> None:
    rows = motion(["aa", "PP"] * 200)
    calm, vivid = (perform(rows, 200, Manners(liveliness=level)) for level in (0.5, 2))
    assert np.ptp(vivid[:, INDEX["yaw"]]) > 2 * np.ptp(calm[:, INDEX["yaw"]])


def test_the_head_dips_on_a_stress() -> None:
    loud = motion(["aa"] * 60, loudness_db=-30.0)
    loud.loudness_db[30:40] = -14.0
    still_body = perform(motion(["aa"] * 60, loudness_db=-30.0), 30)
    stressed = perform(loud, 30)
    difference = stressed[:, INDEX["pitch"]] - still_body[:, INDEX["pitch"]]
    assert difference[15:21].max() > 0.03


def test_the_same_seed_gives_the_same_and_another_does_not() -> None:
    rows = motion(["aa", "ih", "PP"] * 60)
    first, again, other = (perform(rows, 90, Manners(seed=seed)) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@settings(max_examples=40)
@given(
    shapes=st.lists(st.sampled_from(VISEMES), min_size=1, max_size=120),
    cuts=st.lists(st.integers(0, 120), max_size=8),
    seed=st.integers(0, 5),
)
def test_any_cutting_gives_the_same_frames(shapes: list[str], cuts: list[int], seed: int) -> None:
    rows = motion(shapes)
    frames = -(-len(shapes) // 2)
    whole = perform(rows, frames, Manners(seed=seed))
    performer = Performer(NEUTRAL, fps=FPS, manners=Manners(seed=seed))
    edges = [0, *sorted(min(cut, len(shapes)) for cut in cuts), len(shapes)]
    parts = [performer.perform(rows[a:b]) for a, b in itertools.pairwise(edges)]
    assert np.array_equal(np.concatenate([*parts, performer.finish(frames)]), whole)


@pytest.mark.parametrize("fps", [10.0, 24.0, 29.97, 60.0])
def test_weights_stay_in_range_at_any_rate(fps: float) -> None:
    performer = Performer(NEUTRAL, fps=fps, manners=Manners(liveliness=2, seed=1))
    frames = np.concatenate(
        [performer.perform(motion(["aa", "ou", "FF"] * 100)), performer.finish(int(6 * fps))]
    )
    assert len(frames) == int(6 * fps)
    assert np.isfinite(frames).all()
    signed = [INDEX[name] for name in SIGNED]
    assert frames.max() <= 1
    assert frames[:, signed].min() >= -1
    assert np.delete(frames, signed, axis=1).min() >= 0
    assert frames.shape[1] == len(CONTROLS)


@pytest.mark.parametrize(
    ("emotion", "control"),
    [
        (Emotion.HAPPY, "smile"),
        (Emotion.SAD, "frown"),
        (Emotion.ANGRY, "brow_furrow"),
        (Emotion.SURPRISED, "brow_raise"),
        (Emotion.CALM, "blink_left"),
    ],
)
def test_an_emotion_shapes_the_face_and_leaves_closures_alone(emotion: Emotion, control: str) -> None:
    rows = motion(["aa"] * 20 + ["PP"] * 10 + ["aa"] * 20)
    neutral, felt = (perform(rows, 25, Manners(emotion=each)) for each in (Emotion.NEUTRAL, emotion))
    assert np.median(felt[:, INDEX[control]] - neutral[:, INDEX[control]]) > 0.05
    assert felt[:, INDEX["press"]].max() > 0.5


def test_an_emotion_is_blended_in() -> None:
    performer = Performer(NEUTRAL, fps=FPS)
    before = performer.finish(10)
    performer.feel(Emotion.HAPPY)
    after = performer.finish(60)
    smile = np.concatenate([before, after])[:, INDEX["smile"]]
    assert np.all(smile[:10] == 0)
    assert smile[10 + round(BLEND_S * FPS) + 1 :].min() > 0.5
    assert np.abs(np.diff(smile)).max() < 0.1


def test_a_phrase_begins_with_a_lift_of_the_brows() -> None:
    silence, speech = motion(["sil"] * 50, voice=0.0, loudness_db=-90.0), motion(["aa"] * 50)
    brows = perform(SpeechMotion.concatenate([silence, speech]), 50)[:, INDEX["brow_raise"]]
    assert brows[:22].max() < 0.02
    assert brows[24:36].max() > 0.08
    assert brows[-1] < brows[24:36].max()
