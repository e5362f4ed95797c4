"""The default models are fetched in the background, while the server serves."""

import asyncio
import itertools
import json
import shutil
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from structlog.testing import capture_logs

from tests.support.server import Server, until
from visavis.bootstrap.model_fetch import (
    fetch_default_models,
    growing_waits,
    missing_defaults,
    models_to_fetch,
)
from visavis.engine.face.models import FILES
from visavis.settings import ModelSettings


@pytest.fixture
def source(face_models_folder: Path, tmp_path: Path) -> Path:
    """A folder to take models from, which has the face models only."""
    folder = tmp_path / "source"
    folder.mkdir()
    for name in FILES:
        shutil.copy(face_models_folder / name, folder)
    return folder


@pytest.fixture
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """What this process logs, at all levels."""
    before = structlog.get_config()
    structlog.reset_defaults()
    with capture_logs() as captured:
        yield captured
    structlog.configure(**before)


def events(log: Path) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return [line for line in lines if str(line.get("event", "")).startswith("models_")]


def test_a_server_serves_though_a_model_cannot_be_fetched(
    start_server: Callable[..., Server], source: Path, tmp_path: Path
) -> None:
    server = start_server(models_dir=str(tmp_path / "models"), models_source=str(source), offline="false")
    assert server.process is not None
    assert server.process.stdout is not None
    said = next(line for line in server.process.stdout if line.startswith("Fetching models"))
    assert said == "Fetching models in the background: whisper-tiny.en (71 MB)\n"
    until(lambda: len(events(server.log)) == 2, what="the failure in the log")
    begun, failed = events(server.log)
    assert (begun["event"], begun["models"]) == ("models_fetching", ["whisper-tiny.en"])
    assert (failed["event"], failed["level"]) == ("models_not_fetched", "warning")
    assert "does not contain the model whisper-tiny.en" in str(failed["reason"])
    assert httpx.get(f"{server.url}/v1/health").status_code == 200
    assert server.stop() == 0


def test_it_tries_again_and_says_the_same_once(
    model_folder: Callable[[str], Path],
    source: Path,
    logs: list[MutableMapping[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whisper = model_folder("whisper-tiny.en")
    settings = ModelSettings(dir=tmp_path / "models", source=source)
    monkeypatch.setenv("VISAVIS_MODELS_DIR", str(settings.dir))
    monkeypatch.setenv("VISAVIS_MODELS_SOURCE", str(source))

    def waits() -> Iterator[float]:
        yield from (0.0, 0.0)
        (source / "whisper-tiny.en").symlink_to(whisper)
        yield from itertools.repeat(0.0)

    asyncio.run(fetch_default_models(settings, waits=waits))
    assert [line["event"] for line in logs] == ["models_fetching", "models_not_fetched", "models_fetched"]
    assert missing_defaults(settings) == []


def test_offline_it_fetches_nothing(logs: list[MutableMapping[str, Any]], tmp_path: Path) -> None:
    settings = ModelSettings(dir=tmp_path / "models", VISAVIS_OFFLINE=True)
    asyncio.run(fetch_default_models(settings))
    assert [line["event"] for line in logs] == ["models_missing"]
    assert models_to_fetch(settings) == []
    assert not (tmp_path / "models").exists()


def test_waits_grow_to_an_hour() -> None:
    assert list(itertools.islice(growing_waits(), 8)) == [60, 120, 240, 480, 960, 1920, 3600, 3600]
