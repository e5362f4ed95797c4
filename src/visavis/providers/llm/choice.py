"""Which language model answers."""

from pathlib import Path

from visavis.ports import LanguageModel
from visavis.ports.models import ModelFolders
from visavis.providers.llm.endpoint import ChatEndpoint
from visavis.providers.llm.gguf import GgufModel
from visavis.providers.llm.responder import Responder
from visavis.settings import LanguageModelSettings


def create_language_model(
    settings: LanguageModelSettings, folders: ModelFolders, language: str = ""
) -> LanguageModel:
    """The language model of the settings: an endpoint, a file, or neither: the responder.

    Args:
        settings: Settings.
        folders: Where the models of this machine are.
        language: BCP 47 tag of the language that is spoken; empty for English.

    Raises:
        SettingsError: There is no such file.
        ExtraMissingError: llama.cpp is not installed.
        ModelNotReadyError: The model is one of `visavis models`, and is not on this machine.
    """
    if settings.url is not None:
        return ChatEndpoint(settings)
    return (
        Responder(language) if settings.file is None else GgufModel(settings, _file(settings.file, folders))
    )


def _file(named: Path, folders: ModelFolders) -> Path:
    """The file of a path, or of the name of a model that `visavis models` knows."""
    if named.suffix == ".gguf" or named.is_file() or len(named.parts) > 1:
        return named
    return next(folders(str(named)).glob("*.gguf"), named)
