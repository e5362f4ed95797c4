"""Pictures of characters are fitted to what a client asked for, and their faces can speak."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from visavis.engine.face import FaceModels
from visavis.errors import NoFaceError, PhotoError
from visavis.samples.portrait import read_portrait
from visavis.worker.children.picturing import fit
from visavis.worker.protocol import FitRequest


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("picture") / "picture"
    Image.fromarray(read_portrait(768)).save(path, "PNG")
    return path


def fitted(
    models: FaceModels,
    picture: Path,
    folder: Path,
    size: tuple[int, int],
    *,
    background: str = "scene",
    content_type: Any = "image/png",
) -> tuple[Image.Image, tuple[str, ...]]:
    request = FitRequest(
        image=picture,
        width_px=size[0],
        height_px=size[1],
        background=background,
        content_type=content_type,
        output=folder / "out",
    )
    warnings = fit(models, request).warnings
    with Image.open(folder / "out") as made:
        made.load()
        return made, warnings


@pytest.mark.parametrize(
    ("size", "content_type", "kind"),
    [
        ((512, 512), "image/jpeg", "JPEG"),
        ((1024, 768), "image/webp", "WEBP"),
        ((1456, 624), "image/png", "PNG"),
        ((448, 1000), "image/jpeg", "JPEG"),
        ((2048, 512), "image/jpeg", "JPEG"),
    ],
)
def test_a_picture_gets_its_size_and_keeps_its_face(
    face_models: FaceModels,
    picture: Path,
    tmp_path: Path,
    size: tuple[int, int],
    content_type: str,
    kind: str,
) -> None:
    made, warnings = fitted(face_models, picture, tmp_path, size, content_type=content_type)
    assert (made.size, made.format, made.mode) == (size, kind, "RGB")
    assert warnings == ()


def test_the_background_is_taken_away_or_painted(
    face_models: FaceModels, picture: Path, tmp_path: Path
) -> None:
    clear, warnings = fitted(face_models, picture, tmp_path, (512, 512), background="transparent")
    alpha = np.asarray(clear.getchannel("A"))
    assert (alpha[:20, :20].max(), alpha[230:280, 230:280].min(), warnings) == (0, 255, ())
    blue, _ = fitted(face_models, picture, tmp_path, (512, 512), background="#0000ff")
    assert blue.getpixel((5, 5)) == (0, 0, 255)
    cut_out = tmp_path / "cut-out"
    clear.save(cut_out, "PNG")
    again, _ = fitted(face_models, cut_out, tmp_path, (400, 512), background="#00ff00")
    assert again.getpixel((5, 5)) == (0, 255, 0)


def test_what_cannot_be_an_avatar_is_refused(face_models: FaceModels, tmp_path: Path) -> None:
    Image.new("RGB", (512, 512), "teal").save(tmp_path / "teal", "PNG")
    with pytest.raises(NoFaceError):
        fitted(face_models, tmp_path / "teal", tmp_path, (512, 512))
    (tmp_path / "words").write_bytes(b"words")
    with pytest.raises(PhotoError):
        fitted(face_models, tmp_path / "words", tmp_path, (512, 512))
