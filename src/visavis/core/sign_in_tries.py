"""Tries to sign in: counted, and the slower the more of them fail."""

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
_FREE_TRIES: Final = 5  # before there are pauses between them
_MAX_PAUSE_S: Final = 900.0
_FORGET_TRIES_S: Final = 86_400.0
_NONCE_BYTES: Final = 16


def prober(machine: str, email: str, *, browser: str | None = None) -> str:
    """Name of whoever tries to sign in as a user: what tries are counted by.

    Somebody elsewhere who guesses at an address slows down nobody else; and a browser that was signed in with
    it before is not slowed down by others at its own machine.

    Args:
        machine: The address that the try comes from.
        email: The e-mail address that is tried.
        browser: The proof that this browser was signed in with it before, if it has one.
    """
    place = f"browser:{browser}" if browser else f"machine:{machine}"
    return hashlib.sha256(f"{place}\n{email.strip().lower()}".encode()).hexdigest()


async def count(tx: Tx, *, machine: str, prober: str | None = None, at: datetime | None = None) -> None:
    """Count a try to sign in, or refuse it: guessing must be slow, and the slower the longer it goes on.

    Args:
        tx: A transaction that is committed whether or not the try succeeds.
        machine: The address that it comes from.
        prober: As `prober` makes it, if an e-mail address is tried.
        at: Time of the try; now, by the database's clock, if not given.

    Raises:
        RateLimitError: Too many from this machine within a minute, or too many that failed for this address.
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
    """Forget the tries of somebody who signed in."""
    await tx.execute(text("DELETE FROM sign_in_tries WHERE name = :name"), {"name": prober})


async def forget(tx: Tx) -> None:
    """Delete the tries of those who gave up."""
    statement = text("DELETE FROM sign_in_tries WHERE last_at < now() - make_interval(secs => :age)")
    await tx.execute(statement, {"age": _FORGET_TRIES_S})


async def browser_proof(tx: Tx, email: str) -> str:
    """What a browser keeps after signing in, to show later that it was signed in with an address before."""
    nonce = secrets.token_hex(_NONCE_BYTES)
    return f"{nonce}.{await _proof(tx, email, nonce)}"


async def is_proven(tx: Tx, email: str, proof: str) -> bool:
    """Whether a proof is ours, and for this address."""
    nonce, _, signature = proof.partition(".")
    wanted = await _proof(tx, email, nonce)
    return hmac.compare_digest(wanted.encode(), signature.encode())


async def _proof(tx: Tx, email: str, nonce: str) -> str:
    return derived(await shared_secret(tx, ACCESS), f"browser:{nonce}:{email.strip().lower()}")
