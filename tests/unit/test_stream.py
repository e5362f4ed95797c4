"""The stream: the one way from sound to frames."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.performer import Manners
from visavis.engine.rig.model import Rig
from visavis.engine.speech import RATE_HZ, Phoneme, SpeechModel
from visavis.engine.stream import Frame, Stream
from visavis.engine.view import FaceView, PhotoView, View


def frames_of(view: View, speech: SpeechModel, blocks: list[Floats], **options: object) -> list[Frame]:
    stream = Stream(view, speech, **options)  # type: ignore[arg-type]
    frames = [frame for block in blocks for frame in stream.push(block)]
    return [*frames, *stream.finish()]


@settings(max_examples=8)
@given(cuts=st.lists(st.integers(0, 24_000), max_size=12))
def test_any_cutting_of_the_sound_gives_the_same_frames(
    cuts: list[int], small_rig: Rig, speech_model: SpeechModel, sentence: Floats
) -> None:
    sound = sentence[8_000:32_000]
    view = FaceView(small_rig, side_px=256)
    whole = frames_of(view, speech_model, [sound])
    edges = [0, *sorted(cuts), len(sound)]
    cut = frames_of(view, speech_model, [sound[a:b] for a, b in itertools.pairwise(edges)])
    assert [frame.index for frame in cut] == list(range(len(whole)))
    for one, other in zip(whole, cut, strict=True):
        assert one.time_s == other.time_s
        assert np.array_equal(one.rgb, other.rgb)


@pytest.mark.parametrize("fps", [Fraction(25), Fraction(30), Fraction(30_000, 1001), Fraction(12)])
@pytest.mark.parametrize("samples", [0, 1, 319, 16_000, 23_456])
def test_frames_last_as_long_as_the_sound(
    fps: Fraction, samples: int, small_rig: Rig, speech_model: SpeechModel
) -> None:
    sound = np.zeros(samples, np.float32)
    frames = frames_of(FaceView(small_rig, side_px=128), speech_model, [sound], fps=fps)
    assert len(frames) == -(-samples * fps // RATE_HZ)


@pytest.mark.parametrize("fps", [Fraction(25), Fraction(30), Fraction(12), Fraction(50)])
def test_the_awaited_samples_complete_a_frame(
    fps: Fraction, small_rig: Rig, speech_model: SpeechModel, sentence: Floats
) -> None:
    stream = Stream(FaceView(small_rig, side_px=128), speech_model, fps=fps)
    heard = 0
    for _ in range(20):
        awaited = stream.awaited_samples
        assert not stream.hear(sentence[heard : heard + awaited - 1])
        assert len(stream.hear(sentence[heard + awaited - 1 : heard + awaited])) >= 1
        heard += awaited


def test_frames_come_before_the_delay_is_over(
    small_rig: Rig, speech_model: SpeechModel, sentence: Floats
) -> None:
    stream = Stream(FaceView(small_rig, side_px=128), speech_model)
    heard_s, latest_s = 0.0, 0.0
    block = RATE_HZ // 100
    for start in range(0, RATE_HZ * 2, block):
        frames = list(stream.push(sentence[start : start + block]))
        heard_s += block / RATE_HZ
        for frame in frames:
            latest_s = max(latest_s, heard_s - frame.time_s)
    assert latest_s <= stream.delay_s + 0.01
    assert stream.delay_s < 0.2


def test_silence_keeps_the_mouth_shut(portrait_rig: Rig, speech_model: SpeechModel) -> None:
    frames = frames_of(
        FaceView(portrait_rig, side_px=512),
        speech_model,
        [np.zeros(RATE_HZ * 3, np.float32)],
        manners=Manners(liveliness=0),
    )
    box = portrait_rig.lips.box
    mouths = [frame.rgb[box.rows, box.columns].astype(int) for frame in frames]
    # Breath alone moves them, by about a pixel.
    assert max(np.abs(mouth - mouths[0]).mean() for mouth in mouths) < 3.5


def test_speech_moves_the_mouth(portrait_rig: Rig, speech_model: SpeechModel, sentence: Floats) -> None:
    frames = frames_of(
        FaceView(portrait_rig, side_px=512), speech_model, [sentence], manners=Manners(liveliness=0)
    )
    box = portrait_rig.lips.box
    mouths: list[Pixels] = [frame.rgb[box.rows, box.columns] for frame in frames]
    assert max(np.abs(mouth.astype(int) - mouths[0]).mean() for mouth in mouths) > 6


def test_the_whole_photo_stays_still_outside_of_the_head(small_rig: Rig, speech_model: SpeechModel) -> None:
    view = PhotoView(small_rig)
    frames = frames_of(view, speech_model, [np.zeros(RATE_HZ, np.float32)])
    height, width = frames[0].rgb.shape[:2]
    assert (width, height) == view.size
    assert width % 2 == height % 2 == 0
    assert all(np.array_equal(frame.rgb[:4], small_rig.picture.rgb[:4, :width]) for frame in frames)


@settings(max_examples=4)
@given(cuts=st.lists(st.integers(0, 24_000), max_size=8))
def test_known_sounds_move_the_mouth_the_same_way_however_the_sound_is_cut(
    cuts: list[int], small_rig: Rig, speech_model: SpeechModel, sentence: Floats
) -> None:
    sound, view = sentence[8_000:32_000], FaceView(small_rig, side_px=128)
    edges = [0, *sorted(cuts), len(sound)]
    told = [Phoneme(name, 0.2 * at, 0.2 * at + 0.2) for at, name in enumerate(["m", "uː", "m", "ɑː", "m"])]
    videos = []
    for blocks in ([sound], [sound[a:b] for a, b in itertools.pairwise(edges)]):
        stream = Stream(view, speech_model)
        stream.tell(told)
        videos.append([frame.rgb for block in blocks for frame in stream.push(block)])
    assert np.array_equal(videos[0], videos[1])
    plain = [frame.rgb for frame in Stream(view, speech_model).push(sound)]
    assert not np.array_equal(videos[0], plain)
