"""The users of this installation, for operators: listed, invited by a link, given a role, removed."""

from typing import Final

from fastapi import APIRouter, Request

from visavis.core import removal
from visavis.core.identity import sign_ins, users
from visavis.core.organizations.acting import actor_of, user_of
from visavis.core.schema import User
from visavis.surfaces.console import sign_in_wire
from visavis.surfaces.console.context import PREFIX
from visavis.surfaces.console.signed_in import Given, Operator

_CREATED: Final = 201
_NO_CONTENT: Final = 204

router = APIRouter(prefix=f"{PREFIX}/users", tags=["Users"])


@router.get("")
async def list_users(_operator: Operator, context: Given) -> sign_in_wire.UserList:
    """All users, in the order in which they came."""
    async with context.shared.database.transaction() as tx:
        return sign_in_wire.UserList(users=[_row(user) for user in await users.list_all(tx)])


@router.post("", status_code=_CREATED)
async def invite_user(
    body: sign_in_wire.UserRequest, request: Request, _operator: Operator, context: Given
) -> sign_in_wire.InvitedUser:
    """Invite a user by a link, which signs in once and lets the user choose a password.

    Whoever was invited and has no password yet can be invited again: earlier links become invalid.
    """
    email = users.address(body.email)
    async with context.shared.database.transaction() as tx:
        user = await users.invite(tx, email, is_operator=body.is_operator)
        link = await sign_ins.invitation_link(tx, user)
    url = f"{context.shared.base_url(request)}/sign-in#{link}"
    return sign_in_wire.InvitedUser(user=_row(user), url=url, expires_in=sign_ins.LINK_TTL_S)


@router.patch("/{user_id}")
async def change_role(
    user_id: str, body: sign_in_wire.RoleRequest, _operator: Operator, context: Given
) -> sign_in_wire.UserRow:
    """Make a user an operator, or an operator an ordinary user. One operator always stays."""
    async with context.shared.database.transaction() as tx:
        return _row(await users.change_role(tx, user_id, is_operator=body.is_operator))


@router.delete("/{user_id}", status_code=_NO_CONTENT)
async def remove_user(user_id: str, request: Request, operator: Operator, context: Given) -> None:
    """Remove a user, with sign-ins, keys, live sessions and memberships. The last operator stays.

    Results and usage of the user are kept as long as any. Whoever was removed can be invited again.
    """
    async with context.shared.database.transaction() as tx:
        user = await users.by_id(tx, user_of(operator))
        address = request.client.host if request.client else None
        await removal.remove_user(tx, user_id, actor_of(operator, user, address))


def _row(user: User) -> sign_in_wire.UserRow:
    return sign_in_wire.UserRow(
        id=user.public_id,
        email=user.email,
        is_operator=user.is_operator,
        has_password=user.password_hash is not None,
        created_at=user.created_at,
    )
