"""The registry of models, and what of it is on this machine."""

from dataclasses import replace
from pathlib import Path

import pytest

from visavis import bootstrap
from visavis.adapters.models.entries import MODELS
from visavis.adapters.models.registry import Packages
from visavis.errors import InputError, ModelNotReadyError
from visavis.settings import ModelSettings

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_an_entry_is_whole(model):
    names = [file.name for file in model.files]
    assert len(set(names)) == len(names)
    assert all(len(file.sha256) == 64 and file.size_bytes > 0 for file in model.files)
    assert frozenset().union(*(source.files for source in model.sources)) == set(names)
    for source in model.sources:
        if isinstance(source, Packages):
            assert all(len(package.sha256) == 64 for package in source.packages)
        else:
            assert all(url.startswith("https://") for _, url in source.urls)


def test_a_model_that_is_not_there_says_what_to_run(tmp_path: Path):
    folders = bootstrap.model_folders(ModelSettings(dir=tmp_path))
    with pytest.raises(ModelNotReadyError, match=r"visavis models pull whisper-tiny\.en"):
        folders("whisper-tiny.en")
    with pytest.raises(InputError, match="kokoro"):
        folders("no-such-model")


def test_the_folder_of_a_model_that_is_there(face_models_folder: Path):
    folders = bootstrap.model_folders(ModelSettings(dir=face_models_folder))
    assert folders("face") == face_models_folder


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_the_document_says_what_the_registry_says(model):
    published = "/".join(model.published.removeprefix("https://").split("/")[1:3])
    cells = [
        f"`{model.name}`",
        model.purpose,
        f"{model.size_bytes / 1e6:.0f} MB",
        f"{model.download_bytes / 1e6:.0f} MB",
        f"[{model.licence}]({model.licence_url})",
        f"[{published}]({model.published})",
        "yes" if model.is_default else "no",
    ]
    document = (REPOSITORY / "docs/models.md").read_text()
    assert f"| {' | '.join(cells)} |" in document.splitlines()
    for source in model.sources:
        if isinstance(source, Packages):
            first = source.packages[0]
            assert f"`{first.name}`" in document
            assert first.version in document


def test_a_download_is_counted_once():
    kokoro = MODELS["kokoro"]
    packages = [source for source in kokoro.sources if isinstance(source, Packages)]
    assert kokoro.download_bytes == sum(p.size_bytes for source in packages for p in source.packages)
    only_urls = replace(kokoro, sources=kokoro.sources[-2:])
    assert only_urls.download_bytes == kokoro.size_bytes - sum(
        f.size_bytes for f in kokoro.files if f.name in {"vocab.json", "NOTICE", "LICENSE-kokoro-onnx"}
    )
