"""Invitations: made, listed, revoked. People accept them in the console."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request

from visavis.core.organizations import acting, invitations
from visavis.core.organizations.acting import Acting
from visavis.core.schema import Invitation
from visavis.errors import MailError, RequestError
from visavis.surfaces.organizations import error_responses, wire
from visavis.surfaces.organizations.context import (
    Given,
    KeyPrincipal,
    OrganizationsContext,
    client_address,
)
from visavis.surfaces.organizations.error_responses import documented
from visavis.surfaces.organizations.organizations import PREFIX, OrganizationId

_CREATED: Final = 201
_MAIL: Final = """{inviter} invites you to the organization {organization}.

Open this link to accept. It works once, until {until} UTC:

{url}

If you do not expect this email, ignore it.
"""

router = APIRouter(prefix=f"{PREFIX}/{{org_id}}/invitations", tags=["Invitations"])
InvitationId = Annotated[str, Path(max_length=100)]


@router.post(
    "",
    status_code=_CREATED,
    responses=documented(
        *(error_responses.NOT_FOUND, error_responses.ALREADY_MEMBER),
        *(error_responses.LIMIT, error_responses.MAIL),
    ),
)
async def invite(
    org_id: OrganizationId,
    body: wire.NewInvitation,
    request: Request,
    principal: KeyPrincipal,
    context: Given,
) -> wire.InvitationAnswer:
    """Invite a person, by email or by a link that is shown once. An earlier link for the address ends."""
    is_emailed = body.send_email if body.send_email is not None else context.send_mail is not None
    if is_emailed and context.send_mail is None:
        raise RequestError("send_email: this server has no mail server. Send the link yourself.")
    async with context.database.transaction() as tx:
        inside = await acting.enter(tx, principal, org_id, address=client_address(request), writes=True)
        row, secret = await invitations.create(
            tx,
            inside,
            body.email,
            body.wanted_role,
            is_emailed=is_emailed,
            ttl_s=context.organizations.invitation_ttl_s,
            max_open=context.organizations.max_open_invitations,
        )
    url = f"{context.base_url(request)}/invitation#{secret}"
    if is_emailed:
        await _send(context, inside, row, url)
    return wire.InvitationAnswer(invitation=wire.invitation_fields(row), url=None if is_emailed else url)


@router.get("", responses=documented(error_responses.NOT_FOUND))
async def list_invitations(
    org_id: OrganizationId, request: Request, principal: KeyPrincipal, context: Given
) -> wire.InvitationList:
    """List the invitations that can still be accepted, as an admin or owner."""
    async with context.database.transaction() as tx:
        inside = await acting.enter(tx, principal, org_id, address=client_address(request))
        inside.must_manage("see invitations")
        found = await invitations.list_open(tx, org_id)
    return wire.InvitationList(
        invitations=[wire.invitation_fields(row) for row in found],
        sends_email=context.send_mail is not None,
    )


@router.delete(
    "/{invitation_id}",
    responses=documented(error_responses.NOT_FOUND, error_responses.NO_INVITATION),
)
async def revoke_invitation(
    org_id: OrganizationId,
    invitation_id: InvitationId,
    request: Request,
    principal: KeyPrincipal,
    context: Given,
) -> wire.Deleted:
    """Revoke an invitation: its link works no more."""
    async with context.database.transaction() as tx:
        inside = await acting.enter(tx, principal, org_id, address=client_address(request), writes=True)
        await invitations.revoke(tx, inside, invitation_id)
    return wire.Deleted(id=invitation_id)


async def _send(context: OrganizationsContext, inside: Acting, row: Invitation, url: str) -> None:
    """Send an invitation; it is revoked if that fails, because nobody has its link."""
    if context.send_mail is None:
        raise RuntimeError("There is no mail server.")
    name = inside.organization.name
    text = _MAIL.format(
        inviter=inside.actor.name,
        organization=name,
        until=f"{row.expires_at:%Y-%m-%d %H:%M}",
        url=url,
    )
    try:
        await context.send_mail(row.email, f"Invitation to {name}", text)
    except MailError:
        async with context.database.transaction() as tx:
            await acting.lock(tx, row.organization_id)
            await invitations.revoke(tx, inside, row.id)
        raise
