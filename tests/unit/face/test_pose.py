import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from visavis.engine.face.pose import fit_similarity, head_pose, mean_face


def as_seen(yaw: float, pitch: float, roll: float, scale: float = 20.0) -> np.ndarray:
    """The mean face turned: first the head's own nod and turn, then the tilt of the picture."""
    up_and_forward = Rotation.from_euler("ZYX", [-roll, yaw, -pitch], degrees=True).as_matrix()
    points = scale * mean_face() @ up_and_forward.T + [300, -200, 0]
    return (points * [1, -1, -1]).astype(np.float32)


def test_the_mean_face_is_where_deformations_expect_it():
    face = mean_face()
    assert face.shape == (468, 3)
    assert not face.flags.writeable
    left_eye, right_eye = (face[33] + face[133]) / 2, (face[263] + face[362]) / 2
    assert right_eye[0] - left_eye[0] == pytest.approx(6.3, abs=1e-3)
    for index, place in {
        61: (-2.45, -4.3, 4.1),
        291: (2.45, -4.3, 4.1),
        152: (0, -8.8, 4.0),
        4: (0, -0.6, 7.6),
    }.items():
        np.testing.assert_allclose(face[index], place, atol=0.3)


def test_the_mean_face_is_symmetric_and_its_mouth_closed():
    face = mean_face()
    for left, right in ((33, 263), (133, 362), (61, 291), (234, 454), (58, 288), (105, 334)):
        np.testing.assert_allclose(face[left] * [-1, 1, 1], face[right], atol=1e-4)
    for middle in (10, 168, 4, 13, 14, 152):
        assert abs(face[middle, 0]) < 1e-4
    for upper, lower in ((13, 14), (82, 87), (81, 178), (80, 88)):
        assert np.linalg.norm(face[upper] - face[lower]) < 0.12


@given(yaw=st.floats(-60, 60), pitch=st.floats(-40, 40), roll=st.floats(-80, 80))
def test_the_pose_matches_the_rotation_of_the_head(yaw, pitch, roll):
    pose = head_pose(as_seen(yaw, pitch, roll))
    assert pose.yaw_degrees == pytest.approx(yaw, abs=0.05)
    assert pose.pitch_degrees == pytest.approx(pitch, abs=0.05)
    assert pose.roll_degrees == pytest.approx(roll, abs=0.05)
    assert pose.placement.scale == pytest.approx(20, rel=1e-3)


def test_an_open_mouth_leaves_the_pose_alone():
    points = as_seen(10, 5, 0)
    opened = points.copy()
    opened[mean_face()[:, 1] < -4.5, 1] += 60
    assert head_pose(opened).pitch_degrees == pytest.approx(5, abs=0.1)


@given(seed=st.integers(0, 1000), scale=st.floats(0.1, 50))
def test_a_known_similarity_is_recovered(seed, scale):
    generator = np.random.default_rng(seed)
    points = generator.standard_normal((20, 3))
    turn = Rotation.random(rng=generator).as_matrix()
    shift = generator.standard_normal(3) * 10
    found = fit_similarity(points, scale * points @ turn.T + shift)
    assert found.scale == pytest.approx(scale)
    np.testing.assert_allclose(found.rotation, turn, atol=1e-6)
    np.testing.assert_allclose(found(points), scale * points @ turn.T + shift, atol=1e-6 * scale + 1e-9)
