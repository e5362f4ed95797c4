"""The signalling endpoints: clients join, resume, and exchange messages with their participant.

`/rtc/v1` has the whole join request in one message and uses one peer connection; `/rtc` has it in query
parameters and uses two.
"""

import asyncio
import base64
import binascii
import contextlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import WSMsgType, web
from google.protobuf.message import DecodeError
from livekit.protocol.models import ClientInfo, Codec, DisconnectReason, ServerInfo
from livekit.protocol.rtc import (
    JoinRequest,
    JoinResponse,
    LeaveRequest,
    ReconnectResponse,
    SignalResponse,
    WrappedJoinRequest,
)

from visavis.errors import (
    NotAllowedError,
    NotThereError,
    RoomLimitError,
    RoomsError,
    TokenError,
    WireError,
)
from visavis.rooms.arrival import Arrival
from visavis.rooms.limits import RoomLimits
from visavis.rooms.participant import Participant
from visavis.rooms.requests import Requests
from visavis.rooms.room import Room
from visavis.rooms.rooms import RoomRegistry
from visavis.rooms.tokens import Grants, read_token
from visavis.rooms.wire.codecs import CODECS

log = structlog.get_logger()

VERSION: Final = "1.9.0"
"""Version of LiveKit's server; it shows clients which features they can use."""

PROTOCOL: Final = 16
PING_EVERY_S: Final = 5
PING_TIMEOUT_S: Final = 15
_CLOSE_S: Final = 1.0
_CORS: Final = {"Access-Control-Allow-Origin": "*"}


@dataclass(frozen=True)
class _Wish:
    """A join request.

    Attributes:
        request: Request as in `/rtc/v1`, also if it came as query parameters.
        single: Whether the client uses one peer connection instead of two.
    """

    request: JoinRequest
    single: bool


@dataclass(frozen=True)
class _Talk:
    """The current socket of a participant, with the task that writes to it."""

    socket: web.WebSocketResponse
    writer: "asyncio.Task[None]"


def bearer(request: web.Request) -> str:
    """Token of a request, from the header or else from the query."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else request.query.get("access_token", "")


class Signalling:
    """The signalling endpoints.

    Args:
        rooms: All rooms.
        keys: API keys with their secrets.
        limits: Limits on messages.
    """

    def __init__(self, rooms: RoomRegistry, keys: Mapping[str, str], limits: RoomLimits) -> None:
        self._rooms = rooms
        self._keys = keys
        self._limits = limits
        self._talks: dict[str, _Talk] = {}
        self._info = ServerInfo(
            edition=ServerInfo.Standard, version=VERSION, protocol=PROTOCOL, node_id="ND_visavis"
        )

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the routes."""
        for path in ("/rtc", "/rtc/v1"):
            router.add_get(path, self._connect)
            router.add_get(f"{path}/validate", self._validate)

    async def _validate(self, request: web.Request) -> web.Response:
        """Answer a client that asks why it could not connect."""
        try:
            self._admit(request)
        except web.HTTPException as refusal:
            refusal.headers.update(_CORS)
            raise
        return web.Response(text="success", headers=_CORS)

    def _admit(self, request: web.Request) -> Grants:
        try:
            grants = read_token(bearer(request), self._keys)
            grants.require_join(request.query.get("room", ""))
        except (TokenError, NotAllowedError) as error:
            raise web.HTTPUnauthorized(text=error.message) from error
        try:
            self._rooms.require_place(grants)
        except (NotAllowedError, RoomLimitError) as error:
            raise web.HTTPForbidden(text=error.message) from error
        return grants

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        socket = self._socket()
        if not socket.can_prepare(request).ok:  # without a WebSocket there is nobody to answer
            raise web.HTTPNotFound(text="This is for WebSockets.")
        grants = self._admit(request)
        try:
            wish = self._read_wish(request)
        except WireError as error:
            raise web.HTTPBadRequest(text=error.message) from error
        if wish.request.reconnect:
            return await self._resume(socket, request, grants, wish.request)
        try:
            await socket.prepare(request)
        except ConnectionError:
            return _nobody()
        return await self._join(socket, grants, wish)

    async def _join(
        self, socket: web.WebSocketResponse, grants: Grants, wish: _Wish
    ) -> web.WebSocketResponse:
        """Admit a client whose socket is open. If that fails, send it the reason and close the socket."""
        try:
            room, participant = self._rooms.join(grants, _arrival(wish))
        except RoomsError:  # something changed since the check
            return await _refuse(socket)
        self._greet(room, participant)
        requests = Requests(participant, room)
        try:
            for track in wish.request.add_track_requests:
                requests.add_track(track)
            if wish.request.HasField("publisher_offer"):
                requests.offer(wish.request.publisher_offer)
        except WireError:
            room.leave(participant, DisconnectReason.JOIN_FAILURE)
            return await _refuse(socket)
        if not wish.single:
            participant.negotiate()
        return await self._talk(socket, participant, requests)

    def _read_wish(self, request: web.Request) -> _Wish:
        packed = request.query.get("join_request")
        if request.path.endswith("/v1"):
            if packed is None:
                raise WireError("The join_request is missing.")
            return _Wish(read_join_request(packed, self._limits.message_bytes), single=True)
        return _Wish(_read_query(request.query), single=False)

    def _socket(self) -> web.WebSocketResponse:
        return web.WebSocketResponse(
            compress=False, autoping=True, timeout=_CLOSE_S, max_msg_size=self._limits.message_bytes
        )

    def _greet(self, room: Room, participant: Participant) -> None:
        permission = participant.permission
        join = JoinResponse(
            room=room.describe(),
            participant=participant.info,
            other_participants=room.others(participant),
            server_version=VERSION,
            server_info=self._info,
            subscriber_primary=not participant.arrival.single,
            ping_interval=PING_EVERY_S,
            ping_timeout=PING_TIMEOUT_S,
            fast_publish=permission.can_publish,
            enabled_publish_codecs=[Codec(mime=codec.mime) for codec in CODECS],
        )
        participant.outbox.send(SignalResponse(join=join))
        participant.refresh()
        room.give_all(participant)

    async def _resume(
        self, socket: web.WebSocketResponse, request: web.Request, grants: Grants, wish: JoinRequest
    ) -> web.StreamResponse:
        try:
            await socket.prepare(request)
            try:
                room = self._rooms.find(grants.room)
                participant = room.find(grants.identity, sid=wish.participant_sid)
            except NotThereError:
                leave = LeaveRequest(reason=DisconnectReason.STATE_MISMATCH, action=LeaveRequest.RECONNECT)
                await socket.send_bytes(SignalResponse(leave=leave).SerializeToString())
                await socket.close()
                return socket
            await self._end_talk(participant)
            participant.outbox.restart()
            reconnect = ReconnectResponse(
                last_message_seq=participant.mailbox.last_sequence, server_info=self._info
            )
            await socket.send_bytes(SignalResponse(reconnect=reconnect).SerializeToString())
        except ConnectionError:  # the client may try once more
            return _nobody()
        participant.resume()
        room.catch_up(participant)
        requests = Requests(participant, room)
        try:
            if wish.HasField("publisher_offer"):
                requests.offer(wish.publisher_offer)
        except WireError:
            log.info("rooms_message_refused", participant=participant.info.sid)
        if wish.HasField("sync_state"):
            requests.sync_state(wish.sync_state)
        log.info("rooms_resumed", room=room.info.sid, participant=participant.info.sid)
        return await self._talk(socket, participant, requests)

    async def _end_talk(self, participant: Participant) -> None:
        """Close the earlier socket of a participant."""
        before = self._talks.pop(participant.info.sid, None)
        if before is not None:
            participant.signal_lost_s = participant.now_s()  # until the new socket is in use
            before.writer.cancel()
            await before.socket.close()

    async def _talk(
        self, socket: web.WebSocketResponse, participant: Participant, requests: Requests
    ) -> web.WebSocketResponse:
        """Pass messages both ways until the socket or the participant ends."""
        sid = participant.info.sid
        writer = asyncio.create_task(_write(socket, participant))
        talk = self._talks[sid] = _Talk(socket, writer)
        try:
            await self._read(socket, participant, requests)
        finally:
            if self._talks.get(sid) is talk:
                del self._talks[sid]
                participant.lose_signal()
            if participant.gone and not writer.done():  # the leave message must still be sent
                await asyncio.wait([writer], timeout=_CLOSE_S)
            writer.cancel()
            await socket.close()
        return socket

    async def _read(
        self, socket: web.WebSocketResponse, participant: Participant, requests: Requests
    ) -> None:
        while not participant.gone:
            try:
                message = await socket.receive(timeout=PING_TIMEOUT_S + PING_EVERY_S)
            except TimeoutError:
                return
            if message.type is not WSMsgType.BINARY:
                if message.type is WSMsgType.TEXT:
                    continue
                return
            try:
                requests.take(message.data)
            except WireError:
                log.info("rooms_message_refused", participant=participant.info.sid)
            except RoomLimitError:
                log.warning("rooms_message_flood", participant=participant.info.sid)
                return


async def _refuse(socket: web.WebSocketResponse) -> web.WebSocketResponse:
    """Send a client the reason why it cannot join, over its socket."""
    leave = LeaveRequest(reason=DisconnectReason.JOIN_FAILURE, action=LeaveRequest.DISCONNECT)
    with contextlib.suppress(ConnectionError):
        await socket.send_bytes(SignalResponse(leave=leave).SerializeToString())
        await socket.close()
    return socket


def _nobody() -> web.Response:
    """Answer for a client that has gone; nobody reads it."""
    return web.Response(status=HTTPStatus.BAD_REQUEST)


async def _write(socket: web.WebSocketResponse, participant: Participant) -> None:
    try:
        while (message := await participant.outbox.take()) is not None:
            await socket.send_bytes(message)
        await socket.close()
    except ConnectionError:  # the reader notices it too
        return


def _arrival(wish: _Wish) -> Arrival:
    request = wish.request
    return Arrival(
        client=request.client_info,
        single=wish.single,
        auto_subscribe=request.connection_settings.auto_subscribe,
        metadata=request.metadata,
        attributes=dict(request.participant_attributes),
    )


def read_join_request(text: str, max_bytes: int) -> JoinRequest:
    """Unpack the `join_request` parameter.

    Raises:
        WireError: The parameter cannot be read, or unpacks to more than `max_bytes`.
    """
    try:
        wrapped = WrappedJoinRequest.FromString(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        packed = wrapped.join_request
        if wrapped.compression == WrappedJoinRequest.GZIP:
            unzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            packed = unzip.decompress(packed, max_bytes)
            if unzip.unconsumed_tail or not unzip.eof:
                raise WireError("The join request is cut off, or too long.")
        return JoinRequest.FromString(packed)
    except (binascii.Error, ValueError, zlib.error, DecodeError) as error:
        raise WireError("The join request cannot be read.") from error


def _read_query(query: Mapping[str, str]) -> JoinRequest:
    """Read a join request from the query, as older clients write it."""
    client = ClientInfo(version=query.get("version", ""), client_protocol=_number(query, "client_protocol"))
    client.protocol = _number(query, "protocol")
    for name in query.get("capabilities", "").split(","):
        if name in ClientInfo.Capability.DESCRIPTOR.values_by_name:
            client.MergeFrom(ClientInfo(capabilities=[name]))
    request = JoinRequest(
        client_info=client,
        reconnect=_flag(query, "reconnect", otherwise=False),
        participant_sid=query.get("sid", ""),
    )
    request.connection_settings.auto_subscribe = _flag(query, "auto_subscribe", otherwise=True)
    return request


def _number(query: Mapping[str, str], name: str) -> int:
    text = query.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _flag(query: Mapping[str, str], name: str, *, otherwise: bool) -> bool:
    return query[name].lower() in ("1", "true") if name in query else otherwise
