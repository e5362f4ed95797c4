"""Texts of requests: the one place where they become texts that everything behind can take.

A lone surrogate cannot be written as UTF-8, a NUL cannot be stored; both come in by the escapes of JSON and
of forms.
"""

from typing import Any, Final

from visavis.errors import RequestError

_MAX_NAME_CHARS: Final = 60


def is_clean(text: str) -> bool:
    """Whether a text can be stored, spoken and sent: it holds no NUL and no lone surrogate."""
    return "\0" not in text and (text.isascii() or text.isprintable() or _is_unicode(text))


def shown(name: str) -> str:
    """A name that a client made up, as a message can show it."""
    whole = "".join(sign if sign.isprintable() else "\ufffd" for sign in name)
    return whole if len(whole) <= _MAX_NAME_CHARS else f"{whole[:_MAX_NAME_CHARS]}…"


def refuse_unclean(value: Any, name: str = "body") -> None:
    """Look at every text in what was sent, names of fields included.

    Args:
        value: A text, or what JSON can hold.
        name: Of the field that it came in.

    Raises:
        RequestError: One of them holds a NUL or a lone surrogate; or the whole is nested too deep.
    """
    try:
        _refuse(value, name)
    except RecursionError as error:
        raise RequestError(f"{shown(name)}: nested too deeply.") from error


def _refuse(value: Any, name: str) -> None:
    match value:
        case str():
            if not is_clean(value):
                raise RequestError(
                    f"{shown(name)}: must be text without NUL and without unpaired surrogates."
                )
        case dict():
            for key, each in value.items():
                _refuse(key, "a field's name")
                _refuse(each, name if name != "body" else key)
        case list():
            for each in value:
                _refuse(each, name)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
