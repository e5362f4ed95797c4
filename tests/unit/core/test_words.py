"""Core knows no surface: no word of its wire. (SCIM is also a kind of credential.)"""

import re
from pathlib import Path

import pytest

from visavis import core

WORDS = re.compile(r"atlas|mirrorstage|urn:ietf|/v\d/", re.IGNORECASE)
MODULES = sorted(Path(core.__path__[0]).rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(core.__path__[0])))
def test_core_mentions_no_surface(path: Path) -> None:
    found = [line for line in path.read_text().splitlines() if WORDS.search(line)]
    assert found == []
