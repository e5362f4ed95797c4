"""Settings, their old names, their page, and the logs that follow them."""

import json
import os
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
import structlog

from visavis import bootstrap, telemetry
from visavis.bootstrap.console import shown_settings
from visavis.errors import SettingsError
from visavis.settings import CLIENT_NAMES, GROUPS, Settings, WebhookSettings, read_settings, reference
from visavis.settings.group import Variable, variables
from visavis.settings.renamed import RENAMED

VARIABLES = {each.name: each for group in GROUPS for each in variables(group)}
OTHER_VALUES = {
    "VISAVIS_LIVE_ALLOW_SWAP_URLS": "true",
    "VISAVIS_MAX_PROCESS_MEMORY_BYTES": str(2 * 1024**3),
    "VISAVIS_WEBHOOK_RETRY_DELAYS_S": "1,2",
}


@pytest.fixture(autouse=True)
def _bare() -> Iterator[None]:
    """An environment without settings. Reading them changes it, so it is put back whole."""
    kept = dict(os.environ)
    for name in os.environ.keys() & (VARIABLES.keys() | RENAMED.keys()):
        del os.environ[name]
    yield
    os.environ.clear()
    os.environ.update(kept)


def value_of(settings: Settings, variable: Variable) -> object:
    return next(
        getattr(group, variable.field) for group in settings.groups() if variable in variables(type(group))
    )


def test_defaults_use_the_network_only_when_needed() -> None:
    settings = read_settings()
    assert settings.models.offline is False
    assert settings.models.dir is None
    assert settings.renamed == {}


def test_each_group_reads_its_own_names() -> None:
    os.environ |= {
        "VISAVIS_OFFLINE": "1",
        "VISAVIS_MODELS_DIR": "/models",
        "VISAVIS_LIVE_MAX_DURATION_S": "60",
        "DATABASE_URL": "postgresql://elsewhere/db",
        "LIVEKIT_URL": "wss://rooms.example.com",
        "VISAVIS_ROOM_NETWORKS": '["10.0.0.0/8"]',
    }
    settings = read_settings()
    assert settings.models.offline is True
    assert settings.models.dir == Path("/models")
    assert settings.live.max_duration_s == 60
    assert settings.database.url is not None
    assert settings.database.url.get_secret_value() == "postgresql://elsewhere/db"
    assert settings.livekit.url == "wss://rooms.example.com"
    assert settings.rooms.networks == (ip_network("10.0.0.0/8"),)


@pytest.mark.parametrize("text", ['["10.0.0.1", "fd00::/8"]', "10.0.0.1,fd00::/8", " 10.0.0.1, fd00::/8, "])
def test_a_list_is_json_or_comma_separated(text: str) -> None:
    os.environ["VISAVIS_TRUSTED_PROXIES"] = text
    assert read_settings().server.trusted_proxies == (ip_network("10.0.0.1"), ip_network("fd00::/8"))


def test_no_two_settings_have_one_name() -> None:
    names = [each.name for group in GROUPS for each in variables(group)]
    assert len(names) == len(set(names))
    assert not CLIENT_NAMES & set(names)
    assert not RENAMED.keys() & set(names)


def test_every_setting_is_described() -> None:
    for variable in VARIABLES.values():
        assert variable.description.endswith("."), variable.name
        assert variable.description[0].isupper(), variable.name


def test_an_unknown_name_is_refused_with_a_suggestion() -> None:
    os.environ["VISAVIS_OFLINE"] = "1"
    with pytest.raises(
        SettingsError, match=r"Unknown setting VISAVIS_OFLINE\. Did you mean VISAVIS_OFFLINE\?"
    ):
        read_settings()


def test_an_unknown_name_without_similar_ones_lists_all() -> None:
    os.environ["VISAVIS_XYZZY"] = "1"
    with pytest.raises(SettingsError, match=r"Known settings: .*VISAVIS_OFFLINE"):
        read_settings()


def test_variables_of_clients_are_ignored() -> None:
    os.environ |= dict.fromkeys(CLIENT_NAMES, "http://127.0.0.1:8000")
    assert read_settings().models.offline is False


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("VISAVIS_LOG_LEVEL", "loud", "input should be 'debug', 'info', 'warning' or 'error'"),
        ("VISAVIS_LIVE_FPS", "99", "input should be less than or equal to 50"),
        ("VISAVIS_OFFLINE", "perhaps", "input should be a valid boolean"),
        ("VISAVIS_TRUSTED_PROXIES", "10.0.0.1/8", "not a valid IPv4 or IPv6 network"),
        ("VISAVIS_ROOM_NETWORKS", "[10", "not a list in JSON"),
        ("VISAVIS_WEBHOOK_RETRY_DELAYS_S", "soon", "input should be a valid number"),
    ],
)
def test_a_value_that_is_not_valid_is_named(name: str, value: str, reason: str) -> None:
    os.environ[name] = value
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert caught.value.message.startswith(f"{name} is not valid: ")
    assert reason in caught.value.message


def test_a_secret_is_not_in_the_error() -> None:
    os.environ |= {"VISAVIS_WEBHOOK_SECRET": "whsec_hidden", "VISAVIS_WEBHOOK_NETWORKS": "nowhere"}
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert "whsec_hidden" not in caught.value.message


def test_the_shared_signing_secret() -> None:
    assert WebhookSettings().shared_secret is None
    assert WebhookSettings(secret="whsec_x").shared_secret == "whsec_x"  # noqa: S105, S106 - of this test


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_an_old_name_still_works(old: str, new: str, capsys: pytest.CaptureFixture[str]) -> None:
    value = OTHER_VALUES.get(new, "1024")
    os.environ[new] = value
    wanted = value_of(read_settings(), VARIABLES[new])
    assert wanted != VARIABLES[new].default
    del os.environ[new]
    os.environ |= {old: value, "VISAVIS_LOG_FORMAT": "json"}
    settings = bootstrap.read_settings()
    assert value_of(settings, VARIABLES[new]) == wanted
    (line,) = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert (said["level"], said["event"], said["old"], said["new"]) == (
        "warning",
        "setting_renamed",
        old,
        new,
    )
    structlog.reset_defaults()


def test_child_processes_inherit_the_new_name() -> None:
    os.environ["VISAVIS_LIVE_MOST_S"] = "60"
    assert read_settings().renamed == {"VISAVIS_LIVE_MOST_S": "VISAVIS_LIVE_MAX_DURATION_S"}
    assert os.environ["VISAVIS_LIVE_MAX_DURATION_S"] == "60"
    assert "VISAVIS_LIVE_MOST_S" not in os.environ
    assert read_settings().renamed == {}


def test_an_old_and_a_new_name_with_one_value() -> None:
    os.environ |= {"VISAVIS_LIVE_MOST_S": "60", "VISAVIS_LIVE_MAX_DURATION_S": "60"}
    assert read_settings().live.max_duration_s == 60


def test_an_old_and_a_new_name_with_different_values_are_refused() -> None:
    os.environ |= {"VISAVIS_LIVE_MOST_S": "60", "VISAVIS_LIVE_MAX_DURATION_S": "90"}
    with pytest.raises(SettingsError) as caught:
        read_settings()
    assert caught.value.message == (
        "VISAVIS_LIVE_MOST_S and VISAVIS_LIVE_MAX_DURATION_S are set to different values. "
        "VISAVIS_LIVE_MOST_S is the old name of VISAVIS_LIVE_MAX_DURATION_S: unset it."
    )


def test_every_renamed_setting_exists() -> None:
    assert set(RENAMED.values()) <= VARIABLES.keys()


def test_the_page_of_settings_is_current() -> None:
    """After a change of the settings: `make settings`."""
    page = Path(__file__).parents[2] / "docs" / "settings.md"
    assert page.read_text(encoding="utf-8") == reference.page()


def test_operators_see_every_setting_but_no_secret() -> None:
    os.environ |= {"VISAVIS_WEBHOOK_SECRET": "whsec_hidden", "VISAVIS_TRUSTED_PROXIES": "10.0.0.1"}
    rows = {row.name: row for row in shown_settings(read_settings())}
    assert rows.keys() == VARIABLES.keys()
    secret = rows["VISAVIS_WEBHOOK_SECRET"]
    assert (secret.is_secret, secret.is_set, secret.value) == (True, True, None)
    proxies = rows["VISAVIS_TRUSTED_PROXIES"]
    assert (proxies.value, proxies.is_set, proxies.group) == (["10.0.0.1/32"], True, "Server")
    assert "whsec_hidden" not in json.dumps([row.value for row in rows.values()])


def test_each_log_event_is_one_json_line(capsys: pytest.CaptureFixture[str]) -> None:
    os.environ |= {"VISAVIS_LOG_FORMAT": "json", "VISAVIS_LOG_LEVEL": "info"}
    telemetry.configure(read_settings().logs)
    structlog.get_logger().info("video_rendered", frames=3)
    structlog.get_logger().debug("not_wanted")
    (line,) = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert (event["event"], event["frames"], event["level"]) == ("video_rendered", 3, "info")
    structlog.reset_defaults()
