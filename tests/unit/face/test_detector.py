import cv2
import numpy as np
import pytest

from visavis.engine.face import FaceModels
from visavis.engine.face.detector import _merge, overlap
from visavis.samples.portrait import read_portrait


def boxes(*corners: tuple[float, float, float, float]) -> np.ndarray:
    points = np.zeros((len(corners), 8, 2), np.float32)
    points[:, :2] = np.array(corners).reshape(-1, 2, 2)
    return points


def test_overlap():
    one = np.array([0, 0, 10, 10], np.float32)
    assert overlap(one, one) == 1
    assert overlap(one, one + 20) == 0
    assert overlap(one, np.array([0, 0, 10, 5], np.float32)) == pytest.approx(0.5)


def test_boxes_of_one_face_become_their_weighted_mean():
    scores = np.array([0.6, 0.9, 0.7], np.float32)
    faces = _merge(boxes((0, 0, 10, 10), (2, 0, 12, 10), (50, 50, 60, 60)), scores)
    assert [round(face.score, 3) for face in faces] == [0.9, 0.7]
    np.testing.assert_allclose(faces[0].box, [1.2, 0, 11.2, 10], atol=1e-5)
    np.testing.assert_allclose(faces[1].box, [50, 50, 60, 60])


@pytest.mark.parametrize("shape", [(1024, 1024), (700, 1400), (1600, 900)])
def test_both_detectors_find_the_face_anywhere(face_models: FaceModels, shape):
    board = np.full((*shape, 3), 120, np.uint8)
    face = read_portrait(640)
    top, left = (shape[0] - 640) // 2, (shape[1] - 640) // 3
    board[top : top + 640, left : left + 640] = face
    for detector in (face_models.detect_near, face_models.detect_far):
        (found,) = detector(board)
        # The painted eyes lie at 512 -+ 92 and 432 of 1024.
        expected = np.array([[420, 432], [604, 432]]) * (640 / 1024) + [left, top]
        np.testing.assert_allclose(found.keypoints[:2], expected, atol=20)


def test_the_full_range_detector_finds_small_faces(face_models: FaceModels):
    board = np.full((1500, 1500, 3), 120, np.uint8)
    board[700:860, 200:360] = cv2.resize(read_portrait(512), (160, 160), interpolation=cv2.INTER_AREA)
    assert len(face_models.detect_far(board)) == 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 2)])
def test_odd_sizes_hold_no_face(face_models: FaceModels, shape):
    picture = np.zeros((*shape, 3), np.uint8)
    assert face_models.detect_near(picture) == []
    assert face_models.detect_far(picture) == []
