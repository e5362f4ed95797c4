"""The users of this installation, for operators: listed, and invited by a link."""

from typing import Final

from fastapi import APIRouter, Request

from visavis.core.identity import sign_ins, users
from visavis.core.schema import User
from visavis.surfaces.console import sign_in_wire
from visavis.surfaces.console.context import PREFIX
from visavis.surfaces.console.signed_in import Given, Operator

_CREATED: Final = 201

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


def _row(user: User) -> sign_in_wire.UserRow:
    return sign_in_wire.UserRow(
        id=user.public_id,
        email=user.email,
        is_operator=user.is_operator,
        has_password=user.password_hash is not None,
        created_at=user.created_at,
    )
