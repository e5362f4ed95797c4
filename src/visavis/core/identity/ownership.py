"""The condition that keeps accounts apart."""

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

from visavis.core.identity.principals import Principal


def owned(account_id: InstrumentedAttribute[int], principal: Principal) -> ColumnElement[bool]:
    """Matches rows of the principal's account; for an operator, all rows.

    Args:
        account_id: Column of the table that is read.
        principal: Reader.
    """
    return true() if principal.is_operator else account_id == principal.account_id
