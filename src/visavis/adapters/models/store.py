"""The models that are on this machine."""

import hashlib
from pathlib import Path
from typing import Final

import platformdirs

from visavis.adapters.models.entries import MODELS
from visavis.adapters.models.registry import Model, ModelFile
from visavis.errors import InputError, ModelNotReadyError

_RETRY_AFTER_S: Final = 60
_BLOCK_BYTES: Final = 1 << 20


def default_models_directory() -> Path:
    """The folder used when no setting names one: in the user's cache."""
    return platformdirs.user_cache_path("visavis") / "models"


def find_model(name: str) -> Model:
    """The entry of a model.

    Raises:
        InputError: There is no model of this name.
    """
    try:
        return MODELS[name]
    except KeyError as error:
        raise InputError(f"There is no model {name!r}. The models are: {', '.join(MODELS)}.") from error


def model_folder(directory: Path, model: Model) -> Path:
    """Where the files of a model are.

    Args:
        directory: Folder of all models.
        model: The model.
    """
    return directory / model.folder


def is_present(directory: Path, model: Model) -> bool:
    """Whether all files of a model are there, by their sizes: only genuine files come to their places."""
    folder = model_folder(directory, model)
    try:
        return all((folder / file.name).stat().st_size == file.size_bytes for file in model.files)
    except OSError:
        return False


def ready_model_folder(directory: Path, name: str) -> Path:
    """The folder of a model that is on this machine. Nothing is fetched.

    Args:
        directory: Folder of all models.
        name: Name of the model.

    Raises:
        InputError: There is no model of this name.
        ModelNotReadyError: It is not there, or not whole.
    """
    model = find_model(name)
    if not is_present(directory, model):
        raise ModelNotReadyError(
            f"The model {name} is not on this machine yet. Run `visavis models pull {name}`.",
            retry_after_s=_RETRY_AFTER_S,
        )
    return model_folder(directory, model)


def wrong_files(directory: Path, model: Model) -> list[ModelFile]:
    """The files of a model that are missing, or do not have their checksum."""
    folder = model_folder(directory, model)
    return [file for file in model.files if not is_genuine(folder / file.name, file)]


def is_genuine(path: Path, file: ModelFile) -> bool:
    """Whether a path holds a file of a model, by its checksum."""
    try:
        return path.stat().st_size == file.size_bytes and sha256_of(path) == file.sha256
    except OSError:
        return False


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
