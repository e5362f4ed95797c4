"""The audit log as a file: CSV for spreadsheets, JSON for programs."""

import csv
import io
import json
from collections.abc import Iterable
from datetime import UTC
from typing import Any, Final

from visavis.core.schema import AuditEntry

FIELDS: Final = (
    *("id", "at", "actor_kind", "actor_name", "action", "subject_id", "subject_name", "address", "details"),
)
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def as_dict(row: AuditEntry) -> dict[str, Any]:
    """An entry as JSON can hold it."""
    entry = {field: getattr(row, field) for field in FIELDS}
    return entry | {"at": row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


def csv_head() -> str:
    """The first line: the names of the columns."""
    return _lines([FIELDS])


def csv_lines(rows: Iterable[AuditEntry]) -> str:
    """Entries as lines of CSV, in which no cell is a formula."""
    return _lines([[_cell(value) for value in as_dict(row).values()] for row in rows])


def _lines(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value or "")
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
