"""Taking photos apart: tilted, cut out, behind glasses, with open mouths, small in a large picture."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from visavis.engine.arrays import Pixels
from visavis.engine.background import put_before
from visavis.engine.face import FaceModels, find_face
from visavis.engine.photo import Photo, read_photo
from visavis.engine.rig.build import build_rig
from visavis.engine.rig.controls import INDEX, weights_row
from visavis.engine.rig.crop import crop_head
from visavis.engine.rig.frame import FrameRenderer
from visavis.engine.rig.glasses import wears_glasses
from visavis.engine.rig.model import Rig
from visavis.engine.view import FaceView, PhotoView
from visavis.errors import InputError, MouthOpenError, NoFaceError
from visavis.samples.portrait import read_portrait


@pytest.fixture(scope="module")
def portrait() -> Pixels:
    return read_portrait()


def with_glasses(portrait: Pixels, models: FaceModels) -> Pixels:
    """The portrait with a dark frame and its bridge drawn on."""
    points = find_face(models, portrait).landmarks.points[:, :2]
    worn, dark = portrait.copy(), (25, 20, 20)
    centres = [points[[33, 133]].mean(axis=0), points[[362, 263]].mean(axis=0)]
    radius = float(np.linalg.norm(centres[1] - centres[0])) * 0.38
    for x, y in centres:
        cv2.circle(worn, (int(x), int(y)), int(radius), dark, 9, cv2.LINE_AA)
    left, right = ((int(x), int(y)) for x, y in centres)
    cv2.line(
        worn, (left[0] + int(radius), left[1]), (right[0] - int(radius), right[1]), dark, 10, cv2.LINE_AA
    )
    return worn


def test_glasses_are_detected(portrait: Pixels, face_models: FaceModels) -> None:
    for photo, worn in ((portrait, False), (with_glasses(portrait, face_models), True)):
        crop = crop_head(photo, find_face(face_models, photo).landmarks.points, 512)
        assert wears_glasses(crop) is worn


def test_lids_close_under_the_frame_of_glasses(portrait: Pixels, face_models: FaceModels) -> None:
    """The frame stays where it is, and leaves nothing on the lids."""
    rig = build_rig(face_models, Photo(with_glasses(portrait, face_models), None)).rig
    renderer = FrameRenderer(rig)
    rest, shut = (
        renderer.draw(weights_row(weights)).astype(int)
        for weights in ({}, {"blink_left": 1.0, "blink_right": 1.0})
    )
    for eye in rig.eyes:
        height, width = eye.opening.shape
        box = np.s_[eye.top : eye.top + height, eye.left : eye.left + width]
        frame = (rest[box].max(axis=-1) < 45) & (eye.opening == 0)
        assert frame.sum() > 100
        assert np.abs(shut[box] - rest[box])[frame].mean() < 12
        lid = cv2.erode((eye.opening > 250).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        assert np.percentile(shut[box][lid].mean(axis=-1), 10) > 90


def test_an_outline_is_better_than_an_estimate(portrait: Pixels, face_models: FaceModels) -> None:
    person = np.zeros(portrait.shape[:2], np.uint8)
    person[100:, 200:800] = 255
    rig = build_rig(face_models, Photo(portrait, None, person)).rig
    inside = np.flatnonzero(rig.person[256, :, 3] > 127)
    assert rig.person[256, inside[0] + 2 : inside[-1] - 1, 3].min() == 255
    assert rig.person[256, : max(0, inside[0] - 2), 3].max(initial=0) == 0


@pytest.mark.parametrize(
    ("name", "worn"),
    [
        ("curly_glasses_pout.jpg", True),
        ("self_vr5_woman_glasses.png", True),
        ("old_woman_art.png", False),
        ("older_man_7k.jpg", False),
        ("monalisa.jpg", False),
    ],
)
def test_glasses_on_real_faces(name: str, worn: bool, shared_data: Path, face_models: FaceModels) -> None:
    photo = read_photo(shared_data / "faces" / name).rgb
    crop = crop_head(photo, find_face(face_models, photo).landmarks.points, 512)
    assert wears_glasses(crop) is worn


def test_a_tilted_head_is_turned_upright(portrait: Pixels, face_models: FaceModels) -> None:
    turn = cv2.getRotationMatrix2D((512, 512), 25, 0.8)
    tilted = cv2.warpAffine(portrait, turn, (1024, 1024), borderMode=cv2.BORDER_REPLICATE)
    rig = build_rig(face_models, Photo(np.asarray(tilted, np.uint8), None)).rig
    upright = find_face(face_models, FrameRenderer(rig).draw(weights_row()))
    assert abs(upright.pose.roll_degrees) < 4


def test_a_transparent_photo_works_with_any_background(portrait: Pixels, face_models: FaceModels) -> None:
    alpha = np.zeros(portrait.shape[:2], np.uint8)
    cv2.ellipse(alpha, (512, 520), (300, 420), 0, 0, 360, 255, -1)
    rig = put_before(build_rig(face_models, Photo(portrait, alpha)).rig, "#00ff00")
    frame = FrameRenderer(rig).draw(weights_row({"yaw": 0.5}))
    assert np.abs(frame[2:8, 2:8].astype(int) - [0, 255, 0]).max() <= 2
    face = rig.lips.box
    assert frame[face.rows, face.columns, 0].mean() > 90


def test_an_unknown_background_is_refused(small_rig: Rig) -> None:
    with pytest.raises(InputError, match="background"):
        put_before(small_rig, "sky")


def test_a_mouth_wide_open_is_refused(shared_data: Path, face_models: FaceModels) -> None:
    with pytest.raises(MouthOpenError, match="closed"):
        build_rig(face_models, read_photo(shared_data / "faces" / "woman_shout.jpg"))


def test_an_open_mouth_is_closed_at_rest(shared_data: Path, face_models: FaceModels) -> None:
    built = build_rig(face_models, read_photo(shared_data / "faces" / "vasa13_brown_woman.jpg"))
    assert built.warnings
    assert built.rig.neutral[INDEX["close"]] == 1
    frame = FrameRenderer(built.rig).draw(built.rig.neutral)
    points = face_models.landmarks(frame, face_models.detect(frame)[0]).points
    eyes = np.linalg.norm(points[33, :2] - points[263, :2])
    assert np.linalg.norm(points[13, :2] - points[14, :2]) / eyes < 0.03


def test_a_photo_without_a_usable_face_is_refused(face_models: FaceModels) -> None:
    with pytest.raises(NoFaceError):
        build_rig(face_models, Photo(np.full((300, 300, 3), 128, np.uint8), None))


@pytest.mark.parametrize("size", [128, 250, 720])
def test_any_size(size: int, portrait: Pixels, face_models: FaceModels) -> None:
    rig = build_rig(face_models, Photo(portrait, None), size=size).rig
    assert rig.size % 16 == 0
    frame = FaceView(rig, side_px=size).draw(weights_row({"jaw": 0.6, "roll": 0.3}))
    assert frame.shape == (size, size, 3)


def test_the_whole_picture_at_rest_is_the_photo(portrait: Pixels, face_models: FaceModels) -> None:
    wide = np.zeros((701, 1203, 3), np.uint8) + np.uint8(120)
    wide[100:612, 300:812] = cv2.resize(portrait, (512, 512), interpolation=cv2.INTER_AREA)
    view = PhotoView(build_rig(face_models, Photo(wide, None), size=None).rig)
    frame = view.draw(weights_row())
    assert view.size == (1202, 700)
    error = np.mean((frame.astype(float) - wide[:700, :1202]) ** 2)
    assert 10 * np.log10(255**2 / error) > 34
