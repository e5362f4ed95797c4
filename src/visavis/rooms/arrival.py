"""What a participant begins with, and what is said of it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from livekit.protocol.models import ClientInfo, ParticipantInfo

from visavis.errors import RoomLimitError
from visavis.rooms.backlog import Backlog
from visavis.rooms.ice import Ice
from visavis.rooms.limits import RoomLimits
from visavis.rooms.peer import Certificate, Peer, random_text
from visavis.rooms.tokens import Grants


@dataclass(frozen=True)
class RoomContext:
    """What every participant is made with.

    Attributes:
        ice: For media.
        certificate: Of this process.
        keys: API key to its secret, to sign tokens with.
        limits: For each.
        backlog: Says when media is to be dropped.
        clock: Seconds, only forward.
        start: Runs a connection until it ends.
    """

    ice: Ice
    certificate: Certificate
    keys: Mapping[str, str] = field(repr=False)
    limits: RoomLimits
    backlog: Backlog
    start: Callable[[Peer], None]
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Arrival:
    """How a client has come.

    Attributes:
        client: What it says of itself.
        single: One peer connection, or two.
        auto_subscribe: Whether it wants every track without asking.
        tcp_only: Whether media should not take UDP.
        attributes: Of its own, beside those of the token.
        metadata: In place of the token's, if not empty.
    """

    client: ClientInfo
    single: bool
    auto_subscribe: bool = True
    tcp_only: bool = False
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


def redescribe(
    info: ParticipantInfo, name: str, metadata: str, attributes: Mapping[str, str], *, max_bytes: int
) -> None:
    """Change what is said of a participant; empty leaves as it is, an empty attribute is removed.

    Raises:
        RoomLimitError: It would be longer than `max_bytes`; nothing has changed.
    """
    after = {**info.attributes, **attributes}
    after = {key: value for key, value in after.items() if value or key not in attributes}
    texts = (name or info.name, metadata or info.metadata, *after, *after.values())
    if sum(len(text.encode()) for text in texts) > max_bytes:
        raise RoomLimitError(f"Name, metadata and attributes together must have at most {max_bytes} bytes.")
    info.name, info.metadata = texts[0], texts[1]
    info.attributes.clear()
    info.attributes.update(after)
