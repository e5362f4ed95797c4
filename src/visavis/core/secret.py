"""Secrets that all processes of an installation share."""

import hashlib
import hmac
import secrets
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from visavis.core.schema import Secret

_BYTES: Final = 32
LINKS: Final = "links"
WEBHOOKS: Final = "webhooks"


async def shared_secret(session: AsyncSession, name: str) -> bytes:
    """The secret of a name, made when it is first asked for."""
    made = insert(Secret).values(name=name, value=secrets.token_bytes(_BYTES)).on_conflict_do_nothing()
    await session.execute(made)
    return (await session.execute(select(Secret.value).where(Secret.name == name))).scalar_one()


def derived(secret: bytes, purpose: str) -> str:
    """A secret for one purpose, as 64 hexadecimal digits, from which the first cannot be told."""
    return hmac.new(secret, purpose.encode(), hashlib.sha256).hexdigest()
