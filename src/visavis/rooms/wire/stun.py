"""STUN binding requests and responses (RFC 8489), as far as ICE-lite needs them (RFC 8445)."""

import binascii
import hashlib
import hmac
import ipaddress
import struct
from dataclasses import dataclass
from typing import Final

from visavis.errors import WireError

Address = tuple[str, int]

MAGIC: Final = 0x2112A442
HEADER_BYTES: Final = 20
BINDING_REQUEST: Final = 0x0001
BINDING_RESPONSE: Final = 0x0101

_USERNAME: Final = 0x0006
_MESSAGE_INTEGRITY: Final = 0x0008
_XOR_MAPPED_ADDRESS: Final = 0x0020
_USE_CANDIDATE: Final = 0x0025
_FINGERPRINT: Final = 0x8028
_FINGERPRINT_XOR: Final = 0x5354554E
_INTEGRITY_BYTES: Final = 24
_FINGERPRINT_BYTES: Final = 8


@dataclass(frozen=True)
class BindingRequest:
    """A connectivity check.

    Attributes:
        transaction: Transaction ID, 12 bytes, which the response repeats.
        ufrag: Part of USERNAME before the colon: identifies our transport.
        nominated: Whether USE-CANDIDATE is set.
        signed: Bytes over which the integrity is computed.
        integrity: HMAC-SHA1 over `signed`, 20 bytes.
    """

    transaction: bytes
    ufrag: str
    nominated: bool
    signed: bytes
    integrity: bytes

    def is_signed_with(self, password: str) -> bool:
        """Whether the sender knows the password."""
        expected = hmac.new(password.encode(), self.signed, hashlib.sha1).digest()
        return hmac.compare_digest(expected, self.integrity)


def parse_binding_request(datagram: bytes) -> BindingRequest:
    """Parse a connectivity check.

    Raises:
        WireError: It is not one, or is not signed.
    """
    if len(datagram) < HEADER_BYTES:
        raise WireError("A STUN message must have at least 20 bytes.")
    kind, length, magic = struct.unpack_from("!HHI", datagram)
    if kind != BINDING_REQUEST or magic != MAGIC or length != len(datagram) - HEADER_BYTES:
        raise WireError("The message is not a STUN binding request.")
    values: dict[int, bytes] = {}
    integrity_at = 0
    position = HEADER_BYTES
    while position + 4 <= len(datagram):
        name, size = struct.unpack_from("!HH", datagram, position)
        value = datagram[position + 4 : position + 4 + size]
        if len(value) != size:
            raise WireError("A STUN attribute is cut off.")
        if not integrity_at or name == _FINGERPRINT:  # attributes after the integrity are not authenticated
            values.setdefault(name, value)
        if name == _MESSAGE_INTEGRITY and not integrity_at:
            integrity_at = position
        position += 4 + size + (-size % 4)
    integrity = values.get(_MESSAGE_INTEGRITY, b"")
    if len(integrity) != hashlib.sha1(usedforsecurity=False).digest_size or _USERNAME not in values:
        raise WireError("The STUN binding request is not signed.")
    covered = integrity_at + _INTEGRITY_BYTES - HEADER_BYTES
    return BindingRequest(
        transaction=datagram[8:HEADER_BYTES],
        ufrag=values[_USERNAME].partition(b":")[0].decode("ascii", "replace"),
        nominated=_USE_CANDIDATE in values,
        signed=datagram[:2] + struct.pack("!H", covered) + datagram[4:integrity_at],
        integrity=integrity,
    )


def build_binding_response(request: BindingRequest, source: Address, password: str) -> bytes:
    """Write the response, which contains the sender's address.

    Args:
        request: Request to answer.
        source: Source address of the request, IPv4 or IPv6, and port.
        password: Our password; it signs the response.
    """
    body = _xor_mapped(source, request.transaction)
    message = _header(len(body) + _INTEGRITY_BYTES, request.transaction) + body
    digest = hmac.new(password.encode(), message, hashlib.sha1).digest()
    body += struct.pack("!HH", _MESSAGE_INTEGRITY, len(digest)) + digest
    message = _header(len(body) + _FINGERPRINT_BYTES, request.transaction) + body
    return message + struct.pack("!HHI", _FINGERPRINT, 4, binascii.crc32(message) ^ _FINGERPRINT_XOR)


def _xor_mapped(source: Address, transaction: bytes) -> bytes:
    address = ipaddress.ip_address(source[0].partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    mask = struct.pack("!I", MAGIC) + transaction
    hidden = bytes(byte ^ key for byte, key in zip(address.packed, mask, strict=False))
    family = 1 if address.version == 4 else 2
    head = struct.pack("!HHBBH", _XOR_MAPPED_ADDRESS, 4 + len(hidden), 0, family, source[1] ^ (MAGIC >> 16))
    return head + hidden


def _header(body_bytes: int, transaction: bytes) -> bytes:
    return struct.pack("!HHI", BINDING_RESPONSE, body_bytes, MAGIC) + transaction
