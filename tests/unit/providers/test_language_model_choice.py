"""Which language model the settings choose."""

from pathlib import Path

import pytest

from visavis.errors import ModelNotReadyError, SettingsError
from visavis.providers.llm.choice import create_language_model
from visavis.providers.llm.endpoint import ChatEndpoint
from visavis.providers.llm.gguf import GgufModel
from visavis.providers.llm.responder import Responder
from visavis.settings import LanguageModelSettings, read_settings


def nowhere(name: str) -> Path:
    """Where models are on a machine without any."""
    raise ModelNotReadyError(f"Run `visavis models pull {name}`.", retry_after_s=60)


def test_nothing_is_set() -> None:
    assert isinstance(create_language_model(LanguageModelSettings(), nowhere, "en-US"), Responder)


def test_an_endpoint_is_set() -> None:
    settings = LanguageModelSettings(url="http://localhost:11434/v1", model="llama3.2")
    assert isinstance(create_language_model(settings, nowhere), ChatEndpoint)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"URL": "https://api.openai.com/v1"}, "VISAVIS_LLM_MODEL must be set"),
        ({"MODEL": "gpt-4o-mini"}, "need VISAVIS_LLM_URL"),
        ({"API_KEY": "sk-x"}, "need VISAVIS_LLM_URL"),
        ({"URL": "http://localhost/v1", "MODEL": "m", "FILE": "some.gguf"}, "exclude each other"),
        ({"URL": "localhost:11434", "MODEL": "m"}, "VISAVIS_LLM_URL is not valid"),
    ],
)
def test_settings_that_do_not_belong_together_are_named(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"VISAVIS_LLM_{name}", value)
    with pytest.raises(SettingsError, match=named):
        read_settings()


def test_a_file_is_set(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    file = tmp_path / "some.gguf"
    file.write_bytes(b"GGUF")
    for named in (file, Path("some-model-1.5b")):
        model = create_language_model(LanguageModelSettings(file=named), lambda _name: tmp_path)
        assert isinstance(model, GgufModel)


def test_a_model_that_was_not_fetched() -> None:
    with pytest.raises(ModelNotReadyError, match="some-model"):
        create_language_model(LanguageModelSettings(file=Path("some-model-1.5b")), nowhere)
