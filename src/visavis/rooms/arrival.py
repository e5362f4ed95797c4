"""How participants join: what they share, what they bring, and how they are described to others."""

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
    """What all participants share.

    Attributes:
        ice: Routes for media.
        certificate: DTLS certificate of this process.
        keys: API keys with their secrets, to sign tokens.
        limits: Limits for each participant.
        backlog: Decides when media is dropped.
        clock: Monotonic clock, in seconds.
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
    """How a client has joined.

    Attributes:
        client: Description that the client sent of itself.
        single: Whether it uses one peer connection instead of two.
        auto_subscribe: Whether it gets every track without a request.
        tcp_only: Whether its media must not use UDP.
        attributes: Attributes in addition to those of the token.
        metadata: Metadata that replaces the token's, if not empty.
    """

    client: ClientInfo
    single: bool
    auto_subscribe: bool = True
    tcp_only: bool = False
    metadata: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


def now_ms() -> int:
    """Current Unix time in milliseconds."""
    return time.time_ns() // 1_000_000


def introduce(grants: Grants, arrival: Arrival) -> ParticipantInfo:
    """Describe a new participant, as others see it."""
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
    """Change the description of a participant. Empty values change nothing; an empty attribute is removed.

    Raises:
        RoomLimitError: The result would be longer than `max_bytes`; nothing was changed.
    """
    after = {**info.attributes, **attributes}
    after = {key: value for key, value in after.items() if value or key not in attributes}
    texts = (name or info.name, metadata or info.metadata, *after, *after.values())
    if sum(len(text.encode()) for text in texts) > max_bytes:
        raise RoomLimitError(f"Name, metadata and attributes together must have at most {max_bytes} bytes.")
    info.name, info.metadata = texts[0], texts[1]
    info.attributes.clear()
    info.attributes.update(after)
