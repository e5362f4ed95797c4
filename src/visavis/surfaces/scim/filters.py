"""The part of a filter that the database answers by its indexes."""

from typing import Any, Final

from scim2_models import ScimFilter
from scim2_models.path import CompareOperator, Comparison, FilterNode, LogicalExpr, LogicalOperator

from visavis.core.organizations.directory import Wanted
from visavis.surfaces.shared.texts import refuse_unclean

_FIELDS: Final = {"id": "id", "externalid": "external_id"}


def indexed(sought: ScimFilter[Any] | None, name_attribute: str) -> tuple[Wanted, bool]:
    """What a filter asks for that has an index: names, external IDs and IDs that are equal, joined by `and`.

    Args:
        sought: The filter; `None` for all resources.
        name_attribute: Attribute that names a resource, such as `userName`.

    Returns:
        The conditions, and whether they are all that the filter asks for.

    Raises:
        RequestError: A text in the filter cannot be in the database.
    """
    if sought is None:
        return Wanted(), True
    fields = _FIELDS | {name_attribute.lower(): "name"}
    found: dict[str, str] = {}
    is_exact = True
    for term in _terms(sought.ast):
        field = _field(term, fields)
        if field is None or field in found:
            is_exact = False
        else:
            found[field] = term.value  # type: ignore[attr-defined]  # a comparison, else it had no field
    refuse_unclean(list(found.values()), "filter")
    return Wanted(**found), is_exact


def _terms(node: FilterNode) -> tuple[FilterNode, ...]:
    if isinstance(node, LogicalExpr) and node.op == LogicalOperator.and_:
        return node.terms
    return (node,)


def _field(node: FilterNode, fields: dict[str, str]) -> str | None:
    """The field of `Wanted` that a term is about; `None` if there is none."""
    if not isinstance(node, Comparison) or node.op != CompareOperator.eq or not isinstance(node.value, str):
        return None
    path = node.attr_path
    return None if path.sub_attr or path.uri else fields.get(path.attr.lower())
