"""Which language model the settings choose."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from visavis.errors import ModelNotReadyError, SettingsError
from visavis.providers.llm.choice import create_language_model
from visavis.providers.llm.endpoint import ChatEndpoint
from visavis.providers.llm.gguf import GgufModel
from visavis.providers.llm.responder import Responder
from visavis.settings import LanguageModelSettings


def nowhere(name: str) -> Path:
    """Where models are on a machine without any."""
    raise ModelNotReadyError(f"Run `visavis models pull {name}`.", retry_after_s=60)


def test_nothing_is_set() -> None:
    assert isinstance(create_language_model(LanguageModelSettings(), nowhere, "en-US"), Responder)


def test_an_endpoint_is_set() -> None:
    settings = LanguageModelSettings(url="http://localhost:11434/v1", model="llama3.2")
    assert isinstance(create_language_model(settings, nowhere), ChatEndpoint)


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
        create_language_model(settings, nowhere)


def test_a_file_is_set(tmp_path: Path) -> None:
    file = tmp_path / "some.gguf"
    file.write_bytes(b"GGUF")
    for named in (file, Path("some-model-1.5b")):
        model = create_language_model(LanguageModelSettings(file=named), lambda _name: tmp_path)
        assert isinstance(model, GgufModel)


def test_a_model_that_was_not_fetched() -> None:
    with pytest.raises(ModelNotReadyError, match="some-model"):
        create_language_model(LanguageModelSettings(file=Path("some-model-1.5b")), nowhere)


def test_a_file_and_an_endpoint() -> None:
    settings = LanguageModelSettings(url="http://localhost/v1", model="m", file=Path("some.gguf"))
    with pytest.raises(SettingsError, match="exclude"):
        create_language_model(settings, nowhere)
