"""The commands in the documents: each names a route, a command and options that exist.

`tests/api/test_document_examples.py` runs the examples of docs/examples.md and of the skill. This reads the
others, of which many need a key, a file or a service of somebody else.
"""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest
from tests.support.routes import routes
from tests.unit.test_documents import ROOT, documents
from typer.main import get_command

from visavis.cli.main import app

# Who reads these decides something else, or reads what was.
LEFT_OUT: Final = ("docs/decisions/", "changelog.d/", "CHANGELOG.md")
PLACEHOLDER: Final = re.compile(r"\[.*?\]|\|.*|\s{2,}.*|#.*")


def commands(document: Path) -> Iterator[str]:
    """The lines of code of a document, those that go on in the next line as one."""
    in_fence = False
    joined = ""
    for line in document.read_text().splitlines():
        if line.startswith("```"):
            in_fence = not in_fence
        elif in_fence or line.startswith("    "):
            joined += line.strip()
            if joined.endswith("\\"):
                joined = joined[:-1] + " "
            else:
                yield joined
                joined = ""


def all_commands(program: str) -> list[tuple[str, str]]:
    """Every call of a program, with the document that it is in."""
    found = []
    for document in documents():
        name = str(document.relative_to(ROOT))
        if not name.startswith(LEFT_OUT):
            pattern = rf"(?:^|[($;]\s*|\s){re.escape(program)}\s[^()]*"
            for line in commands(document):
                found += [(name, each.strip(" ($;")) for each in re.findall(pattern, line)]
    return found


CURLS: Final = all_commands("curl")
CALLS: Final = all_commands("visavis")


@pytest.fixture(scope="module")
def known() -> list[tuple[str, re.Pattern[str]]]:
    """Methods and patterns of the paths of all routes."""
    return [(route.method, re.compile(re.sub(r"\{[^}]+\}", "[^/]+", route.path) + "$")) for route in routes()]


@pytest.mark.parametrize(("document", "command"), CURLS, ids=[f"{d} {c[:60]}" for d, c in CURLS])
def test_a_request_names_a_route(
    document: str, command: str, known: list[tuple[str, re.Pattern[str]]]
) -> None:
    words = shlex.split(command)
    address = next(word for word in words if "/v1/" in word or "/api/v1/" in word)
    path = re.sub(r"^.*?(?=/(?:api/)?v1/)", "", address).partition("?")[0]
    sends = any(word in {"-d", "-F"} for word in words)
    method = words[words.index("-X") + 1] if "-X" in words else "POST" if sends else "GET"
    assert any(each == method and pattern.match(path) for each, pattern in known), f"{method} {path}"
    if "-d" in words:
        json.loads(words[words.index("-d") + 1])


@pytest.mark.parametrize(("document", "command"), CALLS, ids=[f"{d} {c[:60]}" for d, c in CALLS])
def test_a_command_and_its_options_exist(document: str, command: str) -> None:
    words = shlex.split(PLACEHOLDER.sub("", command))[1:]
    at: click.Command = get_command(app)
    for word in words:
        if word.startswith("-"):
            options = {name for each in at.params for name in (*each.opts, *each.secondary_opts)}
            assert word.partition("=")[0] in options | {"--help"}, f"{word} of {at.name}"
        elif isinstance(at, click.Group):
            found = at.get_command(click.Context(at), word)
            assert found is not None, f"{at.name} has no command {word}"
            at = found
