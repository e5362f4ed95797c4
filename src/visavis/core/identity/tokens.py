"""Short-lived tokens that stand for a key; the console calls the public API with them.

A token is signed, not stored: `at_<sign-in>.<key>.<until>.<signature>`. It ends at its time, with its
sign-in, or with its key, whichever is first.
"""

import hmac
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import func, select

from visavis.core.database import Tx
from visavis.core.identity import keys, sign_ins
from visavis.core.identity.principals import Principal
from visavis.core.schema import ApiKey, SignIn
from visavis.core.secret import ACCESS, derived, shared_secret
from visavis.errors import KeyRefusedError, NotPermittedError

TOKEN_BEGIN: Final = "at_"  # noqa: S105 - no secret
TOKEN_TTL_S: Final = 900
_PARTS: Final = 4
_MAX_DIGITS: Final = 18


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
    until = int(datetime.now(UTC).timestamp()) + TOKEN_TTL_S
    claims = f"{principal.credential.id}.{key.id}.{until}"
    return f"{TOKEN_BEGIN}{claims}.{await _signature(tx, claims)}", key


async def find(tx: Tx, token: str) -> ApiKey:
    """Find the key that a token stands for.

    Raises:
        KeyRefusedError: The token is forged or expired, its sign-in has ended, or its key was revoked.
    """
    claims = _claims(token)
    if claims is None:
        raise _refused()
    sign_in, key, until, signature = claims
    signed = await _signature(tx, f"{sign_in}.{key}.{until}")
    if not hmac.compare_digest(signed.encode(), signature.encode()) or until <= datetime.now(UTC).timestamp():
        raise _refused()
    lives = select(SignIn.id).where(SignIn.id == sign_in, SignIn.expires_at > func.now()).exists()
    query = select(ApiKey).where(ApiKey.id == key, ApiKey.revoked_at.is_(None), lives)
    row = (await tx.execute(query)).scalar_one_or_none()
    if row is None:
        raise _refused()
    return row


async def _acting_key(tx: Tx, principal: Principal, key_id: int | None, console_rate: int) -> ApiKey:
    if key_id is None:
        holder = await sign_ins.holder(tx, principal)
        if holder.key is not None:
            return holder.key
        if holder.user is None:
            raise NotPermittedError("Create an API key first.")
        return await keys.console_key(tx, holder.user, requests_per_minute=console_rate)
    key = await keys.find_visible(tx, principal, key_id)
    if key.revoked_at is not None:
        raise NotPermittedError("This key was revoked.")
    return key


def _claims(token: str) -> tuple[int, int, int, str] | None:
    """ID of the sign-in, ID of the key, expiry in Unix seconds, and signature."""
    parts = token.removeprefix(TOKEN_BEGIN).split(".")
    if len(parts) != _PARTS or not all(_is_number(part) for part in parts[:-1]):
        return None
    sign_in, key, until = (int(part) for part in parts[:-1])
    return sign_in, key, until, parts[-1]


async def _signature(tx: Tx, claims: str) -> str:
    return derived(await shared_secret(tx, ACCESS), claims)


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) <= _MAX_DIGITS


def _refused() -> KeyRefusedError:
    return KeyRefusedError("Invalid or revoked API key.")
