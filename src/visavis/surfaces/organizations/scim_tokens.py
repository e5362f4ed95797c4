"""Tokens with which a directory provisions members (SCIM): created, listed, revoked."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request

from visavis.core.organizations import acting, scim_tokens
from visavis.surfaces.organizations import error_responses, sso_wire
from visavis.surfaces.organizations.context import Given, KeyPrincipal, client_address
from visavis.surfaces.organizations.error_responses import documented
from visavis.surfaces.organizations.organizations import PREFIX, OrganizationId

_CREATED: Final = 201

router = APIRouter(prefix=f"{PREFIX}/{{org_id}}/scim-tokens", tags=["SCIM tokens"])


@router.post(
    "",
    status_code=_CREATED,
    responses=documented(error_responses.NOT_FOUND, error_responses.LIMIT),
)
async def create_scim_token(
    org_id: OrganizationId,
    body: sso_wire.NewScimToken,
    request: Request,
    principal: KeyPrincipal,
    context: Given,
) -> sso_wire.ScimTokenAnswer:
    """Create a token, as an owner. It is shown only in this answer."""
    async with context.database.transaction() as tx:
        inside = await acting.enter(tx, principal, org_id, address=client_address(request), writes=True)
        row, token = await scim_tokens.create(tx, inside, body.name or "")
    base_url = f"{context.base_url(request)}/scim/v2"
    return sso_wire.ScimTokenAnswer(
        scim_token=sso_wire.token_fields(row), token=token, scim_base_url=base_url
    )


@router.get("", responses=documented(error_responses.NOT_FOUND))
async def list_scim_tokens(
    org_id: OrganizationId, request: Request, principal: KeyPrincipal, context: Given
) -> sso_wire.ScimTokenList:
    """List the valid tokens, as an admin or owner. The tokens themselves are not shown again."""
    async with context.database.transaction() as tx:
        inside = await acting.enter(tx, principal, org_id, address=client_address(request))
        inside.must_manage("see SCIM tokens")
        rows = await scim_tokens.list_valid(tx, org_id)
    return sso_wire.ScimTokenList(scim_tokens=[sso_wire.token_fields(row) for row in rows])


@router.delete("/{token_id}", responses=documented(error_responses.NO_SCIM_TOKEN))
async def revoke_scim_token(
    org_id: OrganizationId,
    token_id: Annotated[str, Path(max_length=100)],
    request: Request,
    principal: KeyPrincipal,
    context: Given,
) -> sso_wire.Revoked:
    """Revoke a token, as an owner. It is refused from now on."""
    async with context.database.transaction() as tx:
        inside = await acting.enter(tx, principal, org_id, address=client_address(request), writes=True)
        await scim_tokens.revoke(tx, inside, token_id)
    return sso_wire.Revoked(id=token_id)
