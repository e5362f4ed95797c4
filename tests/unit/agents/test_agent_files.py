"""Agent files, framing and personas."""

from dataclasses import replace

import numpy as np
import pytest

from visavis.core.agents import check_code, new_code
from visavis.core.agents.personas import persona
from visavis.engine.agent_file import AgentProfile, AgentVoice, read_profile, with_profile
from visavis.engine.framing import SIZES, framed
from visavis.engine.performer import Manners
from visavis.engine.rig.file import load_rig, rig_bytes
from visavis.engine.rig.model import Picture, Rig
from visavis.engine.view import PhotoView
from visavis.errors import RequestError, RigFileError

PROFILE = AgentProfile(
    code="A91XMB7113",
    name="Ada",
    system_prompt="You sell bicycles. \U0001f6b2",
    voice=AgentVoice(name="hibari", tempo=1.1, pitch=0.9),
    manners=Manners(blinks_per_minute=12.5, sway_degrees=(2.0, 1.0, 0.5), smile=0.2, seed=7),
)


def test_an_agent_file_is_a_rig_file_that_says_who_it_is(small_rig: Rig) -> None:
    content = rig_bytes(small_rig)
    assert read_profile(content) is None
    packed = with_profile(content, PROFILE)
    assert read_profile(packed) == PROFILE
    opened = load_rig(packed)
    assert np.array_equal(opened.person, load_rig(content).person)
    renamed = with_profile(packed, PROFILE.model_copy(update={"name": "Bo"}))
    profile = read_profile(renamed)
    assert profile is not None
    assert profile.name == "Bo"
    assert len(load_rig(renamed).neutral) == len(opened.neutral)


@pytest.mark.parametrize(
    "content", [b"", b"x" * 100, (20).to_bytes(8, "little") + b'{"__metadata__": {}}', b"\xff" * 64]
)
def test_what_is_no_rig_is_refused(content: bytes) -> None:
    with pytest.raises(RigFileError):
        read_profile(content)


def test_manners_that_nobody_has_are_refused(small_rig: Rig) -> None:
    packed = with_profile(rig_bytes(small_rig), PROFILE)
    for old, new in ((b"12.5", b"1e99"), (b"2.0,", b"2e9,")):
        with pytest.raises(RigFileError):
            read_profile(packed.replace(old, new, 1))


@pytest.mark.parametrize("aspect_ratio", list(SIZES))
@pytest.mark.parametrize("photo", [(512, 512), (1080, 1920), (1920, 1080), (400, 400)])
def test_the_head_is_whole_and_well_placed_in_every_frame(
    small_rig: Rig, aspect_ratio: str, photo: tuple[int, int]
) -> None:
    height, width = photo
    side = 0.55 * min(photo)
    picture = Picture(
        np.full((height, width, 3), 90, np.uint8), width / 2 - side / 2, height / 2 - side / 2, side
    )
    framing = framed(replace(small_rig, picture=picture), aspect_ratio)
    wide, high = SIZES[aspect_ratio]
    placed = framing.picture
    assert placed.rgb.shape == (high, wide, 3)
    # The face takes the middle half of the square, the hair a little more above.
    left, right = placed.left + 0.2 * placed.side, placed.left + 0.8 * placed.side
    top, bottom = placed.top + 0.1 * placed.side, placed.top + 0.85 * placed.side
    assert left >= 0
    assert right <= wide
    assert top >= 0
    assert bottom <= high
    assert abs((left + right) / 2 - wide / 2) < 0.1 * wide
    assert placed.side > 0.5 * min(wide, high)
    drawn = PhotoView(framing).draw(small_rig.neutral)
    assert drawn.shape == (high, wide, 3)


def test_a_tight_photo_is_continued_above_the_head(small_rig: Rig) -> None:
    """The body ends with the frame, and no second head shows above it."""
    size = small_rig.size
    alpha = small_rig.person[..., 3:].astype(np.float32) / 255
    wall, skin = np.array([40, 90, 160]), np.array([220, 160, 130])
    photo = np.rint(wall * (1 - alpha) + skin * alpha).astype(np.uint8)
    rig = replace(small_rig, picture=Picture(photo, 0, 0, size))
    placed = framed(rig, "9:16").picture
    high, wide = placed.rgb.shape[:2]
    assert placed.top + placed.side == pytest.approx(high, abs=1)
    assert placed.top > 0.03 * high
    above = placed.rgb[: round(placed.top - 0.03 * wide)]
    assert np.abs(above.astype(float) - wall).max() < 25
    assert np.abs(placed.rgb[-1, wide // 2].astype(float) - skin).max() < 10


def test_a_head_that_the_photo_cuts_off_keeps_the_upper_edge(small_rig: Rig) -> None:
    cut = round(0.35 * small_rig.size)  # through the forehead
    person = np.roll(small_rig.person, -cut, axis=0)
    person[-cut:] = person[-cut - 1]
    photo = np.ascontiguousarray(person[..., :3])
    rig = replace(small_rig, person=person, picture=Picture(photo, 0, 0, small_rig.size))
    assert framed(rig, "9:16").picture.top == pytest.approx(0, abs=1)


def test_where_the_photo_ends_it_goes_on_blurred(small_rig: Rig) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (600, 400, 3), dtype=np.uint8)
    picture = Picture(noise, 50, 100, 300)
    frame = framed(replace(small_rig, picture=picture), "16:9").picture.rgb.astype(float)
    middle, edge = frame[:, 600:680], frame[:, :40]
    assert np.abs(np.diff(middle, axis=0)).mean() > 10 * np.abs(np.diff(edge, axis=0)).mean()
    assert abs(middle.mean() - edge.mean()) < 25


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("You are Ada, a sales assistant.", "Ada"),
        ("Your name is Grace Hopper. You teach.", "Grace Hopper"),
        ("You are a robot called Kim who tells jokes.", "Kim"),
    ],
)
def test_the_prompt_names_the_person(prompt: str, name: str) -> None:
    found = persona(prompt, "A000000000")
    assert found.name == name
    assert found.system_prompt == prompt
    assert all(name in text for text in found.introductions[:-1])


def test_without_a_prompt_there_is_a_persona_of_its_own() -> None:
    one, again, other = (persona("", code) for code in ("A000000001", "A000000001", "A000000003"))
    assert one == again
    assert one != other
    assert one.name in one.system_prompt
    assert persona("You are a professional video content creator.", "A1").name
    for begin in ("You are ", "Your name is ", "You are called Ada "):
        assert len(persona(f"{begin}A{'a' * 5000}.", "A1").name) < 80  # it is spoken


def test_codes() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 10 and code[0].isalpha() and code.isalnum() for code in codes)
    for code in ("generate", "Status", "", "a b", "x" * 65, "-a"):
        with pytest.raises(RequestError):
            check_code(code)
    assert check_code("A12345678") == "A12345678"
