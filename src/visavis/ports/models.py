"""Access to the weights of models, which are fetched separately."""

from pathlib import Path
from typing import Protocol


class ModelFolders(Protocol):
    """Where the models of this machine are."""

    def __call__(self, name: str) -> Path:
        """The folder with the files of a model. It only looks: it neither waits nor downloads.

        Args:
            name: Name of the model in the registry, such as `whisper-tiny.en`.

        Raises:
            ModelNotReadyError: The model is not on this machine. The message says what to run.
        """
        ...
