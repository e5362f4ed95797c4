"""Who speaks in the training: that every voice is there, says what it is given, and when it says it."""

from pathlib import Path

import pytest
from training import espeak, texts
from training.misaki import timed_sounds


def test_every_voice_of_the_training_is_there_and_speaks() -> None:
    speaker = espeak.Speaker()
    names = [(voice, "") for voice in {*espeak.ENGLISH, *espeak.OTHERS}]
    names += [("de", variant) for variant in set(espeak.VARIANTS)]
    silent = []
    for voice, variant in names:
        if not speaker.choose(voice, variant) or len(speaker.say("mama", 175, 50, 50)[1]) < 4:
            silent.append((voice, variant))
    assert silent == []


def test_a_missing_voice_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "sentences", lambda _: ["A sentence to say."])
    with pytest.raises(ValueError, match="xx"):
        espeak.generate(("xx",), 0.1, 1)


def test_words_are_spelled_in_the_language_of_the_voice() -> None:
    speaker = espeak.Speaker()
    assert speaker.phonemes("bonjour", "fr").startswith("bɔ̃ʒ")
    assert speaker.phonemes("la casa", "es") == "la kˈasa"


def test_a_language_without_fortunes_is_read_from_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "swedish").write_bytes("öga\nskog\nstjärna\nl'eau\n".encode("latin1"))
    monkeypatch.setattr(texts, "WORD_LISTS", tmp_path)
    said = texts.sentences("sv")
    assert said == texts.sentences("sv")
    assert all(4 <= len(sentence.split()) <= 10 for sentence in said)
    assert {word for sentence in said for word in sentence[:-1].split()} == {"öga", "skog", "stjärna"}


def test_letters_become_sounds_at_the_time_that_they_are_heard() -> None:
    #        pad  m  stress o:diphthong  space  length-marked vowel  stop  pad
    symbols = ["", "m", "ˈ", "O", " ", "ɑ", "ː", ".", ""]
    frames = [12, 4, 2, 6, 1, 4, 2, 6, 1]
    timed = timed_sounds(symbols, frames)
    assert [parts for _, _, parts in timed] == [
        ("silence",),
        ("bilabial",),
        ("mid_back", "close_back"),
        ("open",),
        ("silence",),
        ("silence",),
    ]
    late_s = 0.056
    assert timed[1][:2] == pytest.approx((0.3 - late_s, 0.4 - late_s))
    assert timed[2][:2] == pytest.approx((0.4 - late_s, 0.625 - late_s))  # with its stress, and the short gap
    assert timed[3][1] == pytest.approx(0.775 - late_s)
    assert timed[-1][1] == pytest.approx(sum(frames) * 0.025 - late_s)
