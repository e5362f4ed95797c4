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
PROOFS: Final = "proofs"


async def shared_secret(tx: Tx, name: str) -> bytes:
    """Read a secret by name; it is created on first use."""
    query = select(Secret.value).where(Secret.name == name)
    found = (await tx.execute(query)).scalar_one_or_none()
    if found is not None:
        return found
    # If two processes create it at once, the second waits for the first and reads its value.
    made = insert(Secret).values(name=name, value=secrets.token_bytes(_BYTES)).on_conflict_do_nothing()
    await tx.execute(made)
    return (await tx.execute(query)).scalar_one()


def digest(secret: str) -> bytes:
    """Digest of a key, a cookie or the token of a link, for storage.

    Keys and tokens hold so many random bits that a fast hash is enough.
    """
    return hashlib.sha256(secret.encode()).digest()


def derived(secret: bytes, purpose: str) -> str:
    """Derive a secret for one purpose, as 64 hexadecimal digits. It does not reveal the first secret."""
    return hmac.new(secret, purpose.encode(), hashlib.sha256).hexdigest()


def seal(secret: bytes, text: str) -> bytes:
    """Encrypt a secret of a client, such as a token for their room."""
    return _cipher(secret).encrypt(text.encode())


def unseal(secret: bytes, sealed: bytes) -> str:
    """Decrypt the result of `seal`.

    Raises:
        SettingsError: The value was sealed with another secret, or was changed.
    """
    try:
        return _cipher(secret).decrypt(sealed).decode()
    except InvalidToken as error:
        raise SettingsError(
            "Stored data was encrypted with a secret that this installation does not have."
        ) from error


def _cipher(secret: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hmac.new(secret, b"seal", hashlib.sha256).digest()))
