"""Eyes that are closed in the photo, and lids that close."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from visavis.engine.face import FaceModels, find_face
from visavis.engine.photo import Photo, read_photo
from visavis.engine.rig.anatomy import LEFT_EYE, RIGHT_EYE
from visavis.engine.rig.build import build_rig
from visavis.engine.rig.controls import weights_row
from visavis.engine.rig.crop import HeadCrop, crop_head
from visavis.engine.rig.eyes import are_shut, build_eye
from visavis.engine.rig.frame import FrameRenderer
from visavis.engine.rig.model import Rig
from visavis.samples.portrait import read_portrait

BLINK = {"blink_left": 1.0, "blink_right": 1.0}


@pytest.fixture(scope="module")
def portrait(face_models: FaceModels) -> HeadCrop:
    rgb = read_portrait(512)
    return crop_head(rgb, find_face(face_models, rgb).landmarks.points, 512)


def test_eyes_closed_in_the_photo_stay_closed(face_models: FaceModels, portrait_rig: Rig):
    asleep = FrameRenderer(portrait_rig).draw(weights_row(BLINK))
    built = build_rig(face_models, Photo(asleep, None))
    assert any("eyes are closed" in warning for warning in built.warnings)
    renderer = FrameRenderer(built.rig)
    rest = renderer.draw(weights_row())
    for moved in (BLINK, {"gaze_x": 1.0, "gaze_y": -1.0}):
        np.testing.assert_array_equal(renderer.draw(weights_row(moved)), rest)


def test_open_eyes_are_open(face_models: FaceModels, portrait: HeadCrop):
    assert are_shut(portrait) == (False, False)


def test_real_eyes_are_open(face_models: FaceModels, shared_data: Path):
    for path in sorted((shared_data / "faces").glob("[!n]*")):
        rgb = read_photo(path).rgb
        crop = crop_head(rgb, find_face(face_models, rgb).landmarks.points, 512)
        assert are_shut(crop) == (False, False), path.name


@pytest.mark.parametrize(("eye", "outwards"), [(LEFT_EYE, -1), (RIGHT_EYE, 1)])
def test_lashes_past_the_corner_do_not_stick_out_of_a_closed_lid(portrait: HeadCrop, eye, outwards):
    """A wing of dark lashes drawn up and out of the corner is gone when the lid is shut."""
    outer = portrait.points[eye.corners[0] if outwards < 0 else eye.corners[1], :2]
    inner = portrait.points[eye.corners[1] if outwards < 0 else eye.corners[0], :2]
    width = float(np.linalg.norm(outer - inner))
    tip = outer + np.array([outwards * 0.15, -0.13]) * width
    rgb = portrait.rgb.copy()
    cv2.line(
        rgb,
        tuple(np.round(outer).astype(int).tolist()),
        tuple(np.round(tip).astype(int).tolist()),
        (30, 20, 15),
        2,
    )
    winged = HeadCrop(rgb, portrait.points, 0, 0, 512, portrait.pixels_per_cm)
    built = build_eye(winged, eye, behind_glasses=False)
    x, y = np.round(outer + (tip - outer) * 0.7 - [built.left, built.top]).astype(int)
    shut = built.lids[-1].astype(np.float32)
    height, breadth = built.opening.shape
    open_picture = rgb[built.top : built.top + height, built.left : built.left + breadth].astype(np.float32)
    picture = open_picture + (shut[..., :3] - open_picture) * shut[..., 3:] / 255
    near = (slice(y - 1, y + 2), slice(x - 1, x + 2))
    assert open_picture[near].mean(axis=2).min() < 80
    assert picture[near].mean(axis=2).min() > 110
