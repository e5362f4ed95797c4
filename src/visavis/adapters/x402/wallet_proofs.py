"""Messages with which wallets prove that they are who they say (the extension sign-in-with-x of x402)."""

import hmac
import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

from x402.extensions.sign_in_with_x.declare import get_signature_type
from x402.extensions.sign_in_with_x.parse import parse_siwx_header
from x402.extensions.sign_in_with_x.schema import build_siwx_schema
from x402.extensions.sign_in_with_x.types import SIGN_IN_WITH_X
from x402.extensions.sign_in_with_x.validate import validate_siwx_message
from x402.extensions.sign_in_with_x.verify import verify_siwx_signature

from visavis.errors import WalletRefusedError
from visavis.ports.payments import WalletProof

_TTL: Final = timedelta(minutes=5)
_RANDOM_DIGITS: Final = 16
_TIME_DIGITS: Final = 8
_MAC_DIGITS: Final = 32
_MAX_HEADER_CHARS: Final = 16_384


class SignedMessages:
    """Challenges for wallets, and what they have signed.

    A challenge is not stored: its nonce carries the time and a MAC. Whoever takes a proof records its nonce.
    """

    def __init__(self, secret: str, networks: Sequence[str]) -> None:
        """Prepare.

        Args:
            secret: Secret of the installation, for the MACs.
            networks: Networks whose wallets are accepted, as CAIP-2 writes them.
        """
        self._secret, self._networks = secret.encode(), tuple(networks)

    def challenge(self, url: str, statement: str) -> dict[str, Any]:
        """What a client is asked to sign."""
        now = datetime.now(UTC)
        info = {
            "domain": urlsplit(url).netloc,
            "uri": url,
            "version": "1",
            "statement": _sentence(statement),
            "nonce": self._nonce(secrets.token_hex(_RANDOM_DIGITS // 2), int(now.timestamp())),
            "issuedAt": _moment(now),
            "expirationTime": _moment(now + _TTL),
            "resources": [url],
        }
        chains = [{"chainId": each, "type": get_signature_type(each)} for each in self._networks]
        schema = build_siwx_schema()
        return {SIGN_IN_WITH_X: {"info": info, "supportedChains": chains, "schema": schema}}

    async def prove(self, header: str, url: str, statement: str) -> WalletProof:
        """Check a signed message."""
        if len(header) > _MAX_HEADER_CHARS:
            raise WalletRefusedError("SIGN-IN-WITH-X is too long.")
        try:
            said = parse_siwx_header(header)
        except (ValueError, RecursionError) as error:
            raise WalletRefusedError("SIGN-IN-WITH-X is not a signed message in base64.") from error
        if said.chain_id not in self._networks:
            raise WalletRefusedError("The message is signed by a wallet of another network.")
        if said.uri != url or said.statement != _sentence(statement):
            raise WalletRefusedError("The message was signed for another price or another address.")
        if not self._is_ours(said.nonce):
            raise WalletRefusedError("The nonce of the message is not one of this server, or is too old.")
        parts = urlsplit(url)
        found = await validate_siwx_message(said, f"{parts.scheme}://{parts.netloc}")
        if not found.is_valid:
            raise WalletRefusedError(f"The message is not valid: {found.invalid_reason}.")
        verified = await verify_siwx_signature(said)
        if not verified.is_valid:
            raise WalletRefusedError("The signature of the message is wrong.")
        return WalletProof(said.chain_id, said.address, said.nonce)

    def _nonce(self, random: str, at_s: int) -> str:
        begin = random + f"{at_s:0{_TIME_DIGITS}x}"
        return begin + hmac.new(self._secret, begin.encode(), sha256).hexdigest()[:_MAC_DIGITS]

    def _is_ours(self, nonce: str) -> bool:
        random, at = nonce[:_RANDOM_DIGITS], nonce[_RANDOM_DIGITS : _RANDOM_DIGITS + _TIME_DIGITS]
        try:
            at_s = int(at, 16)
        except ValueError:
            return False
        is_fresh = 0 <= time.time() - at_s <= _TTL.total_seconds()
        return is_fresh and hmac.compare_digest(nonce.encode(), self._nonce(random, at_s).encode())


def _sentence(statement: str) -> str:
    return f"Spend credit of this wallet: {statement}."


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
