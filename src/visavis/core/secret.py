"""Secrets that all processes of an installation share."""

import base64
import hashlib
import hmac
import secrets
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from visavis.core.database import Tx
from visavis.core.schema import Secret
from visavis.errors import SettingsError

_BYTES: Final = 32
LINKS: Final = "links"
WEBHOOKS: Final = "webhooks"
ACCESS: Final = "access"
ROOMS: Final = "rooms"
SEALS: Final = "seals"


async def shared_secret(tx: Tx, name: str) -> bytes:
    """The secret of a name, made when it is first asked for."""
    query = select(Secret.value).where(Secret.name == name)
    found = (await tx.execute(query)).scalar_one_or_none()
    if found is not None:
        return found
    # Of two processes that make it at once the second waits for the first, and reads what that wrote.
    made = insert(Secret).values(name=name, value=secrets.token_bytes(_BYTES)).on_conflict_do_nothing()
    await tx.execute(made)
    return (await tx.execute(query)).scalar_one()


def digest(secret: str) -> bytes:
    """What is kept of a key, a cookie or a link's token.

    They hold random bits enough that nothing slower than a plain hash is needed.
    """
    return hashlib.sha256(secret.encode()).digest()


def derived(secret: bytes, purpose: str) -> str:
    """A secret for one purpose, as 64 hexadecimal digits, from which the first cannot be told."""
    return hmac.new(secret, purpose.encode(), hashlib.sha256).hexdigest()


def seal(secret: bytes, text: str) -> bytes:
    """Encrypt what strangers trust us with, such as a token for their room."""
    return _cipher(secret).encrypt(text.encode())


def unseal(secret: bytes, sealed: bytes) -> str:
    """Decrypt what `seal` made.

    Raises:
        SettingsError: It was sealed with another secret, or changed since.
    """
    try:
        return _cipher(secret).decrypt(sealed).decode()
    except InvalidToken as error:
        raise SettingsError(
            "Stored data was encrypted with a secret that this installation does not have."
        ) from error


def _cipher(secret: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hmac.new(secret, b"seal", hashlib.sha256).digest()))
