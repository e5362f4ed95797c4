"""A model in a GGUF file, where there is one: `TEST_LLM_FILE`, and the extra `gguf`."""

import asyncio
import os
from pathlib import Path

import pytest
from harness.room_clients import asynchronous
from tests.conformance.providers.language_model_checks import QUESTION, SYSTEM, answer, check_language_model

from visavis.errors import ProviderError, SettingsError
from visavis.providers.llm.gguf import GgufModel
from visavis.settings import LanguageModelSettings


@pytest.fixture
def model_file() -> Path:
    if "TEST_LLM_FILE" not in os.environ:
        pytest.skip("TEST_LLM_FILE is not set")
    return Path(os.environ["TEST_LLM_FILE"])


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_it_is_a_language_model(model_file: Path) -> None:
    pytest.importorskip("xllamacpp")
    settings = LanguageModelSettings(max_tokens=8, timeout_s=600)
    asyncio.run(check_language_model(GgufModel(settings, model_file), has_tools=None))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="VISAVIS_LLM_FILE"):
        GgufModel(LanguageModelSettings(), tmp_path / "missing.gguf")


@asynchronous
async def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    file = tmp_path / "no-model.gguf"
    file.write_bytes(b"GGUF" + bytes(64))
    model = GgufModel(LanguageModelSettings(), file)
    with pytest.raises(ProviderError, match="VISAVIS_LLM_FILE"):
        await answer(model, [SYSTEM, QUESTION])
    await model.close()
