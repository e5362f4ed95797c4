"""Sign-in attempts: they are counted, and slowed down as they fail."""

import hashlib
import hmac
import math
import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import text

from visavis.core import rates
from visavis.core.database import Tx
from visavis.core.secret import ACCESS, derived, shared_secret
from visavis.errors import RateLimitError

_TRIES_PER_MACHINE: Final = 60  # a minute; an office may share one address
_FREE_TRIES: Final = 5  # before pauses begin
_MAX_PAUSE_S: Final = 900.0
_FORGET_TRIES_S: Final = 86_400.0
_NONCE_BYTES: Final = 16


def prober(machine: str, email: str, *, browser: str | None = None) -> str:
    """Name under which the attempts of one person to sign in as one user are counted.

    Somebody elsewhere who guesses passwords does not slow down the user. A browser that was signed in before
    is not slowed down by others behind the same address.

    Args:
        machine: IP address of the attempt.
        email: E-mail address that is tried.
        browser: Proof that this browser was signed in with that address before; `None` if it has none.
    """
    place = f"browser:{browser}" if browser else f"machine:{machine}"
    return hashlib.sha256(f"{place}\n{email.strip().lower()}".encode()).hexdigest()


async def count(tx: Tx, *, machine: str, prober: str | None = None, at: datetime | None = None) -> None:
    """Count an attempt to sign in, or refuse it. Each failure makes the next pause longer.

    Args:
        tx: A transaction that is committed whether or not the attempt succeeds.
        machine: IP address of the attempt.
        prober: Name from `prober`, if an e-mail address is tried.
        at: Time of the attempt; `None` for now, by the database's clock.

    Raises:
        RateLimitError: Too many attempts from this machine within a minute, or too many failures for this
            name.
    """
    await rates.take_named(tx, f"sign-in:{machine}", max_per_minute=_TRIES_PER_MACHINE)
    if prober is None:
        return
    statement = text("SELECT sign_in_try(:name, :free, :max_s, :forget_s, CAST(:at AS timestamptz))")
    values = {"name": prober, "free": _FREE_TRIES, "max_s": _MAX_PAUSE_S, "forget_s": _FORGET_TRIES_S}
    wait_s = (await tx.execute(statement, values | {"at": at})).scalar_one()
    if wait_s:
        raise RateLimitError(
            f"Too many attempts. Wait {math.ceil(wait_s)} s, then try again.", retry_after_s=math.ceil(wait_s)
        )


async def forgive(tx: Tx, prober: str) -> None:
    """Delete the attempts of somebody who has signed in."""
    await tx.execute(text("DELETE FROM sign_in_tries WHERE name = :name"), {"name": prober})


async def forget(tx: Tx) -> None:
    """Delete old attempts."""
    statement = text("DELETE FROM sign_in_tries WHERE last_at < now() - make_interval(secs => :age)")
    await tx.execute(statement, {"age": _FORGET_TRIES_S})


async def browser_proof(tx: Tx, email: str) -> str:
    """Create the proof that a browser keeps after signing in: it was signed in with this address before."""
    nonce = secrets.token_hex(_NONCE_BYTES)
    return f"{nonce}.{await _proof(tx, email, nonce)}"


async def is_proven(tx: Tx, email: str, proof: str) -> bool:
    """Whether a proof is valid for this address."""
    nonce, _, signature = proof.partition(".")
    wanted = await _proof(tx, email, nonce)
    return hmac.compare_digest(wanted.encode(), signature.encode())


async def _proof(tx: Tx, email: str, nonce: str) -> str:
    return derived(await shared_secret(tx, ACCESS), f"browser:{nonce}:{email.strip().lower()}")
