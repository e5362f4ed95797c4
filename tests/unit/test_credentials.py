"""Content credentials: written, read back, and found broken when the video is changed."""

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from visavis.adapters.credentials import Marker, ensure_certificate, verify
from visavis.cli.main import app
from visavis.errors import MarkError, SettingsError


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("video") / "plain.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=25)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for level in range(10):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 20 * level, np.uint8), format="rgb24")
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def marked(video: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("credentials")
    Marker(*ensure_certificate(folder)).mark(video, folder / "marked.mp4")
    return folder / "marked.mp4"


def test_a_marked_video_says_that_ai_made_it(marked: Path) -> None:
    verdict = verify(marked)
    assert verdict is not None
    assert verdict.made_by_ai
    assert verdict.intact
    assert not verdict.trusted
    assert verdict.generator.startswith("visavis")
    with av.open(str(marked)) as file:
        assert sum(1 for _ in file.decode(video=0)) == 10


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_a_marked_picture_says_that_ai_made_it(tmp_path: Path, suffix: str) -> None:
    plain, target = (tmp_path / f"{name}.{suffix}" for name in ("plain", "marked"))
    Image.effect_noise((64, 48), 60).convert("RGB").save(plain)
    Marker(*ensure_certificate(tmp_path)).mark(plain, target)
    verdict = verify(target)
    assert verdict is not None
    assert (verdict.made_by_ai, verdict.intact) == (True, True)
    with Image.open(target) as marked, Image.open(plain) as before:
        assert np.array_equal(np.asarray(marked), np.asarray(before))
    content = bytearray(target.read_bytes())
    content[-40] ^= 1
    target.write_bytes(content)
    verdict = verify(target)
    assert verdict is None or not verdict.intact


def test_a_changed_video_is_detected(marked: Path, tmp_path: Path) -> None:
    content = bytearray(marked.read_bytes())
    at = content.rindex(b"mdat") + 40
    content[at] ^= 1
    changed = tmp_path / "changed.mp4"
    changed.write_bytes(content)
    verdict = verify(changed)
    assert verdict is not None
    assert not verdict.intact
    result = CliRunner().invoke(app, ["verify", str(changed)])
    assert result.exit_code == 1
    assert "CHANGED" in result.output


def test_verify_says_it_in_words(marked: Path, video: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["verify", str(marked)])
    assert result.exit_code == 0
    assert "made by AI" in result.output
    assert "unchanged" in result.output
    assert CliRunner().invoke(app, ["verify", str(video)]).exit_code == 1
    assert CliRunner().invoke(app, ["verify", str(tmp_path / "nowhere.mp4")]).exit_code == 1


def test_a_file_that_is_no_video_raises_our_error(tmp_path: Path) -> None:
    path = tmp_path / "words.mp4"
    path.write_bytes(b"only words")
    with pytest.raises(MarkError):
        verify(path)


def test_the_certificate_is_made_once_and_its_key_is_private(tmp_path: Path) -> None:
    certificate, key = ensure_certificate(tmp_path)
    before = certificate.read_bytes()
    assert ensure_certificate(tmp_path) == (certificate, key)
    assert certificate.read_bytes() == before
    assert key.stat().st_mode & 0o077 == 0


def test_a_certificate_that_cannot_be_used_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "x.pem"
    path.write_text("x")
    with pytest.raises(SettingsError, match="VISAVIS_CREDENTIALS"):
        Marker(path, path)
