"""Organizations: created, listed, read, deleted."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request

from visavis.core.identity import users
from visavis.core.organizations import acting, lifecycle, members
from visavis.core.schema import OWNER
from visavis.errors import NotPermittedError
from visavis.surfaces.organizations import error_responses, wire
from visavis.surfaces.organizations.context import Given, KeyPrincipal, client_address
from visavis.surfaces.organizations.error_responses import documented

PREFIX: Final = "/v1/organizations"
_CREATED: Final = 201

router = APIRouter(prefix=PREFIX, tags=["Organizations"])
OrganizationId = Annotated[str, Path(max_length=100)]


@router.post("", status_code=_CREATED, responses=documented(error_responses.LIMIT))
async def create_organization(
    body: wire.NewOrganization, request: Request, principal: KeyPrincipal, context: Given
) -> wire.OrganizationAnswer:
    """Create an organization. The user of the key becomes its owner."""
    user_id = acting.user_of(principal)
    async with context.database.transaction() as tx:
        user = await users.by_id(tx, user_id)
        if principal.account_id != user.account_id:
            raise NotPermittedError("This key acts for an organization. Use a key of your own account.")
        actor = acting.actor_of(principal, user, client_address(request))
        limit = context.organizations.max_per_user
        row = await lifecycle.create(tx, user, body.name, actor, max_per_user=limit)
    return wire.OrganizationAnswer(organization=wire.organization_fields(row, OWNER))


@router.get("", responses=documented())
async def list_organizations(principal: KeyPrincipal, context: Given) -> wire.OrganizationList:
    """List the organizations that you are an active member of, oldest first."""
    async with context.database.transaction() as tx:
        found = await lifecycle.of_user(tx, principal)
    return wire.OrganizationList(
        organizations=[wire.organization_fields(each.organization, each.role) for each in found]
    )


@router.get("/{org_id}", responses=documented(error_responses.NOT_FOUND))
async def read_organization(
    org_id: OrganizationId, request: Request, principal: KeyPrincipal, context: Given
) -> wire.OrganizationDetails:
    """Read an organization and its members, those who were removed included. You must be an active member."""
    async with context.database.transaction() as tx:
        inside = await acting.enter(tx, principal, org_id, address=client_address(request))
        found = await members.list_all(tx, org_id)
    return wire.OrganizationDetails(
        organization=wire.organization_fields(inside.organization, inside.role),
        members=[wire.member_fields(each) for each in found],
    )


@router.delete("/{org_id}", responses=documented(error_responses.NOT_FOUND))
async def delete_organization(
    org_id: OrganizationId, request: Request, principal: KeyPrincipal, context: Given
) -> wire.Deleted:
    """Delete an organization, as an owner.

    Its members are deactivated, its keys, SCIM tokens and invitations revoked, and its live sessions ended.
    """
    async with context.database.transaction() as tx:
        inside = await acting.enter(tx, principal, org_id, address=client_address(request), writes=True)
        await lifecycle.delete(tx, inside)
    return wire.Deleted(id=org_id)
