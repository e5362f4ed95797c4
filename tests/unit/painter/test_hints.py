"""Every documented hint changes the character, and so the picture."""

import numpy as np
import pytest

from visavis.painter import paint, understand
from visavis.painter.vocabulary import hint_keys

PROMPT = "a 30-year-old woman"
# For each documented key two values that lead to different characters.
VALUES = {
    "ethnicity": ("east asian", "african"),
    "role_archetype": ("doctor", "chef"),
    "age_range": ("20-30", "65-75"),
    "gender_expression": ("feminine", "masculine"),
    "custom_gender_expression": ("androgynous", "very masculine"),
    "avatar_composition": ("close-up", "half body"),
    "pose_style": ("formal", "dynamic"),
    "camera_view": ("low angle", "high angle"),
    "eye_direction": ("camera", "left"),
    "head_orientation": ("front", "three-quarter"),
    "body_type": ("slim", "plus-size"),
    "skin_tone": ("fair", "dark"),
    "hair_style": ("bob", "afro"),
    "hair_color": ("auburn", "black"),
    "eye_color": ("blue", "brown"),
    "outfit_category": ("suit", "hoodie"),
    "art_direction": ("photorealistic", "watercolor"),
    "visual_influence": ("film noir", "pastel"),
    "lighting": ("soft", "dramatic"),
    "background": ("office", "forest"),
    "mood": ("happy", "serious"),
    "filter_culture": ("japanese", "nigerian"),
    "filter_industry": ("healthcare", "finance"),
    "accessories": (["glasses"], ["hat", "scarf"]),
    "expression": ("smiling", "neutral"),
}


def test_every_documented_key_is_tried():
    assert set(VALUES) == set(hint_keys())


@pytest.mark.parametrize("key", sorted(VALUES))
def test_a_hint_is_understood_and_changes_the_character(key):
    first, second = (understand(PROMPT, {key: value}, 7) for value in VALUES[key])
    assert first.reading.unknown == second.reading.unknown == ()
    assert first.character != second.character


@pytest.mark.parametrize(
    "key", ["skin_tone", "lighting", "art_direction", "visual_influence", "expression", "accessories"]
)
def test_what_a_hint_changes_is_seen(key):
    first, second = (paint(understand(PROMPT, {key: value}, 7).character, 96, 96) for value in VALUES[key])
    assert np.abs(first.astype(int) - second).max() > 30


def test_an_unknown_key_is_read_like_the_prompt():
    assert understand(PROMPT, {"favourite_hat": "a beanie"}).character.headwear == "beanie"
