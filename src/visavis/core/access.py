"""Short-lived tokens that stand for a key: what the console calls the public API with.

A token is signed, not kept: `at_<sign-in>.<key>.<until>.<signature>`. It ends with its time, with the
sign-in that it was made under, and with its key.
"""

import hmac
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.schema import ApiKey, SignIn
from visavis.core.secret import ACCESS, derived, shared_secret

TOKEN_BEGIN: Final = "at_"  # noqa: S105 - no secret
TOKEN_TTL_S: Final = 900
_PARTS: Final = 4
_MAX_DIGITS: Final = 18


async def token_for(tx: AsyncSession, sign_in: SignIn, key: ApiKey) -> str:
    """A token that stands for a key for the next `TOKEN_TTL_S`, as long as the sign-in lasts."""
    until = int(datetime.now(UTC).timestamp()) + TOKEN_TTL_S
    claims = f"{sign_in.id}.{key.id}.{until}"
    return f"{TOKEN_BEGIN}{claims}.{await _signature(tx, claims)}"


async def key_of(tx: AsyncSession, token: str) -> ApiKey | None:
    """The key that a token stands for; nothing if it is forged, has run out, or its sign-in has ended."""
    parts = token.removeprefix(TOKEN_BEGIN).split(".")
    if len(parts) != _PARTS or not all(_is_number(part) for part in parts[:-1]):
        return None
    sign_in, key, until = (int(part) for part in parts[:-1])
    signed = await _signature(tx, f"{sign_in}.{key}.{until}")
    if not hmac.compare_digest(signed.encode(), parts[-1].encode()):
        return None
    if until <= datetime.now(UTC).timestamp():
        return None
    lives = select(SignIn.id).where(SignIn.id == sign_in, SignIn.expires_at > func.now()).exists()
    return (await tx.execute(select(ApiKey).where(ApiKey.id == key, lives))).scalar_one_or_none()


async def _signature(tx: AsyncSession, claims: str) -> str:
    return derived(await shared_secret(tx, ACCESS), claims)


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) <= _MAX_DIGITS
