"""Language tags (BCP 47) as clients write them, and the voices of a synthesiser that speak them."""

import re
from collections.abc import Iterator, Set
from typing import Final

_TAG: Final = re.compile(r"[a-z]{2,8}(?:-[a-z0-9]{1,8})*|x(?:-[a-z0-9]{1,8})+")
_EXTENDED: Final = re.compile(r"[a-z]{2,3}-([a-z]{3})(?:-.*)?")  # zh-yue, which is yue
_CANTONESE: Final = re.compile(r"zh(?:-hant)?-(?:hk|mo)\b.*")
_LATIN_AMERICAN: Final = re.compile(
    r"es-(?:ar|bo|br|bz|cl|co|cr|cu|do|ec|gt|hn|mx|ni|pa|pe|pr|py|sv|us|uy|ve)\b.*"
)
# Languages that are written with another tag today, or whose tag stands for a group with one that is meant.
_OTHER_NAMES: Final = {
    "in": "id",
    "iw": "he",
    "ji": "yi",
    "jw": "jv",
    "mo": "ro",
    "nn": "no",
    "sh": "hr",
    "tl": "fil",
    "arb": "ar",
    "ekk": "et",
    "lvs": "lv",
    "pes": "fa",
    "prs": "fa",
    "swh": "sw",
    "zsm": "ms",
}


def find_language(tag: str, offered: Set[str]) -> str | None:
    """What is offered and is closest to a tag: itself, another name for it, or the same with less said.

    Args:
        tag: As it was sent, in letters of any size; `_` counts as `-`.
        offered: Tags in small letters.

    Returns:
        One of `offered`; `None` if the tag is malformed or there is nothing of its language.
    """
    wanted = tag.lower().replace("_", "-")
    if not _TAG.fullmatch(wanted):
        return None
    return next((each for each in _candidates(wanted) if each in offered), None)


def _candidates(tag: str) -> Iterator[str]:
    """Tags from the closest on; RFC 4647, lookup, with what speakers of a region expect first."""
    if _CANTONESE.fullmatch(tag):
        yield "yue"
    if found := _EXTENDED.fullmatch(tag):
        yield found[1]
        return  # another language of the group would not be understood
    shorter = tag
    while shorter:
        if shorter != "es" or not _LATIN_AMERICAN.fullmatch(tag):
            yield shorter
        else:
            yield from ("es-419", "es")
        if other := _OTHER_NAMES.get(shorter):
            yield other
        shorter = shorter.rpartition("-")[0]
        if shorter[-2:-1] == "-":  # a single letter begins an extension, and says nothing without it
            shorter = shorter[:-2]
