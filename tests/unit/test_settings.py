"""Settings and logs."""

import json
from pathlib import Path

import pytest
import structlog

from visavis import telemetry
from visavis.errors import SettingsError
from visavis.settings import read_settings


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VISAVIS_OFFLINE", "VISAVIS_MODELS_DIR", "VISAVIS_MODELS_SOURCE"):
        monkeypatch.delenv(name, raising=False)


def test_defaults_reach_for_the_network_only_when_needed() -> None:
    settings = read_settings()
    assert settings.offline is False
    assert settings.models_dir is None


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISAVIS_OFFLINE", "1")
    monkeypatch.setenv("VISAVIS_MODELS_DIR", "/models")
    settings = read_settings()
    assert settings.offline is True
    assert settings.models_dir == Path("/models")


def test_an_unknown_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISAVIS_OFLINE", "1")
    with pytest.raises(SettingsError, match="VISAVIS_OFLINE"):
        read_settings()


def test_variables_of_clients_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISAVIS_API_URL", "http://127.0.0.1:8000")
    monkeypatch.setenv("VISAVIS_API_KEY", "sk_live_x")
    assert read_settings().offline is False


def test_a_value_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISAVIS_LOG_LEVEL", "loud")
    with pytest.raises(SettingsError, match="VISAVIS_LOG_LEVEL"):
        read_settings()


def test_logs_are_one_json_line_an_event(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VISAVIS_LOG_FORMAT", "json")
    monkeypatch.setenv("VISAVIS_LOG_LEVEL", "info")
    telemetry.configure(read_settings())
    structlog.get_logger().info("video_rendered", frames=3)
    structlog.get_logger().debug("not_wanted")
    (line,) = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert (event["event"], event["frames"], event["level"]) == ("video_rendered", 3, "info")
    structlog.reset_defaults()
