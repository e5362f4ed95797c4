"""Which language model answers."""

from pathlib import Path

from visavis.errors import SettingsError
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
        SettingsError: The settings do not belong together.
        ModelNotReadyError: The model is one of `visavis models`, and is not on this machine.
    """
    if settings.url is not None:
        if settings.file is not None:
            raise SettingsError("VISAVIS_LLM_URL and VISAVIS_LLM_FILE exclude each other. Unset one of them.")
        if not settings.model:
            raise SettingsError("VISAVIS_LLM_URL is set, so VISAVIS_LLM_MODEL must be set too.")
        return ChatEndpoint(settings)
    if settings.api_key is not None or settings.model is not None:
        raise SettingsError(
            "VISAVIS_LLM_API_KEY and VISAVIS_LLM_MODEL need VISAVIS_LLM_URL, such as https://api.openai.com/v1."
        )
    return (
        Responder(language) if settings.file is None else GgufModel(settings, _file(settings.file, folders))
    )


def _file(named: Path, folders: ModelFolders) -> Path:
    """The file of a path, or of the name of a model that `visavis models` knows."""
    if named.suffix == ".gguf" or named.is_file() or len(named.parts) > 1:
        return named
    return next(folders(str(named)).glob("*.gguf"), named)
