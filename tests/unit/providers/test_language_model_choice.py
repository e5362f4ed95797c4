"""Which language model the settings choose."""

import pytest
from pydantic import SecretStr

from visavis.errors import SettingsError
from visavis.providers.llm.choice import create_language_model
from visavis.providers.llm.endpoint import ChatEndpoint
from visavis.providers.llm.responder import Responder
from visavis.settings import LanguageModelSettings


def test_nothing_is_set() -> None:
    assert isinstance(create_language_model(LanguageModelSettings(), "en-US"), Responder)


def test_an_endpoint_is_set() -> None:
    settings = LanguageModelSettings(url="http://localhost:11434/v1", model="llama3.2")
    assert isinstance(create_language_model(settings), ChatEndpoint)


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        (LanguageModelSettings(url="https://api.openai.com/v1"), "VISAVIS_LLM_MODEL"),
        (LanguageModelSettings(model="gpt-4o-mini"), "VISAVIS_LLM_URL"),
        (LanguageModelSettings(api_key=SecretStr("sk-x")), "VISAVIS_LLM_URL"),
    ],
)
def test_what_is_missing_is_named(settings: LanguageModelSettings, missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        create_language_model(settings)
