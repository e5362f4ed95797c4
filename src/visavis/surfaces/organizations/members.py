"""Members of an organization: added, changed, removed."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request

from visavis.core.organizations import acting, members
from visavis.surfaces.organizations import error_responses, wire
from visavis.surfaces.organizations.context import Given, KeyPrincipal, client_address
from visavis.surfaces.organizations.error_responses import documented
from visavis.surfaces.organizations.organizations import PREFIX, OrganizationId

_CREATED: Final = 201

router = APIRouter(prefix=f"{PREFIX}/{{org_id}}/members", tags=["Members"])
MemberId = Annotated[str, Path(max_length=100)]
_MISSING: Final = (error_responses.NOT_FOUND, error_responses.NO_MEMBER)


@router.post(
    "",
    status_code=_CREATED,
    responses=documented(error_responses.NOT_FOUND, error_responses.ALREADY_MEMBER, error_responses.LIMIT),
)
async def add_member(
    org_id: OrganizationId,
    body: wire.NewMember,
    request: Request,
    principal: KeyPrincipal,
    context: Given,
) -> wire.MemberAnswer:
    """Add a member, or reactivate one who was removed. Only owners can make somebody an owner."""
    async with context.database.transaction() as tx:
        inside = await acting.enter(tx, principal, org_id, address=client_address(request), writes=True)
        inside.must_manage("add members")
        user = await members.user_for(tx, body.email)
        member = await members.add(
            tx,
            inside,
            user,
            role=body.wanted_role,
            name=body.name,
            max_members=context.organizations.max_members,
        )
    return wire.MemberAnswer(member=wire.member_fields(member))


@router.patch("/{member_id}", responses=documented(*_MISSING, error_responses.LAST_OWNER))
async def change_member(
    org_id: OrganizationId,
    member_id: MemberId,
    body: wire.RoleChange,
    request: Request,
    principal: KeyPrincipal,
    context: Given,
) -> wire.MemberAnswer:
    """Change the role of a member. Only owners can make or demote owners, and one owner always stays."""
    async with context.database.transaction() as tx:
        inside = await acting.enter(tx, principal, org_id, address=client_address(request), writes=True)
        member = await members.change_role(tx, inside, member_id, body.role)
    return wire.MemberAnswer(member=wire.member_fields(member))


@router.delete("/{member_id}", responses=documented(*_MISSING, error_responses.LAST_OWNER))
async def remove_member(
    org_id: OrganizationId,
    member_id: MemberId,
    request: Request,
    principal: KeyPrincipal,
    context: Given,
) -> wire.MemberAnswer:
    """Deactivate a member. Their keys for the organization are revoked, and their live sessions end.

    Members can remove themselves. Only owners can remove an owner, and the last one stays.
    """
    async with context.database.transaction() as tx:
        inside = await acting.enter(tx, principal, org_id, address=client_address(request), writes=True)
        member = await members.remove(tx, inside, member_id)
    return wire.MemberAnswer(member=wire.member_fields(member))
