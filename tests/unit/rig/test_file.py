"""Rig files: what was written is read back, and what is damaged is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visavis.engine.rig.controls import weights_row
from visavis.engine.rig.file import is_rig, load_rig, rig_bytes, save_rig
from visavis.engine.rig.frame import FrameRenderer
from visavis.engine.rig.model import Rig
from visavis.errors import OutputError, RigFileError


@pytest.fixture(scope="module")
def content(small_rig: Rig) -> bytes:
    return rig_bytes(small_rig)


def test_a_loaded_rig_draws_the_same(small_rig: Rig, content: bytes) -> None:
    weights = weights_row({"jaw": 0.5, "yaw": 0.4, "blink_left": 0.7, "gaze_x": 0.3, "tongue": 0.5})
    before, after = (FrameRenderer(rig).draw(weights).astype(int) for rig in (small_rig, load_rig(content)))
    assert np.abs(before - after).max() <= 2  # half floats


def test_saving_leaves_nothing_else_behind(small_rig: Rig, tmp_path: Path) -> None:
    path = tmp_path / "face.visavis"
    save_rig(small_rig, path)
    assert list(tmp_path.iterdir()) == [path]
    assert is_rig(path.read_bytes())
    assert load_rig(path).size == small_rig.size


def test_saving_to_an_unwritable_folder(small_rig: Rig, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        save_rig(small_rig, tmp_path / "nowhere" / "face.visavis")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RigFileError, match="cannot be read"):
        load_rig(tmp_path / "none.visavis")


def with_header(content: bytes, **changes: object) -> bytes:
    """The same file with other words in its own header."""
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    own = json.loads(header["__metadata__"]["visavis"]) | changes
    header["__metadata__"]["visavis"] = json.dumps(own)
    packed = json.dumps(header).encode()
    return len(packed).to_bytes(8, "little") + packed + content[8 + length :]


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"size": 1 << 30},
        {"controls": ["jaw"]},
        {"pixels_per_cm": float("nan")},
        {"mouth_box": {"left": 0, "top": 0, "width": 4096, "height": 4096}},
        {"mouth_box": {"left": 1, "top": 1, "width": 5, "height": 5}},
        {"surprise": True},
    ],
)
def test_an_unknown_header_is_refused(content: bytes, changes: dict[str, object]) -> None:
    with pytest.raises(RigFileError):
        load_rig(with_header(content, **changes))


def test_a_missing_part_is_named(content: bytes) -> None:
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    header["strange"] = header.pop("neutral")
    packed = json.dumps(header).encode()
    with pytest.raises(RigFileError, match="neutral"):
        load_rig(len(packed).to_bytes(8, "little") + packed + content[8 + length :])


@settings(max_examples=150)
@given(data=st.data())
def test_damage_is_refused_or_harmless(content: bytes, data: st.DataObject) -> None:
    damaged = bytearray(
        content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content
    )
    for _ in range(data.draw(st.integers(0, 6))):
        if damaged:
            damaged[data.draw(st.integers(0, len(damaged) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        rig = load_rig(bytes(damaged))
    except RigFileError:
        return
    assert FrameRenderer(rig).draw(weights_row({"jaw": 0.5})).shape == (rig.size, rig.size, 3)


@settings(max_examples=60)
@given(noise=st.binary(max_size=4096))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(RigFileError):
        load_rig(noise)
