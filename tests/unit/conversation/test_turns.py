"""Turns of one speaker, in time that is counted in windows."""

from collections.abc import Iterable

import pytest

from visavis.realtime.conversation.turns import (
    DANGLING_S,
    OPEN_S,
    QUESTION_S,
    WHOLE_S,
    Step,
    TurnTaker,
    silence_after,
)

WINDOW_S = 0.032
STEP_S = WINDOW_S / 2  # of windows that overlap


def steps(turns: TurnTaker, probabilities: Iterable[float]) -> list[Step]:
    found = (turns.step(each, in_echo=False) for each in probabilities)
    return [step for step in found if step is not None]


def windows(seconds: float) -> int:
    return round(seconds / WINDOW_S)


def test_a_turn_ends_soon_after_a_whole_sentence() -> None:
    turns = TurnTaker(WINDOW_S)
    assert steps(turns, [0.9] * 20 + [0.0] * windows(0.2)) == [Step.BEGAN, Step.PAUSED]
    turns.note_text("Tell me the time.")
    silence = 0
    while turns.is_speaking:
        turns.step(0.0, in_echo=False)
        silence += 1
    assert (silence + windows(0.2)) * WINDOW_S == pytest.approx(WHOLE_S, abs=2 * WINDOW_S)


def test_who_goes_on_after_a_pause_has_not_ended() -> None:
    turns = TurnTaker(WINDOW_S)
    steps(turns, [0.9] * 20 + [0.0] * windows(0.2))
    turns.note_text("I would like to know and")
    assert steps(turns, [0.0] * windows(0.8) + [0.9] * 5) == [Step.WENT_ON]
    assert turns.is_speaking
    assert turns.text is None  # what was recognized is old now


@pytest.mark.parametrize(
    ("text", "silence_s"),
    [
        ("How much is it?", QUESTION_S),
        ("¿Cuánto es?", QUESTION_S),
        ("Tell me how much it is.", WHOLE_S),
        ("How much is it", OPEN_S),
        ("The price is", DANGLING_S),
        ("I would like to", DANGLING_S),
        ("I would like to know and.", DANGLING_S),
        ("I would like to know.", DANGLING_S),
        ("Do you want to know?", QUESTION_S),
        ("Ich möchte wissen, weil", DANGLING_S),
        ("Well...", DANGLING_S),
        ("", WHOLE_S),
    ],
)
def test_words_that_want_more_are_given_time(text: str, silence_s: float) -> None:
    assert silence_after(text) == silence_s


@pytest.mark.parametrize(
    ("probability", "in_echo", "expected"),
    [(0.99, False, 2), (0.87, False, 3), (0.8, False, 3), (0.6, False, 6), (0.99, True, 10)],
)
def test_a_turn_begins_the_sooner_the_surer_the_voice_is(
    probability: float, in_echo: bool, expected: int
) -> None:
    turns = TurnTaker(STEP_S)
    steps = (turns.step(probability, in_echo=in_echo) for _ in range(20))
    assert list(steps).index(Step.BEGAN) + 1 == expected


def test_a_click_is_no_turn() -> None:
    assert steps(TurnTaker(WINDOW_S), [0.9] + [0.0] * 20) == []
    assert steps(TurnTaker(STEP_S), [0.9, 0.9] + [0.0] * 20) == []
