"""The audit log: read a page at a time, or whole as a file."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from visavis.core.organizations import acting, audit, audit_files
from visavis.core.schema import AuditEntry
from visavis.surfaces.organizations import error_responses, wire
from visavis.surfaces.organizations.context import (
    Given,
    KeyPrincipal,
    OrganizationsContext,
    client_address,
)
from visavis.surfaces.organizations.error_responses import documented
from visavis.surfaces.organizations.organizations import PREFIX, OrganizationId

_EXPORT_PAGE: Final = 500
_MAX_ID: Final = 2**63 - 1
_CSV, _JSON = "csv", "json"
_MEDIA_TYPES: Final = {_CSV: "text/csv; charset=utf-8", _JSON: "application/json"}

router = APIRouter(prefix=f"{PREFIX}/{{org_id}}/audit-log", tags=["Audit log"])
Action = Annotated[
    str | None,
    Query(
        max_length=60,
        pattern=r"^[a-z_.]*$",
        description="Only this action, such as `member.added`, or all of a noun, such as `member`.",
    ),
]


@router.get("", responses=documented(error_responses.NOT_FOUND))
async def read_audit_log(
    org_id: OrganizationId,
    request: Request,
    principal: KeyPrincipal,
    context: Given,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[
        int | None, Query(ge=1, le=_MAX_ID, description="`next_before` of the page before.")
    ] = None,
    action: Action = None,
) -> wire.AuditPage:
    """Read who did what, when and from where, newest first, as an admin or owner."""
    async with context.database.transaction() as tx:
        inside = await acting.enter(tx, principal, org_id, address=client_address(request))
        inside.must_manage("read the audit log")
        # One more than is shown says whether there is another page.
        rows = await audit.page(tx, org_id, limit=limit + 1, before=before, action=action or None)
    shown = rows[:limit]
    return wire.AuditPage(
        entries=[wire.audit_fields(row) for row in shown],
        next_before=shown[-1].id if len(rows) > limit else None,
    )


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={
        **documented(error_responses.NOT_FOUND),
        200: {
            "description": "The whole log, newest entry first.",
            "content": {media_type.partition(";")[0]: {} for media_type in _MEDIA_TYPES.values()},
        },
    },
)
async def export_audit_log(
    org_id: OrganizationId,
    request: Request,
    principal: KeyPrincipal,
    context: Given,
    format: Literal["csv", "json"] = "csv",  # noqa: A002 - the name on the wire
) -> StreamingResponse:
    """Download the whole audit log as CSV or JSON, as an admin or owner."""
    async with context.database.transaction() as tx:
        inside = await acting.enter(tx, principal, org_id, address=client_address(request))
        inside.must_manage("read the audit log")
    pages = _pages(context, org_id)
    name = f"audit-log-{inside.organization.slug}.{format}"
    return StreamingResponse(
        _as_csv(pages) if format == _CSV else _as_json(pages),
        media_type=_MEDIA_TYPES[format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _pages(context: OrganizationsContext, org_id: str) -> AsyncIterator[list[AuditEntry]]:
    before = None
    while True:
        async with context.database.transaction() as tx:
            rows = await audit.page(tx, org_id, limit=_EXPORT_PAGE, before=before)
        if not rows:
            return
        yield rows
        before = rows[-1].id


async def _as_csv(pages: AsyncIterator[list[AuditEntry]]) -> AsyncIterator[str]:
    yield audit_files.csv_head()
    async for rows in pages:
        yield audit_files.csv_lines(rows)


async def _as_json(pages: AsyncIterator[list[AuditEntry]]) -> AsyncIterator[str]:
    yield '{"entries": ['
    separator = "\n"
    async for rows in pages:
        yield separator + ",\n".join(json.dumps(audit_files.as_dict(row), ensure_ascii=False) for row in rows)
        separator = ",\n"
    yield "\n]}\n"
