"""Which language model answers."""

from visavis.errors import SettingsError
from visavis.ports import LanguageModel
from visavis.providers.llm.endpoint import ChatEndpoint
from visavis.providers.llm.gguf import GgufModel
from visavis.providers.llm.responder import Responder
from visavis.settings import LanguageModelSettings


def create_language_model(settings: LanguageModelSettings, language: str = "") -> LanguageModel:
    """The language model of the settings: an endpoint, a file, or neither: the responder.

    Args:
        settings: Settings.
        language: BCP 47 tag of the language that is spoken; empty for English.

    Raises:
        SettingsError: The settings do not belong together.
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
    return Responder(language) if settings.file is None else GgufModel(settings, settings.file)
