import pytest

from visavis.painter.reading import read_request


def traits(prompt: str, **hints: object) -> dict[str, str]:
    return read_request(prompt, hints).values()


def test_adjectives_belong_to_their_nouns():
    said = traits("A woman with long curly red hair, green eyes, a navy suit and a grey background")
    assert said["hair_length"] == "long"
    assert said["hair_texture"] == "curly"
    assert said["hair_colour"] == "red"
    assert said["eyes_colour"] == "green"
    assert said["outfit_colour"] == "navy"
    assert said["garment"] == "suit"
    assert said["background_colour"] == "grey"
    assert said["sex"] == "woman"


@pytest.mark.parametrize(
    ("prompt", "trait", "value"),
    [
        ("a man without glasses or beard", "beard", "none"),
        ("a man without glasses or beard", "glasses", "none"),
        ("clean-shaven gentleman", "beard", "none"),
        ("no earrings, but glasses", "earrings", "none"),
        ("no earrings, but glasses", "glasses", "square"),
        ("a boss who is not smiling", "mood", "neutral"),
    ],
)
def test_negations_turn_things_off(prompt, trait, value):
    assert traits(prompt)[trait] == value


@pytest.mark.parametrize(
    ("prompt", "age"),
    [
        ("a 35-year-old", "35"),
        ("a woman in her early 60s", "62"),
        ("aged 7", "7"),
        ("between 20 and 30 years", "30"),
        ("20-30", "25"),
    ],
)
def test_ages_are_read(prompt, age):
    assert traits(prompt)["age"] == age


def test_a_colour_of_a_person_is_an_origin_and_not_the_colour_of_hair():
    said = traits("young black man with white hair")
    assert said["ethnicity"] == "african"
    assert said["hair_colour"] == "white"


def test_hints_count_more_than_the_prompt():
    assert traits("a woman with blond hair", hair_color="auburn")["hair_colour"] == "auburn"


def test_what_is_not_understood_is_told():
    reading = read_request("a woman with a unicorn", {"mood": "quizzaciously"})
    assert ("unicorn", "prompt") in reading.unknown
    assert ("quizzaciously", "mood") in reading.unknown


@pytest.mark.parametrize(
    ("prompt", "language", "hair", "sex"),
    [
        ("Eine freundliche Frau mit schwarzen Haaren, ohne Brille", "de", "black", "woman"),
        ("Un hombre con pelo negro, sin gafas", "es", "black", "man"),
        ("Une femme aux cheveux noirs, sans lunettes", "fr", "black", "woman"),
    ],
)
def test_other_languages_are_read(prompt, language, hair, sex):
    reading = read_request(prompt, {})
    said = reading.values()
    assert reading.language == language
    assert said["hair_colour"] == hair
    assert said["sex"] == sex
    assert said["glasses"] == "none"
    assert reading.unknown == ()
