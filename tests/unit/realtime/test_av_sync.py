"""Sound in, sound and poses out, block by block; and the face that shows them."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from visavis.engine.resample import Resampler
from visavis.engine.rig.controls import CONTROLS, INDEX
from visavis.engine.rig.model import Rig
from visavis.engine.speech import SpeechModel
from visavis.engine.stream import Stream
from visavis.engine.view import FaceView
from visavis.realtime.av_sync import AvSync, Tick
from visavis.realtime.crossfade import FaceCrossfade
from visavis.realtime.sound import BLOCK_S, BLOCK_SAMPLES, RATE_HZ, Block

FPS = Fraction(25)


@pytest.fixture
def speech_blocks(sentence: NDArray[np.float32]) -> list[Block]:
    resample = Resampler(16_000, RATE_HZ)
    samples = np.concatenate([resample(sentence), resample.finish()])
    whole = len(samples) // BLOCK_SAMPLES
    return [Block(each, 1, BLOCK_SAMPLES) for each in np.split(samples[: whole * BLOCK_SAMPLES], whole)]


def perform(rig: Rig, model: SpeechModel, fps: Fraction = FPS) -> AvSync:
    crossfade = FaceCrossfade(FaceView(rig, side_px=rig.size), fps=float(fps))
    return AvSync(Stream(crossfade, model, fps=fps), fps=fps)


def jaw(ticks: list[Tick]) -> NDArray[np.float64]:
    return np.array([m.pose.weights[INDEX["jaw"]] for m in ticks if m.pose is not None])


@pytest.mark.parametrize("fps", [Fraction(25), Fraction(30), Fraction(10), Fraction(50)])
def test_every_frame_is_ready_when_its_sound_is_played(
    small_rig: Rig, speech_model: SpeechModel, speech_blocks: list[Block], fps: Fraction
) -> None:
    av_sync = perform(small_rig, speech_model, fps)
    ticks = [av_sync.step(block) for block in speech_blocks[:150]]
    shown = [(m.number, m.pose) for m in ticks if m.pose is not None]
    for number, pose in shown:
        assert (number - 1) * BLOCK_S - 1e-6 <= pose.time_s < number * BLOCK_S
    indexes = [pose.index for _, pose in shown]
    skipped = sum(m.skipped for m in ticks)
    assert indexes[0] == 0
    assert indexes == list(range(len(indexes)))
    assert skipped == 0


def test_the_sound_comes_out_as_it_went_in(
    small_rig: Rig, speech_model: SpeechModel, speech_blocks: list[Block]
) -> None:
    av_sync = perform(small_rig, speech_model)
    held = av_sync.held_blocks
    assert held * BLOCK_S == pytest.approx(0.08)
    ticks = [av_sync.step(block) for block in speech_blocks[:60]]
    for tick, block in zip(ticks[held:], speech_blocks, strict=False):
        assert tick.sound is block
    assert [m.number for m in ticks[:2]] == [-held, 1 - held]
    assert not ticks[0].sound.samples.any()


def test_in_silence_the_mouth_is_shut(small_rig: Rig, speech_model: SpeechModel) -> None:
    av_sync = perform(small_rig, speech_model)
    ticks = [av_sync.step(Block.silent()) for _ in range(200)]
    assert jaw(ticks).max() < 0.02


def test_an_interruption_shuts_the_mouth_within_a_tenth(
    small_rig: Rig, speech_model: SpeechModel, speech_blocks: list[Block]
) -> None:
    av_sync = perform(small_rig, speech_model)
    before = [av_sync.step(block) for block in speech_blocks[:100]]
    while jaw(before)[-1] < 0.1:
        before.append(av_sync.step(speech_blocks[len(before)]))
    av_sync.interrupt()
    cut_s = (before[-1].number + 1) * BLOCK_S
    after = [av_sync.step(Block.silent()) for _ in range(50)]
    late = [m.pose for m in after if m.pose is not None and m.pose.time_s > cut_s + 0.1]
    assert max(pose.weights[INDEX["jaw"]] for pose in late) < 0.05
    assert not any(m.sound.samples.any() for m in after[1:])
    faded = after[0].sound.samples
    assert abs(faded[0]) >= abs(faded[-1]) == 0


def test_a_sound_that_breaks_off_shuts_the_mouth_within_a_tenth(
    small_rig: Rig, speech_model: SpeechModel, speech_blocks: list[Block]
) -> None:
    av_sync = perform(small_rig, speech_model)
    ticks = [av_sync.step(block) for block in speech_blocks[:110]]
    assert speech_blocks[109].is_audible
    end_s = 110 * BLOCK_S
    ticks += [av_sync.step(Block.silent()) for _ in range(60)]
    late = [m.pose for m in ticks if m.pose is not None and m.pose.time_s >= end_s + 0.1]
    assert max(pose.weights[INDEX["jaw"]] for pose in late) < 0.02


def test_the_avatar_speaks_again_after_an_interruption(
    small_rig: Rig, speech_model: SpeechModel, speech_blocks: list[Block]
) -> None:
    av_sync = perform(small_rig, speech_model)
    for block in speech_blocks[:60]:
        av_sync.step(block)
    av_sync.interrupt()
    again = [av_sync.step(block) for block in speech_blocks]
    assert jaw(again[20:]).max() > 0.1
    held = av_sync.held_blocks
    assert again[held + 3].sound is speech_blocks[3]


def test_a_crossfade_shows_a_face_as_a_view_does(small_rig: Rig) -> None:
    view = FaceView(small_rig, side_px=small_rig.size)
    plain = FaceView(small_rig, side_px=small_rig.size).draw(small_rig.neutral)
    assert np.array_equal(FaceCrossfade(view, fps=25).draw(np.zeros(len(CONTROLS), np.float32)), plain)


class Grey:
    """A view of one colour."""

    def __init__(self, level: int) -> None:
        self.level, self.size = level, (16, 16)
        self.neutral = np.zeros(len(CONTROLS), np.float32)

    def draw(self, weights: NDArray[np.float32]) -> NDArray[np.uint8]:
        assert len(weights) == len(CONTROLS)
        return np.full((16, 16, 3), self.level, np.uint8)


def test_a_face_fades_into_another() -> None:
    crossfade = FaceCrossfade(Grey(0), fps=25)
    rest = np.zeros(len(CONTROLS), np.float32)
    assert crossfade.draw(rest).mean() == 0
    crossfade.change(Grey(220))
    levels = [float(crossfade.draw(rest).mean()) for _ in range(15)]
    steps = np.diff([0, *levels])
    assert levels[-1] == 220
    assert (steps >= 0).all()
    assert steps.max() < 25  # no jump
    crossfade.change(Grey(0))
    crossfade.draw(rest)
    crossfade.change(Grey(100))  # in the middle of it
    assert [float(crossfade.draw(rest).mean()) for _ in range(15)][-1] == 100
