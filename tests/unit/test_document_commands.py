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

import pytest
from tests.support.routes import routes
from tests.unit.test_documents import ROOT, documents
from typer.main import get_command

from visavis.cli.main import app

# Who reads these decides something else, or reads what was.
LEFT_OUT: Final = ("docs/decisions/", "changelog.d/", "CHANGELOG.md")
PLACEHOLDER: Final = re.compile(r"\[.*?\]|\s{2,}.*|\s#.*")  # what may be left out, and what is said beside it


def commands(document: Path) -> Iterator[str]:
    """The lines of code of a document, those that go on in the next line as one."""
    in_fence = False
    joined = ""
    for line in document.read_text().splitlines():
        if line.startswith("```"):
            in_fence = not in_fence
        elif in_fence or line.startswith("    "):
            joined = f"{joined} {line.strip()}".strip()
            if joined.endswith("\\"):
                joined = joined[:-1]
            elif "curl " not in joined or is_whole(joined):
                yield joined
                joined = ""


def is_whole(command: str) -> bool:
    """Whether all quotes of a command are closed."""
    try:
        shlex.split(command)
    except ValueError:
        return False
    return True


def all_commands(program: str) -> list[tuple[str, str]]:
    """Every call of a program, with the document that it is in."""
    found = []
    for document in documents():
        name = str(document.relative_to(ROOT))
        if not name.startswith(LEFT_OUT):
            # To the next pipe, or the end of the condition of a loop.
            pattern = rf"(?<![\w/.`-]){program} (?:(?! \||; do).)*"
            for line in commands(document):
                found += [(name, each) for each in re.findall(pattern, line)]
    return found


CURLS: Final = [each for each in all_commands("curl") if "/v1/" in each[1]]
CALLS: Final = [each for each in all_commands("visavis") if "is running" not in each[1]]  # what a server says


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
    words = shlex.split(PLACEHOLDER.sub("", command).replace("'s ", " "))[1:]
    at = get_command(app)
    for word in words:
        if word.startswith("-"):
            options = {name for each in at.params for name in (*each.opts, *each.secondary_opts)}
            assert word.partition("=")[0] in options | {"--help"}, f"{word} of {at.name}"
        elif hasattr(at, "commands"):
            assert word in at.commands, f"{at.name} has no command {word}"
            at = at.commands[word]
