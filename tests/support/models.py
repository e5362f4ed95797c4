"""Real models for tests: fetched once into the user's cache, as the face models are."""

import os
from pathlib import Path

import pytest

from visavis.adapters.models.pull import pull_model
from visavis.adapters.models.store import default_models_directory, find_model
from visavis.errors import ModelsUnreachableError


def models_directory() -> Path:
    """The folder of all models, as the environment says it now."""
    return Path(os.environ.get("VISAVIS_MODELS_DIR") or default_models_directory())


def real_model(directory: Path, name: str) -> Path:
    """The folder of a model, fetched if it is not there; without a network, the test is skipped.

    Args:
        directory: Folder of all models.
        name: Name of the model.
    """
    try:
        return pull_model(directory, find_model(name), offline=False)
    except ModelsUnreachableError as reason:
        pytest.skip(f"no network for the model {name}: {reason.message}")
