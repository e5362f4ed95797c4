"""Lists that are read a page at a time."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select

from visavis.core.database import Tx

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of the rows that a query finds.

    Attributes:
        rows: The rows of this page.
        count: Number of rows on all pages.
    """

    rows: list[Row]
    count: int


async def read_page(tx: Tx, found: Select[Row], *order: Any, limit: int, offset: int) -> Page[Row]:
    """Read one page of the rows that a query finds.

    Args:
        tx: The transaction.
        found: The query; it names the account.
        order: Columns to sort by.
        limit: Maximum number of rows on the page.
        offset: Number of rows to skip.
    """
    some = found.order_by(*order).limit(limit).offset(offset)
    count = select(func.count()).select_from(found.subquery())
    return Page(list((await tx.execute(some)).scalars()), (await tx.execute(count)).scalar_one())
