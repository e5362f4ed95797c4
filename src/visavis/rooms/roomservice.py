"""RoomService: Twirp requests (protobuf or JSON over POST) with which a backend manages rooms."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

from aiohttp import web
from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message
from livekit.protocol import room as api
from livekit.protocol.models import DataPacket, DisconnectReason, ParticipantInfo, UserPacket
from livekit.protocol.models import Room as RoomInfo

from visavis.errors import NotAllowedError, NotThereError, RoomLimitError, RoomsError, TokenError, WireError
from visavis.rooms.limits import RoomLimits
from visavis.rooms.peer import LOSSY, RELIABLE
from visavis.rooms.rooms import RoomRegistry
from visavis.rooms.signalling import bearer
from visavis.rooms.tokens import Grants, read_token

_SERVICE: Final = "livekit.RoomService"
_JSON: Final = "application/json"
_CONTENT_TYPES: Final = (_JSON, "application/protobuf")

_WIRE: Final[dict[type[RoomsError], tuple[int, str]]] = {
    TokenError: (401, "unauthenticated"),
    NotAllowedError: (401, "unauthenticated"),
    NotThereError: (404, "not_found"),
    RoomLimitError: (429, "resource_exhausted"),
    WireError: (400, "invalid_argument"),
}
"""HTTP status and Twirp code of each error."""


class RoomService:
    """Handles the requests.

    Args:
        rooms: All rooms.
        keys: API keys with their secrets.
        limits: Limits on messages.
    """

    def __init__(self, rooms: RoomRegistry, keys: Mapping[str, str], limits: RoomLimits) -> None:
        self._rooms = rooms
        self._keys = keys
        self._limits = limits
        self._calls: dict[str, tuple[type[Message], Callable[[Grants, Any], Message]]] = {
            "CreateRoom": (api.CreateRoomRequest, self._create_room),
            "ListRooms": (api.ListRoomsRequest, self._list_rooms),
            "DeleteRoom": (api.DeleteRoomRequest, self._delete_room),
            "UpdateRoomMetadata": (api.UpdateRoomMetadataRequest, self._update_room_metadata),
            "ListParticipants": (api.ListParticipantsRequest, self._list_participants),
            "GetParticipant": (api.RoomParticipantIdentity, self._get_participant),
            "RemoveParticipant": (api.RoomParticipantIdentity, self._remove_participant),
            "UpdateParticipant": (api.UpdateParticipantRequest, self._update_participant),
            "MutePublishedTrack": (api.MuteRoomTrackRequest, self._mute_track),
            "UpdateSubscriptions": (api.UpdateSubscriptionsRequest, self._update_subscriptions),
            "SendData": (api.SendDataRequest, self._send_data),
        }

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the routes."""
        router.add_route("*", "/twirp/{service}/{call}", self._serve)

    async def _serve(self, request: web.Request) -> web.Response:
        known = self._calls.get(request.match_info["call"])
        if request.match_info["service"] != _SERVICE or known is None:
            return _refuse(404, "bad_route", f"no handler for path {request.path}")
        if request.method != "POST" or request.content_type not in _CONTENT_TYPES:
            return _refuse(404, "bad_route", "only POST of application/json or application/protobuf")
        kind, call = known
        in_json = request.content_type == _JSON
        try:
            grants = read_token(bearer(request), self._keys)  # before the body is read
            async with asyncio.timeout(self._limits.body_timeout_s):
                body = await request.read()
        except TokenError as error:
            return _refuse(*_WIRE[TokenError], error.message)
        except TimeoutError:
            return _refuse(408, "deadline_exceeded", "The body did not come in time.")
        try:
            asked = _read(kind, body, in_json=in_json)
        except WireError as error:
            return _refuse(400, "malformed", error.message)
        try:
            reply = call(grants, asked)
        except RoomsError as error:
            status, code = _WIRE.get(type(error), (500, "internal"))
            return _refuse(status, code, error.message)
        answer = _write_json(reply) if in_json else reply.SerializeToString()
        return web.Response(body=answer, content_type=request.content_type)

    # RoomRegistry

    def _create_room(self, grants: Grants, request: api.CreateRoomRequest) -> RoomInfo:
        grants.require_create()
        if not request.name:
            raise WireError("The room must have a name.")
        room = self._rooms.create(
            request.name,
            empty_timeout_s=request.empty_timeout,
            departure_timeout_s=request.departure_timeout,
            max_participants=request.max_participants,
            metadata=request.metadata,
        )
        return room.describe()

    def _list_rooms(self, grants: Grants, request: api.ListRoomsRequest) -> api.ListRoomsResponse:
        grants.require_list()
        return api.ListRoomsResponse(
            rooms=[room.describe() for room in self._rooms.named(list(request.names))]
        )

    def _delete_room(self, grants: Grants, request: api.DeleteRoomRequest) -> api.DeleteRoomResponse:
        grants.require_create()
        self._rooms.delete(request.room)
        return api.DeleteRoomResponse()

    def _update_room_metadata(self, grants: Grants, request: api.UpdateRoomMetadataRequest) -> RoomInfo:
        grants.require_admin(request.room)
        room = self._rooms.find(request.room)
        if len(request.metadata.encode()) > self._limits.attribute_bytes:
            raise WireError("The metadata is too long.")
        room.change_metadata(request.metadata)
        return room.describe()

    # Participants

    def _list_participants(
        self, grants: Grants, request: api.ListParticipantsRequest
    ) -> api.ListParticipantsResponse:
        grants.require_admin(request.room)
        rooms = self._rooms.named([request.room])
        infos = [each.info for room in rooms for each in room.participants.values()]
        return api.ListParticipantsResponse(participants=infos)

    def _get_participant(self, grants: Grants, request: api.RoomParticipantIdentity) -> ParticipantInfo:
        grants.require_admin(request.room)
        return self._rooms.find(request.room).find(request.identity).info

    def _remove_participant(
        self, grants: Grants, request: api.RoomParticipantIdentity
    ) -> api.RemoveParticipantResponse:
        grants.require_admin(request.room)
        room = self._rooms.find(request.room)
        room.remove(room.find(request.identity), DisconnectReason.PARTICIPANT_REMOVED)
        return api.RemoveParticipantResponse()

    def _update_participant(self, grants: Grants, request: api.UpdateParticipantRequest) -> ParticipantInfo:
        grants.require_admin(request.room)
        room = self._rooms.find(request.room)
        participant = room.find(request.identity)
        try:
            participant.describe(
                name=request.name, metadata=request.metadata, attributes=dict(request.attributes)
            )
        except RoomLimitError as error:
            raise WireError(error.message) from error
        if request.HasField("permission"):
            participant.permit(request.permission)
        participant.change()
        room.give_all(participant)
        return participant.info

    def _mute_track(self, grants: Grants, request: api.MuteRoomTrackRequest) -> api.MuteRoomTrackResponse:
        grants.require_admin(request.room)
        participant = self._rooms.find(request.room).find(request.identity)
        track = participant.publisher.find(request.track_sid)
        if track is None:  # LiveKit's server does not treat this as an error either
            return api.MuteRoomTrackResponse()
        participant.mute_by_server(track, muted=request.muted)
        return api.MuteRoomTrackResponse(track=track.info)

    def _update_subscriptions(
        self, grants: Grants, request: api.UpdateSubscriptionsRequest
    ) -> api.UpdateSubscriptionsResponse:
        grants.require_admin(request.room)
        room = self._rooms.find(request.room)
        participant = room.find(request.identity)
        for sid in [
            *request.track_sids,
            *(sid for each in request.participant_tracks for sid in each.track_sids),
        ]:
            if request.subscribe:
                room.subscribe(participant, sid)
            else:
                participant.take_away(sid)
        return api.UpdateSubscriptionsResponse()

    def _send_data(self, grants: Grants, request: api.SendDataRequest) -> api.SendDataResponse:
        grants.require_admin(request.room)
        user = UserPacket(
            payload=request.data,
            destination_sids=request.destination_sids,
            destination_identities=request.destination_identities,
            nonce=request.nonce,
        )
        if request.HasField("topic"):
            user.topic = request.topic
        packet = DataPacket(
            kind=request.kind, user=user, destination_identities=request.destination_identities
        )
        label = RELIABLE if request.kind == DataPacket.RELIABLE else LOSSY
        self._rooms.find(request.room).deliver(None, label, packet)
        return api.SendDataResponse()


def _read(kind: type[Message], body: bytes, *, in_json: bool) -> Message:
    try:
        return (
            json_format.Parse(body, kind(), ignore_unknown_fields=True) if in_json else kind.FromString(body)
        )
    except (DecodeError, json_format.ParseError, UnicodeDecodeError) as error:
        raise WireError("The body cannot be read.") from error


def _write_json(reply: Message) -> bytes:
    """Write JSON as LiveKit's server does: with the names of the protocol, and with default values."""
    return json_format.MessageToJson(
        reply, preserving_proto_field_name=True, always_print_fields_with_no_presence=True, indent=None
    ).encode()


def _refuse(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"code": code, "msg": message}, status=status)
