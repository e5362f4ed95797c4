"""Known sounds, laid over what is heard."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visavis.engine.speech import VISEMES, Phoneme, Script, SpeechMotion
from visavis.engine.speech.calibration import lips, pressed
from visavis.engine.speech.ipa import ipa

ROWS = 100


def heard(rows: int = ROWS, loudness_db: float = -20.0, voice: float = 1.0) -> SpeechMotion:
    """An open vowel all the time, as a model that mishears everything would say."""
    rng = np.random.default_rng(1)
    visemes = rng.uniform(0, 0.01, (rows, 15)).astype(np.float32)
    visemes[:, VISEMES.index("aa")] = 1
    visemes /= visemes.sum(axis=1, keepdims=True)
    channels = np.tile(np.array([0.8, 0.8, 0.1, 0.2, 0.0, 0.0], np.float32), (rows, 1))
    level = np.full(rows, loudness_db, np.float32)
    position = np.tile(np.array([0.9, 0.0], np.float32), (rows, 1))
    return SpeechMotion(visemes, channels, np.full(rows, voice, np.float32), level, 0 * level, position)


def said(names: str, start_s: float = 0.4, each_s: float = 0.1) -> list[Phoneme]:
    return [
        Phoneme(name, start_s + at * each_s, start_s + (at + 1) * each_s)
        for at, name in enumerate(names.split())
    ]


def laid(phonemes: list[Phoneme], motion: SpeechMotion) -> SpeechMotion:
    script = Script()
    script.add(phonemes)
    return script.lay_over(motion)


def row_at(moment_s: float) -> int:
    return int(moment_s * 50)


@pytest.mark.parametrize("each_s", [0.02, 0.06, 0.1, 0.25])
@pytest.mark.parametrize("name", ["p", "b", "m", "pʰ", "ˈb", "mː", "m̥"])
def test_lips_meet_in_every_bilabial_however_short_it_is(name: str, each_s: float) -> None:
    motion = laid(said(f"ɑ {name} ɑ", each_s=each_s), heard())
    begin, end = row_at(0.4 + each_s), row_at(0.4 + 2 * each_s)
    aperture, _ = lips(motion)
    assert (aperture[begin : max(end, begin + 2)] < 0.02).all()
    assert pressed(motion)[begin : max(end, begin + 2)].min() > 0.5


def test_the_lip_comes_to_the_teeth_and_round_vowels_are_narrow() -> None:
    motion = laid(said("ɑ f u ɑ iː ɑ ʃ ɑ"), heard())
    aperture, width = lips(motion)
    assert aperture[row_at(0.55)] <= 0.2
    assert width[row_at(0.65)] < -0.4 < 0.0 < width[row_at(0.85)]
    assert VISEMES[motion.visemes[row_at(0.65)].argmax()] == "ou"
    assert VISEMES[motion.visemes[row_at(1.05)].argmax()] == "CH"


def test_rows_far_from_known_sounds_are_heard_alone() -> None:
    plain, motion = heard(), laid(said("m a"), heard())
    far = np.r_[0 : row_at(0.3), row_at(0.7) : ROWS]
    np.testing.assert_array_equal(motion.visemes[far], plain.visemes[far])
    np.testing.assert_array_equal(motion.lips[far], plain.lips[far])
    np.testing.assert_allclose(motion.visemes.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("names", ["", "☃ 5 ?", "_ |"])
def test_unknown_names_leave_everything_to_hearing(names: str) -> None:
    plain = heard()
    motion = laid(said(names), plain)
    np.testing.assert_array_equal(motion.visemes, plain.visemes)
    np.testing.assert_array_equal(motion.voice, plain.voice)


def test_a_mouth_stays_shut_in_silence_whatever_was_to_be_said() -> None:
    aperture, _ = lips(laid(said("ɑ ɑ ɑ"), heard(loudness_db=-90.0, voice=0.0)))
    assert not aperture.any()


def test_a_quiet_sound_that_is_known_opens_the_mouth() -> None:
    aperture, _ = lips(laid(said("ɑ ɑ ɑ"), heard(loudness_db=-45.0, voice=0.0)))
    assert aperture[row_at(0.55)] > 0.5


def test_what_is_dropped_is_not_said() -> None:
    script, plain = Script(), heard()
    script.add(said("ɑ ɑ m m m"))
    script.drop(0.5)
    motion = script.lay_over(plain)
    assert pressed(motion)[row_at(0.4) :].max() < 0.05


@settings(max_examples=30)
@given(st.lists(st.integers(0, ROWS), max_size=12))
def test_any_cutting_gives_the_same_bits(cuts: list[int]) -> None:
    told, motion = said("p iː t ə b ɔː t f aɪ v"), heard()
    script = Script()
    script.add(told)
    edges = [0, *sorted(cuts), ROWS]
    cut = SpeechMotion.concatenate(script.lay_over(motion[a:b]) for a, b in itertools.pairwise(edges))
    once = laid(told, motion)
    for name in ("visemes", "channels", "voice", "lips"):
        assert getattr(cut, name).tobytes() == getattr(once, name).tobytes()


@given(st.integers(0, 5))
def test_telling_later_but_in_time_gives_the_same_bits(count: int) -> None:
    told, motion = said("p iː t ə b ɔː"), heard()
    script = Script()
    script.add(told[:count])
    early_rows = max(0, row_at(told[count].start_s - 0.45)) if count < len(told) else 0
    parts = [script.lay_over(motion[:early_rows])]
    script.add(told[count:])
    parts.append(script.lay_over(motion[early_rows:]))
    assert SpeechMotion.concatenate(parts).visemes.tobytes() == laid(told, motion).visemes.tobytes()


def test_sounds_of_the_phonetic_alphabet_have_classes() -> None:
    assert ipa("t͡ʃ") == ipa("ʧ") == ("postalveolar",)
    assert ipa("ɑ̃") == ("open",)
    assert ipa("ç") == ("velar",)
    assert ipa("oʊ") == ("mid_back", "close_back")
    assert ipa("ʰ") is None
