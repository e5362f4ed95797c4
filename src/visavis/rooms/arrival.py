"""What a participant begins with: how its client has come, and what it is made of."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from livekit.protocol.models import ClientInfo, ParticipantInfo

from visavis.rooms.limits import Limits
from visavis.rooms.peer import Certificate, Peer, random_text
from visavis.rooms.tokens import Grants
from visavis.rooms.udp import UdpSocket


@dataclass(frozen=True)
class Means:
    """What every participant is made with.

    Attributes:
        socket: For media.
        certificate: Of this process.
        limits: For each.
        clock: Seconds, only forward.
        start: Runs a connection until it ends.
    """

    socket: UdpSocket
    certificate: Certificate
    limits: Limits
    start: Callable[[Peer], None]
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Arrival:
    """How a client has come.

    Attributes:
        client: What it says of itself.
        single: One peer connection, or two.
        auto_subscribe: Whether it wants every track without asking.
        attributes: Of its own, beside those of the token.
        metadata: In place of the token's, if not empty.
    """

    client: ClientInfo
    single: bool
    auto_subscribe: bool = True
    metadata: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


def now_ms() -> int:
    """Unix time in milliseconds."""
    return time.time_ns() // 1_000_000


def introduce(grants: Grants, arrival: Arrival) -> ParticipantInfo:
    """A participant as the others are told of it when it comes."""
    own = grants.permission.can_update_metadata
    return ParticipantInfo(
        sid=f"PA_{random_text(12)}",
        identity=grants.identity,
        name=grants.name,
        state=ParticipantInfo.JOINED,
        metadata=(arrival.metadata if own else "") or grants.metadata,
        attributes={**grants.attributes, **(arrival.attributes if own else {})},
        joined_at=now_ms() // 1000,
        joined_at_ms=now_ms(),
        version=1,
        kind=grants.kind,
        permission=grants.permission,
        client_protocol=arrival.client.client_protocol,
        capabilities=arrival.client.capabilities,
    )
