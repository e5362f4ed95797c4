"""The organization for which a browser acts, and invitations that are accepted.

What members do in an organization goes through the public API, as everything else.
"""

from typing import Final

from fastapi import APIRouter, Request, Response

from visavis.core.database import Tx
from visavis.core.identity import sign_ins, users
from visavis.core.organizations import invitations, lifecycle
from visavis.core.organizations.audit import Actor, ActorKind
from visavis.core.organizations.invitations import Invited
from visavis.core.schema import User
from visavis.errors import NotPermittedError, SignedOutError
from visavis.surfaces.console import sign_in_wire
from visavis.surfaces.console.context import PREFIX, ConsoleContext
from visavis.surfaces.console.signed_in import Given, MaybePrincipal, SignedIn, give_cookie
from visavis.surfaces.console.signing_in import answer, count_try, holder_of

_SIGN_IN_FIRST: Final = (
    "Sign in, then open the invitation again. If you have no user here yet, ask the operator of this server."
)

router = APIRouter(prefix=PREFIX, tags=["Organizations"])


@router.get("/session/accounts")
async def list_accounts(principal: SignedIn, context: Given) -> sign_in_wire.AccountList:
    """The organizations for which you can act here."""
    async with context.shared.database.transaction() as tx:
        holder = await sign_ins.holder(tx, principal)
        found = (
            [each.organization for each in await lifecycle.of_browser(tx, holder.user)] if holder.user else []
        )
    if holder.is_bound:
        found = [row for row in found if row.account_id == principal.account_id]
    return sign_in_wire.AccountList(
        organizations=[
            sign_in_wire.OrganizationName(id=row.id, name=row.name, slug=row.slug) for row in found
        ]
    )


@router.post("/session/account")
async def switch_account(
    body: sign_in_wire.AccountRequest, principal: SignedIn, context: Given
) -> sign_in_wire.SignInAnswer:
    """Act for an organization, or for your own account again. Tokens of the account before become invalid."""
    async with context.shared.database.transaction() as tx:
        principal = await sign_ins.switch(tx, principal, body.organization_id)
        return answer(await sign_ins.holder(tx, principal), context)


@router.post("/invitations/look")
async def look_at_invitation(
    body: sign_in_wire.InvitationRequest, request: Request, context: Given
) -> sign_in_wire.InvitedAnswer:
    """Where an invitation leads; looking does not use it up."""
    database = context.shared.database
    await count_try(database, request)
    async with database.transaction() as tx:
        invited = await invitations.look(tx, body.invitation.get_secret_value())
        can_create = await _can_create_user(tx, invited, context)
    return sign_in_wire.InvitedAnswer(
        organization=invited.organization.name,
        email=invited.row.email,
        role=invited.row.role,
        can_create_user=can_create,
    )


@router.post("/invitations/accept")
async def accept_invitation(
    body: sign_in_wire.AcceptRequest,
    request: Request,
    response: Response,
    principal: MaybePrincipal,
    context: Given,
) -> sign_in_wire.SignInAnswer:
    """Join the organization: as who is signed in, or as a new user with a password. This uses the link up."""
    database, secret = context.shared.database, body.invitation.get_secret_value()
    await count_try(database, request)
    if principal is not None:
        async with database.transaction() as tx:
            holder = await sign_ins.holder(tx, principal)
            if holder.user is None or holder.is_bound:
                raise NotPermittedError("Sign in as a user to accept an invitation.")
            invited = await _accept(tx, secret, holder.user, request, context)
            if not invited.organization.sso_enabled:
                principal = await sign_ins.switch(tx, principal, invited.organization.id)
            return answer(await sign_ins.holder(tx, principal), context)
    async with database.transaction() as tx:
        invited = await invitations.look(tx, secret)
        if not await _can_create_user(tx, invited, context):
            raise SignedOutError(_SIGN_IN_FIRST)
    password = body.password.get_secret_value() if body.password else ""
    new = await users.prepare(invited.row.email, password)
    async with database.transaction() as tx:
        user = await users.create(tx, new)
        invited = await _accept(tx, secret, user, request, context)
        browser = await sign_ins.with_user(tx, user)
        holder = await holder_of(tx, browser)
    give_cookie(request, response, context, browser)
    return answer(holder, context)


async def _accept(tx: Tx, secret: str, user: User, request: Request, context: ConsoleContext) -> Invited:
    """Join, as a user."""
    invited = await invitations.look(tx, secret)
    actor = Actor(ActorKind.USER, user.email, user.id, request.client.host if request.client else None)
    limit = context.organizations.max_members
    await invitations.accept(tx, secret, user, actor, max_members=limit)
    return invited


async def _can_create_user(tx: Tx, invited: Invited, context: ConsoleContext) -> bool:
    """Whether the link of an invitation proves the address of a person who is no user yet."""
    if not invited.row.is_emailed and not context.organizations.links_create_users:
        return False
    return not await users.has_password(tx, invited.row.email)
