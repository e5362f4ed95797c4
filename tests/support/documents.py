"""Code out of the documents of other services, whose clients must work here unchanged.

They are never part of the project: where they are absent, tests of them are skipped.
"""

import os
import textwrap
from pathlib import Path

import pytest

_REPOSITORY = Path(__file__).parents[2]
PAID_SESSIONS = "002"


def document(number: str) -> str:
    """The text of a document."""
    named = os.environ.get("TEST_SHARED_API")
    folders = [Path(named)] if named else [_REPOSITORY / "shared/api", _REPOSITORY.parent / "shared/api"]
    for folder in folders:
        for path in folder.glob(f"{number}_*.txt"):
            return path.read_text(encoding="utf-8")
    pytest.skip("no documents of other services")


def listing(text: str, first: str, last: str, *, after: str = "") -> str:
    """Some lines of a document.

    Args:
        text: The document.
        first: Beginning of the first line.
        last: Beginning of the last line, without its indentation.
        after: Line after which it comes.
    """
    lines = text.splitlines()
    begin = lines.index(after) if after else 0
    start = next(at for at in range(begin, len(lines)) if lines[at].startswith(first))
    end = next(at for at in range(start, len(lines)) if lines[at].lstrip().startswith(last))
    return "\n".join(lines[start : end + 1]) + "\n"


def indented(code: str, spaces: int) -> str:
    """Code, further to the right."""
    return textwrap.indent(code, " " * spaces)
