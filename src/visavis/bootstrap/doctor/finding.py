"""What a check of `visavis doctor` found."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How good what was found is."""

    OK = "ok"
    WARNING = "warning"
    """Works, but not as well, or not for everybody."""
    PROBLEM = "problem"
    """Something cannot work."""


@dataclass(frozen=True)
class Finding:
    """The result of one check.

    Attributes:
        name: Subject of the check, in one or two words.
        state: How good it is.
        found: What was found, in one sentence or less.
        advice: What to do; empty where nothing has to be done.
    """

    name: str
    state: State
    found: str
    advice: str = ""


def ok(name: str, found: str) -> Finding:
    """A finding that is good."""
    return Finding(name, State.OK, found)


def warning(name: str, found: str, advice: str) -> Finding:
    """A finding that makes something worse."""
    return Finding(name, State.WARNING, found, advice)


def problem(name: str, found: str, advice: str) -> Finding:
    """A finding that prevents something."""
    return Finding(name, State.PROBLEM, found, advice)


def is_healthy(findings: Iterable[Finding]) -> bool:
    """Whether no finding is a problem."""
    return all(each.state is not State.PROBLEM for each in findings)
