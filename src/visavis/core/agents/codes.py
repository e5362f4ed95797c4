"""Codes of agents: the names by which accounts know them."""

import re
import secrets
import string
from typing import Final

from visavis.errors import RequestError

RESERVED: Final = frozenset({"generate", "status"})
"""Words that the paths of an API need."""

_LETTERS: Final = string.ascii_uppercase
_SIGNS: Final = string.ascii_uppercase + string.digits
_LENGTH: Final = 10
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def new_code() -> str:
    """Make a code: one letter, and nine letters or digits."""
    return secrets.choice(_LETTERS) + "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH - 1))


def check_code(code: str) -> str:
    """Refuse a code that cannot be an agent's.

    Raises:
        RequestError: It has other characters, is too long, or is reserved.
    """
    if not _CODE.fullmatch(code):
        raise RequestError(
            "agent_id: use 1 to 64 letters, digits, hyphens and underscores; begin with a letter or a digit."
        )
    if code.lower() in RESERVED:
        raise RequestError(f"agent_id: {code} is reserved.")
    return code
