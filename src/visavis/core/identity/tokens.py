"""Short-lived tokens that stand for a key; the console calls the public API with them.

A token is `at_` and a JSON Web Token, which is not stored. It ends at its time, with its sign-in, or with its
key, whichever is first.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

import jwt
from sqlalchemy import select

from visavis.core.database import Tx
from visavis.core.identity import keys, sign_ins
from visavis.core.identity.ownership import owned
from visavis.core.identity.principals import Principal
from visavis.core.schema import ApiKey
from visavis.core.secret import ACCESS, derived, shared_secret
from visavis.errors import KeyRefusedError, NotPermittedError

TOKEN_BEGIN: Final = "at_"  # noqa: S105 - no secret
SESSION_BEGIN: Final = "sso_"
"""A session token is this and the secret of a sign-in: it stands for the key of that browser."""
TOKEN_TTL_S: Final = 900
_ALGORITHM: Final = "HS256"


async def issue(
    tx: Tx, principal: Principal, key_id: int | None, *, console_requests_per_minute: int
) -> tuple[str, ApiKey]:
    """Issue a token that stands for a key for the next `TOKEN_TTL_S`, as long as the sign-in lasts.

    Args:
        tx: The transaction.
        principal: Who is signed in.
        key_id: ID of the key; `None` for the key of the sign-in, or the user's key for the console.
        console_requests_per_minute: Rate of the user's key for the console, if it is created.

    Returns:
        The token and its key.

    Raises:
        NotPermittedError: The key belongs to another account, or was revoked.
    """
    key = await _acting_key(tx, principal, key_id, console_requests_per_minute)
    expires_at = datetime.now(UTC) + timedelta(seconds=TOKEN_TTL_S)
    claims = {"sign_in": principal.credential.id, "key": key.id, "exp": expires_at}
    return TOKEN_BEGIN + jwt.encode(claims, await _secret(tx), _ALGORITHM), key


async def find(tx: Tx, token: str) -> ApiKey:
    """Find the key that a token stands for.

    Raises:
        KeyRefusedError: The token is forged or expired, its sign-in has ended or acts for another account, or
            its key was revoked.
    """
    try:
        claims = jwt.decode(token.removeprefix(TOKEN_BEGIN), await _secret(tx), [_ALGORITHM])
    except (jwt.InvalidTokenError, ValueError) as error:
        raise _refused() from error
    principal = await sign_ins.find_by_id(tx, claims["sign_in"])
    if principal is None:
        raise _refused()
    query = select(ApiKey).where(ApiKey.id == claims["key"], ApiKey.revoked_at.is_(None))
    row = (await tx.execute(query.where(owned(ApiKey.account_id, principal)))).scalar_one_or_none()
    if row is None:
        raise _refused()
    return row


async def find_by_session(tx: Tx, token: str) -> ApiKey:
    """Find the key that a session token stands for: that of its user for the account of its sign-in.

    Raises:
        KeyRefusedError: The sign-in has ended.
    """
    principal = await sign_ins.find(tx, token.removeprefix(SESSION_BEGIN))
    if principal is None:
        raise _refused()
    holder = await sign_ins.holder(tx, principal)
    if holder.user is None:
        raise _refused()
    return await keys.console_key(tx, holder.user, principal.account_id, requests_per_minute=None)


async def _acting_key(tx: Tx, principal: Principal, key_id: int | None, console_rate: int) -> ApiKey:
    if key_id is None:
        holder = await sign_ins.holder(tx, principal)
        if holder.key is not None:
            return holder.key
        if holder.user is None:
            raise NotPermittedError("Create an API key first.")
        account_id = principal.account_id
        return await keys.console_key(tx, holder.user, account_id, requests_per_minute=console_rate)
    key = await keys.find_visible(tx, principal, key_id)
    # Whoever may see the keys of other members does not act in their names.
    if not principal.is_operator and key.user_id != principal.user_id:
        raise NotPermittedError("You do not own this key.")
    if key.revoked_at is not None:
        raise NotPermittedError("This key was revoked.")
    return key


async def _secret(tx: Tx) -> str:
    return derived(await shared_secret(tx, ACCESS), "access-token")


def _refused() -> KeyRefusedError:
    return KeyRefusedError("Invalid or revoked API key.")
