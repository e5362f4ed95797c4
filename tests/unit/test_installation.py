"""What an installation makes of its settings."""

from pathlib import Path

import psycopg
import pytest

from visavis.bootstrap.installation import Installation
from visavis.settings import Settings


@pytest.mark.parametrize(
    "given", ["postgresql://u:p%40ss@db.example.com:5433/x", "postgresql://u@/x?host=%2Frun"]
)
def test_a_network_that_is_gone_is_noticed(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    """The driver takes the limits; all else of the address is as it was."""
    monkeypatch.setenv("DATABASE_URL", given)
    url = Installation(Settings(), Path()).url
    before, after = (psycopg.conninfo.conninfo_to_dict(each) for each in (given, url))
    limits = {name: value for name, value in after.items() if name not in before}
    assert {name: after[name] for name in before} == before
    assert limits == {
        "keepalives_idle": "5",
        "keepalives_interval": "2",
        "keepalives_count": "3",
        "tcp_user_timeout": "10000",
    }


def test_the_operators_network_limits_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u@db/x?tcp_user_timeout=60000&sslmode=require")
    after = psycopg.conninfo.conninfo_to_dict(Installation(Settings(), Path()).url)
    assert (after["tcp_user_timeout"], after["sslmode"]) == ("60000", "require")
