"""Frames of a rig: the photo at rest, never torn, and the same as ever."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from visavis.engine.arrays import Floats, Pixels
from visavis.engine.face import FaceModels, find_face
from visavis.engine.photo import Photo
from visavis.engine.rig.build import build_rig
from visavis.engine.rig.controls import CONTROLS, FIELD_CONTROLS, INDEX, LOWEST, clamp, weights_row
from visavis.engine.rig.crop import crop_head
from visavis.engine.rig.frame import FrameRenderer
from visavis.engine.rig.model import Rig
from visavis.engine.rig.space import CELL_PX
from visavis.samples.portrait import read_portrait

GOLDEN = Path(__file__).parents[2] / "golden"

POSES = {
    "rest": {},
    "ah": {"jaw": 0.8, "upper_raise": 0.15},
    "oo": {"round": 0.95, "jaw": 0.2},
    "ee": {"wide": 0.8, "jaw": 0.15, "upper_raise": 0.3, "lower_drop": 0.4},
    "m": {"press": 0.85},
    "f": {"lip_teeth": 1.0, "jaw": 0.06},
    "th": {"jaw": 0.25, "tongue": 1.0, "upper_raise": 0.2, "lower_drop": 0.2},
    "blink": {"blink_left": 1.0, "blink_right": 0.5, "gaze_x": 0.3},
    "turned": {"yaw": 0.8, "pitch": -0.4, "roll": 0.3, "smile": 0.6, "brow_raise": 0.7},
}

any_weights = arrays(np.float32, len(CONTROLS), elements=st.floats(-1, 1, width=32))


def within_ranges(weights: Floats) -> Floats:
    return clamp(np.maximum(weights, LOWEST))


def signal_to_noise_db(image: Pixels, reference: Pixels) -> float:
    error = np.mean((image.astype(float) - reference.astype(float)) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def test_the_rest_pose_is_the_photo(portrait_rig: Rig, face_models: FaceModels) -> None:
    photo = read_portrait()
    crop = crop_head(photo, find_face(face_models, photo).landmarks.points, portrait_rig.size)
    assert signal_to_noise_db(FrameRenderer(portrait_rig).draw(weights_row()), crop.rgb) > 34


@pytest.mark.parametrize(
    "name", ["studio_woman_red.png", "monalisa.jpg", "vasa13_brown_woman.jpg", "curly_glasses_pout.jpg"]
)
def test_the_rest_pose_is_the_photo_for_real_faces(
    name: str, shared_data: Path, face_models: FaceModels
) -> None:
    image = cv2.imread(str(shared_data / "faces" / name))
    assert image is not None
    photo = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)
    rig = build_rig(face_models, Photo(photo, None)).rig
    crop = crop_head(photo, find_face(face_models, photo).landmarks.points, rig.size)
    assert signal_to_noise_db(FrameRenderer(rig).draw(weights_row()), crop.rgb) > 34


@settings(max_examples=60)
@given(weights=any_weights)
def test_no_weights_tear_the_face(portrait_rig: Rig, weights: Floats) -> None:
    """The warp keeps its orientation: nowhere is skin folded over by more than a sliver."""
    fields, row = portrait_rig.fields, within_ranges(weights)[: len(FIELD_CONTROLS)]
    share = fields.upper_share[..., None]
    moved = np.tensordot(row, fields.upper * share + fields.lower * (1 - share), axes=1)
    across, down = np.diff(moved, axis=1)[:-1] / CELL_PX, np.diff(moved, axis=0)[:, :-1] / CELL_PX
    area = (1 + across[..., 0]) * (1 + down[..., 1]) - across[..., 1] * down[..., 0]
    assert (area <= 0).mean() < 0.001


@settings(max_examples=60)
@given(weights=any_weights)
def test_no_weights_push_the_face_out_of_the_frame(portrait_rig: Rig, weights: Floats) -> None:
    row = within_ranges(weights)[: len(FIELD_CONTROLS)]
    box, cell = portrait_rig.lips.box, CELL_PX
    for corner_x, corner_y in ((box.left, box.top), (box.left + box.width, box.top + box.height)):
        x, y = min(corner_x // cell, 127), min(corner_y // cell, 127)
        moved = np.tensordot(row, portrait_rig.fields.lower[:, y, x], axes=1)
        assert 0 <= corner_x + moved[0] <= portrait_rig.size
        assert 0 <= corner_y + moved[1] <= portrait_rig.size


@settings(max_examples=40)
@given(weights=any_weights)
def test_a_frame_depends_only_on_its_weights(small_rig: Rig, weights: Floats) -> None:
    row = within_ranges(weights)
    renderer = FrameRenderer(small_rig)
    renderer.draw(within_ranges(-weights))
    assert np.array_equal(renderer.draw(row), FrameRenderer(small_rig).draw(row))


@pytest.mark.parametrize("pose", POSES)
def test_golden_frames(pose: str, small_rig: Rig, request: pytest.FixtureRequest) -> None:
    """Frames look as they did. After a wanted change: `pytest --update-golden`, look at them, commit."""
    frame = FrameRenderer(small_rig).draw(weights_row(POSES[pose]))
    path = GOLDEN / f"{pose}.png"
    if request.config.getoption("--update-golden"):
        cv2.imwrite(str(path), cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    stored = cv2.imread(str(path))
    assert stored is not None, f"{path} is missing"
    golden = np.asarray(cv2.cvtColor(stored, cv2.COLOR_BGR2RGB), np.uint8)
    difference = np.abs(frame.astype(int) - golden)
    assert difference.mean() < 1.0
    assert np.percentile(difference, 99.5) < 16


def test_the_jaw_opens_the_mouth_and_press_shuts_it(portrait_rig: Rig, face_models: FaceModels) -> None:
    """Seen by the landmark model in the drawn frames, in distances of the outer eye corners."""
    renderer = FrameRenderer(portrait_rig)

    def gap(weights: dict[str, float]) -> float:
        frame = renderer.draw(weights_row(weights))
        points = face_models.landmarks(frame, face_models.detect(frame)[0]).points
        eyes = np.linalg.norm(points[33, :2] - points[263, :2])
        return float(np.linalg.norm(points[13, :2] - points[14, :2]) / eyes)

    assert gap({"jaw": 0.8}) > 0.09
    assert gap({"jaw": 0.4}) > 0.02
    assert gap({"press": 0.9}) < 0.015
    assert gap({}) < 0.015


def test_lids_close(portrait_rig: Rig) -> None:
    renderer = FrameRenderer(portrait_rig)
    eye = portrait_rig.eyes[0]
    rows = slice(eye.top, eye.top + eye.opening.shape[0])
    columns = slice(eye.left, eye.left + eye.opening.shape[1])
    eyeball = eye.opening > 250
    open_eye = renderer.draw(weights_row())[rows, columns][eyeball]
    shut_eye = renderer.draw(weights_row({"blink_left": 1, "blink_right": 1}))[rows, columns][eyeball]
    # Skin is of one colour; an eyeball is white and dark.
    assert shut_eye.mean(axis=1).std() < 0.5 * open_eye.mean(axis=1).std()


def test_clamp_keeps_what_a_face_can_do() -> None:
    everything = clamp(np.full(len(CONTROLS), 9, np.float32))
    assert everything.max() <= 1
    assert clamp(np.full(len(CONTROLS), -9, np.float32))[INDEX["yaw"]] == -1
    assert clamp(weights_row({"jaw": 0.5, "press": 0.3}))[INDEX["press"]] == np.float32(0.3)
