"""From words with times to captions, and their files."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visavis.engine.captions import Cue, TimedWord, make_cues, spread_words, to_srt, to_vtt
from visavis.engine.captions.cues import MAX_COLUMNS, columns

TEXT = (
    "Hello and welcome to our little demo, in which I will show you how captions are broken into lines at "
    "the right places. Peter bought five maps from my mother! And then?"
)


def text_of(cues: list[Cue]) -> str:
    return " ".join(line for cue in cues for line in cue.lines)


def test_captions_hold_the_whole_text_and_break_at_phrases() -> None:
    cues = make_cues(spread_words(TEXT, 0, 10))
    assert text_of(cues) == TEXT
    assert cues[0].lines == ("Hello and welcome to our little demo,",)
    assert cues[1].lines == (
        "in which I will show you how captions",
        "are broken into lines at the right places.",
    )
    assert [cue.lines[-1][-1] for cue in cues] == [",", ".", "!", "?"]


def test_a_caption_appears_with_its_first_word() -> None:
    words = [TimedWord("One.", 0.3, 0.6), TimedWord("Two,", 2.0, 2.4), TimedWord("three.", 2.5, 2.9)]
    cues = make_cues(words)
    assert [(cue.start_s, cue.lines) for cue in cues] == [(0.3, ("One.",)), (2.0, ("Two, three.",))]
    assert cues[0].end_s == pytest.approx(1.3)  # long enough to be read
    assert cues[1].end_s == pytest.approx(3.5)


def test_captions_that_nearly_touch_do_not_flicker() -> None:
    first, second = make_cues([TimedWord("One.", 0.0, 1.0), TimedWord("Two.", 1.7, 2.0)])
    assert first.end_s == second.start_s


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("你好世界，这是一个很长的句子，没有空格，但是必须在某个地方换行才能显示出来。", 2),
        ("https://example.com/" + "a" * 90, 3),
    ],
)
def test_text_without_spaces_is_cut(text: str, lines: int) -> None:
    cues = make_cues([TimedWord(text, 0, 8)])
    shown = [line for cue in cues for line in cue.lines]
    assert "".join(shown) == text
    assert len(shown) == lines


def test_control_characters_and_arrows_cannot_break_a_file() -> None:
    cues = make_cues([TimedWord("a\x00\nb", 0, 1), TimedWord("-->", 1, 2), TimedWord("<i>&", 2, 3)])
    assert text_of(cues) == "ab → <i>&"
    assert "ab → &lt;i&gt;&amp;" in to_vtt(cues)


def test_files_have_the_formats_of_their_kinds() -> None:
    cues = [Cue(0.5, 2.0, ("One", "two")), Cue(3661.25, 3662.0, ("three",))]
    assert to_srt(cues) == (
        "1\n00:00:00,500 --> 00:00:02,000\nOne\ntwo\n\n2\n01:01:01,250 --> 01:01:02,000\nthree\n"
    )
    assert to_vtt(cues) == (
        "WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nOne\ntwo\n\n01:01:01.250 --> 01:01:02.000\nthree\n"
    )
    assert make_cues([]) == []
    assert to_vtt([]).startswith("WEBVTT")


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=60), st.floats(0, 3), st.floats(0, 2)), max_size=40))
def test_captions_of_any_words_fit_and_do_not_overlap(said: list[tuple[str, float, float]]) -> None:
    clock, words = 0.0, []
    for text, pause_s, length_s in said:
        words.append(TimedWord(text, clock + pause_s, clock + pause_s + length_s))
        clock += pause_s + length_s
    cues = make_cues(words)
    for cue in cues:
        assert 1 <= len(cue.lines) <= 2
        assert all(0 < columns(line) <= MAX_COLUMNS for line in cue.lines)
        assert cue.end_s > cue.start_s
    for one, other in itertools.pairwise(cues):
        assert one.end_s <= other.start_s
