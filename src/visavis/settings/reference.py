"""`docs/settings.md`: every setting, from the models that read them.

python -m visavis.settings.reference > docs/settings.md
"""

import sys
from typing import Any, Final

from visavis.settings import CLIENT_NAMES, GROUPS
from visavis.settings.group import Variable, variables
from visavis.settings.renamed import RENAMED

_HEAD: Final = """\
# Settings

Every setting is an environment variable. The server, its workers and the command line read them once, when
they start. An unknown `VISAVIS_…` name is an error, and so is a value that is not valid. Sizes are in bytes,
times in seconds. A list is written as JSON, `["10.0.0.0/8"]`, or with commas, `10.0.0.0/8,192.168.1.7`.

This page is generated from `visavis.settings` by `make settings`.
"""
_KIB: Final = 1024
_UNITS: Final = ("bytes", "KiB", "MiB", "GiB")


def page() -> str:
    """The page, in Markdown."""
    sections = [
        _HEAD,
        *(_group(group.title, list(variables(group))) for group in GROUPS),
        _others(),
        _renamed(),
    ]
    return "\n".join(sections)


def _group(title: str, rows: list[Variable]) -> str:
    lines = [f"## {title}", "", "| variable | default | |", "|---|---|---|"]
    lines += [f"| `{row.name}` | {_default(row)} | {row.description} |" for row in rows]
    return "\n".join(lines) + "\n"


def _default(row: Variable) -> str:
    value: Any = row.default
    if value is None or value in ((), {}):
        return "not set"
    if isinstance(value, bool):
        return "`1`" if value else "`0`"
    if isinstance(value, tuple):
        return f"`{','.join(f'{each:g}' if isinstance(each, float) else str(each) for each in value)}`"
    if isinstance(value, int | float):
        readable = f" ({_size(int(value))})" if row.name.endswith("_BYTES") else ""
        return f"`{value:.15g}`{readable}"
    return f"`{value}`"


def _size(count: int) -> str:
    unit = 0
    while count % _KIB == 0 and unit + 1 < len(_UNITS):
        count, unit = count // _KIB, unit + 1
    return f"{count} {_UNITS[unit]}"


def _others() -> str:
    names = " and ".join(f"`{name}`" for name in sorted(CLIENT_NAMES, reverse=True))
    return (
        "## Clients\n\n"
        f"Clients read {names}: the examples, and the plugin for livekit-agents. The server ignores them.\n"
    )


def _renamed() -> str:
    lines = [
        "## Renamed settings",
        "",
        "Old names still work in this version, with a warning in the log. The next version refuses them.",
        "",
        "| old name | new name |",
        "|---|---|",
    ]
    return "\n".join([*lines, *(f"| `{old}` | `{new}` |" for old, new in RENAMED.items())]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
