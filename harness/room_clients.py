"""Official clients, with helpers for tests."""

import asyncio
import functools
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ParamSpec

from livekit import api, rtc

DEADLINE_S = 20

_Arguments = ParamSpec("_Arguments")


@dataclass(frozen=True)
class Target:
    """The server under test."""

    url: str
    key: str
    secret: str

    @property
    def http_url(self) -> str:
        return self.url.replace("ws", "http", 1)

    def token(
        self,
        identity: str,
        room: str,
        *,
        ttl: timedelta = timedelta(minutes=5),
        secret: str = "",
        name: str = "",
        metadata: str = "",
        attributes: dict[str, str] | None = None,
        kind: str = "standard",
        **grants: Any,
    ) -> str:
        granted = {"room_join": True, "room": room, **grants}
        token = api.AccessToken(self.key, secret or self.secret).with_ttl(ttl)
        token = token.with_identity(identity).with_grants(api.VideoGrants(**granted))
        token = token.with_name(name).with_metadata(metadata).with_attributes(attributes or {})
        token = token.with_kind(kind)
        return token.to_jwt()

    def service(self) -> api.LiveKitAPI:
        return api.LiveKitAPI(self.http_url, self.key, self.secret)


@dataclass
class Client:
    """A connected room, and everything that has happened in it."""

    room: rtc.Room
    events: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def me(self) -> rtc.LocalParticipant:
        return self.room.local_participant

    def note(self, name: str, *arguments: Any) -> None:
        self.events.append((name, arguments))
        self._changed.set()

    async def until(self, condition: Callable[[], Any]) -> Any:
        """Wait until a condition holds, looking again after every event."""
        async with asyncio.timeout(DEADLINE_S):
            while not (result := condition()):
                self._changed.clear()
                await self._changed.wait()
        return result

    async def event(self, name: str, fits: Callable[..., Any] = lambda *_: True) -> tuple[Any, ...]:
        """The arguments of the first event of a name that fits."""

        def found() -> list[tuple[Any, ...]]:
            return [arguments for kind, arguments in self.events if kind == name and fits(*arguments)]

        try:
            return (await self.until(found))[0]
        except TimeoutError:
            raise AssertionError(f"no {name}; there were {[kind for kind, _ in self.events]}") from None

    def last(self, name: str) -> tuple[Any, ...]:
        """The arguments of the last event of a name."""
        return next(arguments for kind, arguments in reversed(self.events) if kind == name)

    def count(self, name: str) -> int:
        return sum(kind == name for kind, _ in self.events)


NAMES = (
    "participant_connected",
    "participant_disconnected",
    "track_published",
    "track_unpublished",
    "track_subscribed",
    "track_unsubscribed",
    "local_track_subscribed",
    "track_muted",
    "track_unmuted",
    "active_speakers_changed",
    "room_metadata_changed",
    "participant_metadata_changed",
    "participant_name_changed",
    "participant_attributes_changed",
    "participant_permissions_changed",
    "connection_quality_changed",
    "data_received",
    "transcription_received",
    "disconnected",
    "reconnecting",
    "reconnected",
)


@asynccontextmanager
async def joined(
    target: Target,
    room: str,
    identity: str,
    *,
    single: bool = True,
    auto_subscribe: bool = True,
    token: str = "",
    **grants: Any,
) -> AsyncIterator[Client]:
    """A client in a room; it leaves at the end."""
    client = Client(rtc.Room())
    for name in NAMES:
        client.room.on(name, functools.partial(client.note, name))
    options = rtc.RoomOptions(
        auto_subscribe=auto_subscribe, single_peer_connection=single, connect_timeout=DEADLINE_S
    )
    token = token or target.token(identity, room, **grants)
    async with asyncio.timeout(DEADLINE_S):
        await client.room.connect(target.url, token, options)
    try:
        yield client
    finally:
        await client.room.disconnect()


def new_room() -> str:
    """A name that no other test uses."""
    return f"room-{uuid.uuid4().hex[:12]}"


def asynchronous(
    test: Callable[_Arguments, Coroutine[Any, Any, None]],
) -> Callable[_Arguments, None]:
    """Run a test in an event loop of its own, with a deadline."""

    @functools.wraps(test)
    def run(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> None:
        async def bounded() -> None:
            async with asyncio.timeout(90):
                await test(*args, **kwargs)

        asyncio.run(bounded())

    return run


async def within(awaitable: Awaitable[Any]) -> Any:
    """Wait, but not for ever."""
    async with asyncio.timeout(DEADLINE_S):
        return await awaitable
