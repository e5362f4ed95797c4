"""Filters what an external room server sends to the client library: no address inside our network passes.

A client sends packets to any address that its server names: candidates for media, in messages of their own or
in a session description, and STUN and TURN servers. Only public addresses pass, written as numbers, so that
no name is resolved again.
"""

import asyncio
import json
import re
from typing import Final

from google.protobuf.message import DecodeError
from livekit.protocol import rtc

from visavis.adapters.public_http import Network, is_public, public_addresses
from visavis.errors import CallbackError

_RESOLVE_S: Final = 2.0
_MAX_ICE_URLS: Final = 8
_CANDIDATE: Final = re.compile(
    r"candidate:[!-~]+ [0-9]+ [!-~]+ [0-9]+ (?P<address>[0-9A-Fa-f:.]+) [0-9]+ typ [!-~]+(?: [ -~]*)?",
    re.ASCII,
)
# TLS is not allowed: it needs the name, and the library would resolve the name again.
_ICE_URL: Final = re.compile(
    r"(?P<kind>stun|turn):(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<rest>\?transport=(?:udp|tcp))?",
    re.ASCII,
)
_STUN_PORT: Final = 3478


class SignalError(ValueError):
    """The message cannot be read."""


async def filter_signal(message: bytes, *, also: tuple[Network, ...]) -> bytes | None:
    """Remove addresses that are not public from a server's message.

    Args:
        message: A `SignalResponse`.
        also: Networks that are not public but allowed.

    Returns:
        The message to pass on; `None` if nothing is left.

    Raises:
        SignalError: The message cannot be read.
    """
    try:
        signal = rtc.SignalResponse.FromString(message)
    except DecodeError as error:
        raise SignalError("The server's message cannot be read.") from error
    signal.DiscardUnknownFields()  # the client library may understand fields that we do not
    match signal.WhichOneof("message"):
        case None:
            return None
        case "trickle":
            if not _filter_trickle(signal.trickle, also):
                return None
        case "answer":
            signal.answer.sdp = filter_description(signal.answer.sdp, also=also)
        case "offer":
            signal.offer.sdp = filter_description(signal.offer.sdp, also=also)
        case "join":
            signal.join.alternative_url = ""
            await _filter_servers(signal.join, also)
        case "reconnect":
            await _filter_servers(signal.reconnect, also)
        case "leave":
            signal.leave.ClearField("regions")
    return bytes(signal.SerializeToString())


def filter_description(sdp: str, *, also: tuple[Network, ...]) -> str:
    """Remove candidates that are not public from a session description."""
    return "\n".join(
        line
        for line in sdp.split("\n")
        if "candidate:" not in line.lower()
        or (line.startswith("a=") and is_public_candidate(line[2:].removesuffix("\r"), also=also))
    )


def is_public_candidate(candidate: str, *, also: tuple[Network, ...]) -> bool:
    """Whether a candidate has a public address, written as a number."""
    found = _CANDIDATE.fullmatch(candidate)
    return found is not None and is_public(found["address"], also=also)


def _filter_trickle(trickle: rtc.TrickleRequest, also: tuple[Network, ...]) -> bool:
    """Rewrite a candidate. Returns whether it may pass."""
    try:
        said = json.loads(trickle.candidateInit)
        candidate, mid, index = said.get("candidate", ""), said.get("sdpMid"), said.get("sdpMLineIndex")
    except (ValueError, RecursionError, AttributeError):
        return False
    if not isinstance(candidate, str) or (candidate and not is_public_candidate(candidate, also=also)):
        return False
    trickle.candidateInit = json.dumps({"candidate": candidate, "sdpMid": mid, "sdpMLineIndex": index})
    return True


async def _filter_servers(said: rtc.JoinResponse | rtc.ReconnectResponse, also: tuple[Network, ...]) -> None:
    """Keep STUN and TURN servers with a public address, and replace their name by that address."""
    wanted = [(server, url) for server in said.ice_servers for url in server.urls][:_MAX_ICE_URLS]
    found = await asyncio.gather(*(_public_url(url, also) for _, url in wanted))
    kept = [
        rtc.ICEServer(urls=[url], username=server.username, credential=server.credential)
        for (server, _), url in zip(wanted, found, strict=True)
        if url is not None
    ]
    said.ClearField("ice_servers")
    said.ice_servers.extend(kept)


async def _public_url(url: str, also: tuple[Network, ...]) -> str | None:
    found = _ICE_URL.fullmatch(url)
    if found is None:
        return None
    port = int(found["port"] or _STUN_PORT)
    try:
        async with asyncio.timeout(_RESOLVE_S):
            address = (await public_addresses(found["host"], port, also=also))[0]
    except (CallbackError, TimeoutError):
        return None
    shown = f"[{address}]" if ":" in address else address
    return f"{found['kind']}:{shown}:{port}{found['rest'] or ''}"
