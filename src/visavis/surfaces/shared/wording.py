"""Faults of validation, said in plain English by the names of the fields that were sent."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from visavis.surfaces.shared.texts import shown

_PLACES: Final = (
    "body",
    "query",
    "path",
    "header",
    "cookie",
)  # where FastAPI found a field: no part of its name
_LIMITS: Final = {
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "greater_than": "must be more than {gt}",
    "less_than": "must be less than {lt}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
    "literal_error": "must be one of {expected}",
    "enum": "must be one of {expected}",
}
_KINDS: Final = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "none_required": "must be null or left out",
    "json_invalid": "must be valid JSON",
    "string_pattern_mismatch": "has a form that cannot be used",
    "string_unicode": "must be text without unpaired surrogates",
    "finite_number": "must be a finite number",
    "multiple_of": "must be a multiple of {multiple_of}",
}
_TYPES: Final = (
    ("int", "must be a whole number"),
    ("float", "must be a number"),
    ("decimal", "must be a number"),
    ("bool", "must be true or false"),
    ("string", "must be text"),
    ("bytes", "must be text"),
    ("list", "must be a list"),
    ("tuple", "must be a list"),
    ("dict", "must be an object"),
    ("model", "must be a JSON object"),
    ("dataclass", "must be a JSON object"),
    ("date", "must be a date and time as in 2026-03-25T16:47:07Z"),
    ("time", "must be a time"),
    ("url", "must be an address"),
    ("uuid", "must be a UUID"),
)


def describe(faults: Sequence[Mapping[str, Any]]) -> str:
    """The first of some faults as a sentence.

    Args:
        faults: As Pydantic and FastAPI list them.
    """
    fault = faults[0]
    place = tuple(fault["loc"])
    if fault["type"] == "json_invalid":
        return "The body is not valid JSON."
    name = ".".join(shown(str(part)) for part in (place[1:] if place[:1] and place[0] in _PLACES else place))
    words = _words(fault)
    return f"{name}: {words}." if name else f"The body {words}."


def _words(fault: Mapping[str, Any]) -> str:
    kind, context = str(fault["type"]), fault.get("ctx") or {}
    if kind == "string_too_short" and context.get("min_length") == 1:
        return "must not be empty"
    if kind == "value_error" and "error" in context:  # of a validator of ours, which says what is wrong
        return str(context["error"])
    template = _LIMITS.get(kind) or _KINDS.get(kind)
    if template is not None:
        return template.format(**context)
    return next((words for begin, words in _TYPES if kind.startswith(begin)), "cannot be used")
