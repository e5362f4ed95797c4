"""What recognized texts mean while the avatar speaks."""

import pytest

from visavis.realtime.conversation.hearsay import RecentSpeech, is_sign_of_listening


@pytest.mark.parametrize(
    "text", ["Okay.", "Mm-hmm.", "Uh-huh.", "Yeah, okay.", "Right.", "Ja, genau.", "", "..."]
)
def test_signs_of_listening(text: str) -> None:
    assert is_sign_of_listening(text)


@pytest.mark.parametrize("text", ["Stop.", "Okay, stop now.", "No.", "What?", "Yes, I would like a coffee."])
def test_words_that_interrupt(text: str) -> None:
    assert not is_sign_of_listening(text)


def test_what_the_avatar_said_is_known_again() -> None:
    said = RecentSpeech()
    said.add("The first floor has a room for parties, and a garden.", 10.0)
    assert said.has("a room for parties", 12.0)
    assert said.has("First floor has the room for parties.", 12.0)
    assert not said.has("How much is a room?", 12.0)
    assert not said.has("a room for parties", 200.0)


def test_numbers_are_the_same_in_digits() -> None:
    said = RecentSpeech()
    said.add("A coffee costs three euros.", 10.0)
    assert said.has("3 euros.", 12.0)
    assert not said.has("Not 3 but 5 euros.", 12.0)
