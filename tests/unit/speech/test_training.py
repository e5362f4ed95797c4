"""The parts of the training that need no synthesiser: sounds to targets, variants, files, scores."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from training import nonspeech
from training.augment import revoiced, varied, whispered
from training.corpus import Utterance, load, save, utterance
from training.phonesets import ARPABET, lookup
from training.score import score

from visavis.engine.speech import CHANNELS, RATE_HZ, VISEMES, SpeechMotion
from visavis.engine.speech.articulation import CLASS_INDEX, targets, viseme_ids
from visavis.engine.speech.ipa import ipa, shares

MOMENTS = (np.arange(100) + 0.5) / 50


def spoken(*sounds: tuple[str, float]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    ends = np.cumsum([seconds for _, seconds in sounds])
    return ends, np.array([CLASS_INDEX[name] for name, _ in sounds])


def row_at(seconds: float) -> int:
    return int(seconds * 50)


def test_names_of_sounds_become_classes() -> None:
    assert ipa("tʃ") == ("postalveolar",)
    assert ipa("ˈaɪ") == ("open", "close_front")
    assert ipa("eː") == ("mid_front",)
    assert ipa("_") == ("silence",)
    assert ipa("5") is None
    find = lookup(ARPABET, strip="012", lower=True)
    assert find("OW1") == ("mid_back", "close_back")
    assert find("nothing") is None
    assert sum(shares(("open", "close_front"))) == pytest.approx(1)


def test_h_is_spoken_through_the_vowel_after_it() -> None:
    _, classes = spoken(("aspirate", 0.1), ("close_back", 0.1), ("aspirate", 0.1), ("silence", 0.1))
    assert [VISEMES[at] for at in viseme_ids(classes)] == ["ou", "ou", "E", "sil"]


def test_targets_press_the_lips_in_a_bilabial_and_open_them_in_an_open_vowel() -> None:
    said = spoken(("silence", 0.4), ("open", 0.2), ("bilabial", 0.1), ("open", 0.2), ("silence", 0.4))
    wanted = targets(*said, MOMENTS)
    aperture = wanted.channels[:, CHANNELS.index("aperture")]
    closure = wanted.channels[:, CHANNELS.index("closure")]
    assert aperture[row_at(0.65)] == 0
    assert closure[row_at(0.65)] == 1
    assert aperture[row_at(0.5)] > 0.4
    assert closure[row_at(0.5)] == 0
    np.testing.assert_allclose(wanted.soft.sum(axis=1), 1, atol=1e-5)
    assert wanted.soft[row_at(0.65)].argmax() == VISEMES.index("PP")
    assert VISEMES[wanted.hard[row_at(0.5)]] == "aa"


def test_lips_round_ahead_of_a_rounded_vowel_more_than_after_it() -> None:
    said = spoken(("close_front", 0.5), ("close_back", 0.1), ("close_front", 0.5))
    rounding = targets(*said, MOMENTS).channels[:, CHANNELS.index("round")]
    assert rounding[row_at(0.43)] > rounding[row_at(0.67)] > 0.01


def test_the_voice_is_off_in_pauses() -> None:
    wanted = targets(*spoken(("open", 0.5), ("silence", 0.3), ("open", 0.5)), MOMENTS)
    assert wanted.voice[row_at(0.2)] == 1
    assert wanted.voice[row_at(0.65)] == 0
    assert wanted.voice[-1] == 0


def tone() -> Utterance:
    sound = np.sin(2 * np.pi * 200 * np.arange(RATE_HZ) / RATE_HZ)
    return utterance(
        sound, RATE_HZ, [(0.0, 0.4, ("open",)), (0.5, 1.0, ("open", "close_front"))], "test/tone"
    )


def test_a_gap_between_sounds_is_silence_and_a_diphthong_is_divided() -> None:
    item = tone()
    assert item.family == "test"
    np.testing.assert_allclose(item.ends_s, [0.4, 0.5, 0.8, 1.0], atol=1e-6)
    assert item.classes[1] == CLASS_INDEX["silence"]


def test_variants_keep_the_times_true() -> None:
    rng = np.random.default_rng(4)
    for _ in range(12):
        sound, ends_s, classes = varied(rng, tone(), [tone()])
        assert len(ends_s) == len(classes)
        assert (np.diff(ends_s) > 0).all()
        assert ends_s[-1] == pytest.approx(len(sound) / RATE_HZ, abs=0.01)
        assert np.isfinite(sound).all()
        assert np.abs(sound).max() <= 1.0001


def test_a_whisper_has_no_pitch_left() -> None:
    time = np.arange(RATE_HZ) / RATE_HZ
    voiced = np.sin(2 * np.pi * 150 * time) + 0.5 * np.sin(2 * np.pi * 300 * time)
    whisper = whispered(np.random.default_rng(1), voiced.astype(np.float32))
    spectrum = np.abs(np.fft.rfft(whisper))
    assert spectrum[150] < 5 * np.median(spectrum[100:400])


@pytest.mark.parametrize("factor", [0.85, 1.2])
def test_another_voice_says_it_at_the_same_time(factor: float) -> None:
    time = np.arange(RATE_HZ) / RATE_HZ
    said = (np.sin(2 * np.pi * 200 * time) * ((time > 0.3) & (time < 0.7))).astype(np.float32)
    other = revoiced(said, factor)
    assert other.shape == said.shape
    spectrum = np.abs(np.fft.rfft(other))
    assert np.argmax(spectrum) == pytest.approx(200 * factor, abs=4)
    loud = np.flatnonzero(np.abs(other) > 0.3) / RATE_HZ
    assert loud[[0, -1]] == pytest.approx([0.3, 0.7], abs=0.02)


@pytest.mark.parametrize("kind", nonspeech.KINDS)
def test_sounds_that_nobody_speaks_are_whole(kind: str) -> None:
    sound = nonspeech.KINDS[kind](np.random.default_rng(2), 3 * RATE_HZ)
    assert sound.shape == (3 * RATE_HZ,)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()


def test_a_corpus_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    kept = [tone(), tone()]
    save(tmp_path / "kept.npz", kept)
    for before, after in zip(kept, load([tmp_path / "kept.npz"]), strict=True):
        np.testing.assert_array_equal(before.samples, after.samples)
        np.testing.assert_array_equal(before.ends_s, after.ends_s)
        np.testing.assert_array_equal(before.classes, after.classes)
        assert before.voice == after.voice


def test_perfect_answers_score_full_and_late_ones_do_not() -> None:
    ends, classes = spoken(
        *[("open", 0.152), ("bilabial", 0.083), ("labiodental", 0.101), ("silence", 0.304)] * 6
    )
    samples = np.zeros(int(ends[-1] * RATE_HZ), np.int16)
    item = Utterance(samples, ends.astype(np.float32), classes.astype(np.int16), "test/known")

    def knows(late_rows: int) -> SpeechMotion:
        rows = -(-len(samples) // 320)
        wanted = targets(ends, classes, (np.arange(rows) + 0.5) / 50)
        visemes = np.eye(len(VISEMES), dtype=np.float32)[np.roll(wanted.hard, late_rows)]
        zeros = np.zeros(rows, np.float32)
        channels = np.roll(wanted.channels, late_rows, axis=0)
        return SpeechMotion(visemes, channels, wanted.voice, zeros, zeros, np.zeros((rows, 2), np.float32))

    full, late = score([item], lambda _: knows(0)), score([item], lambda _: knows(6))
    assert full.accuracy == full.in_speech == full.voice == 1
    assert full.closure_f == 1
    assert late.accuracy < 0.5
    assert late.closure_f < 0.7
