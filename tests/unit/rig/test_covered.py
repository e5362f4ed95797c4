"""Mouths behind masks, hands and cups are refused; bare ones of every kind are not."""

from pathlib import Path

import numpy as np
import pytest
from harness.covers import COVERS, LIGHTS, head

from visavis.engine.face import FaceModels
from visavis.engine.photo import Photo, read_photo
from visavis.engine.rig.build import build_rig, check_photo
from visavis.engine.rig.covered import Cover, judge_cover
from visavis.engine.rig.crop import HeadCrop
from visavis.errors import FaceTurnedAwayError, MouthCoveredError, NoFaceError
from visavis.samples.portrait import read_portrait


@pytest.fixture(scope="module")
def portrait(face_models: FaceModels) -> HeadCrop:
    return head(face_models, read_portrait(512))


@pytest.mark.parametrize("cover", sorted(COVERS))
def test_a_covered_mouth_is_refused(face_models: FaceModels, portrait: HeadCrop, cover: str):
    photo = Photo(COVERS[cover](portrait), None)
    with pytest.raises(MouthCoveredError, match="mask, a hand"):
        build_rig(face_models, photo)
    with pytest.raises(MouthCoveredError):
        check_photo(face_models, photo)


@pytest.mark.parametrize("light", sorted(LIGHTS))
def test_a_bare_mouth_is_accepted_in_any_light(portrait: HeadCrop, light: str):
    lit = np.clip(LIGHTS[light](portrait.rgb), 0, 255).astype(np.uint8)
    assert judge_cover(HeadCrop(lit, portrait.points, 0, 0, 512, portrait.pixels_per_cm)) is Cover.NONE


def test_real_faces_bare_and_covered(face_models: FaceModels, shared_data: Path):
    """No bare one is refused or warned of; of the painted covers most are refused."""
    seen = dict.fromkeys(Cover, 0)
    for path in sorted((shared_data / "faces").glob("[!n]*")):
        crop = head(face_models, read_photo(path).rgb)
        for name, light in LIGHTS.items():
            lit = np.clip(light(crop.rgb), 0, 255).astype(np.uint8)
            bare = HeadCrop(lit, crop.points, 0, 0, 512, crop.pixels_per_cm)
            assert judge_cover(bare) is not Cover.COVERED, (path.name, name)
        assert judge_cover(crop) is Cover.NONE, path.name
        for cover in (COVERS[name] for name in ("surgical", "white", "black", "navy", "hand")):
            try:
                seen[judge_cover(head(face_models, cover(crop)))] += 1
            except (NoFaceError, FaceTurnedAwayError):
                seen[Cover.COVERED] += 1  # refused, if for another reason
    assert seen[Cover.COVERED] >= 0.9 * sum(seen.values()), seen


def test_files_reported_by_users(face_models: FaceModels, shared_data: Path):
    for name in ("k01_surgical_mask.jpg", "k03_hand_over_mouth.jpg"):
        with pytest.raises(MouthCoveredError):
            check_photo(face_models, read_photo(shared_data / "reports" / name))
    assert check_photo(face_models, read_photo(shared_data / "reports" / "reference_face.png")).warnings == ()
