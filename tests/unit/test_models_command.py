"""`visavis models`, in this process."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from visavis.adapters.models.entries import MODELS
from visavis.cli.main import app
from visavis.engine.face.models import FILES


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder of models, which the settings name. The logs of this process stay as they were."""
    monkeypatch.setenv("VISAVIS_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("COLUMNS", "120")
    logs = structlog.get_config()
    yield tmp_path / "models"
    structlog.configure(**logs)


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["models", *map(str, words)])


def test_it_lists_every_model_and_whether_it_is_here(directory: Path, face_models_folder: Path) -> None:
    directory.mkdir()
    for name in FILES:
        shutil.copy(face_models_folder / name, directory)
    done = run()
    assert done.exit_code == 0
    rows = {words[0]: words[-1] for line in done.output.splitlines() if (words := line.split())}
    here = {name: rows[name] for name in MODELS}
    assert here == {name: "yes" if name == "face" else "no" for name in MODELS}


def test_it_takes_what_a_folder_holds(directory: Path, face_models_folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in FILES:
        shutil.copy(face_models_folder / name, source)
    done = run("pull", "--from", source)
    assert done.exit_code == 0, done.output
    assert "The model face is in" in done.output
    assert "whisper" not in done.output
    assert all((directory / name).is_file() for name in FILES)
    assert run("pull", "--offline", "face").exit_code == 0


def test_offline_it_only_checks(directory: Path) -> None:
    done = run("pull", "--offline", "kokoro")
    assert done.exit_code == 1
    assert "The model kokoro is not in" in done.output


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("pull", "koko"), "There is no model 'koko'. The models are: face, whisper-tiny.en"),
        (("pull", "face", "--all"), "not both"),
    ],
)
def test_it_says_what_is_wrong_with_a_command(
    directory: Path, words: tuple[str, ...], complaint: str
) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert complaint in done.output


def test_a_source_without_models(directory: Path, tmp_path: Path) -> None:
    assert "does not exist" in run("pull", "--from", tmp_path / "none").output
    done = run("pull", "--from", tmp_path)
    assert done.exit_code == 1
    assert "contains none of the models" in done.output
