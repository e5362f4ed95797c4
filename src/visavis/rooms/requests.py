"""Handles the messages that a client sends over its signalling socket."""

from collections.abc import Callable
from typing import Any, Final

from google.protobuf.message import DecodeError
from livekit.protocol.models import DisconnectReason, TrackType
from livekit.protocol.rtc import (
    AddTrackRequest,
    LeaveRequest,
    MuteTrackRequest,
    Ping,
    Pong,
    RequestResponse,
    SessionDescription,
    SignalRequest,
    SignalResponse,
    SimulateScenario,
    SyncState,
    TrackPublishedResponse,
    UpdateParticipantMetadata,
    UpdateSubscription,
    UpdateTrackSettings,
)

from visavis.errors import RoomLimitError, WireError
from visavis.rooms.arrival import now_ms
from visavis.rooms.participant import Participant, Surroundings
from visavis.rooms.tokens import may_publish

_OWN_FIELDS_REASON: Final = "does not have permission to update own metadata"


class Requests:
    """Handles the messages of one client.

    Args:
        participant: Participant of the client.
        room: Room of the participant.
    """

    def __init__(self, participant: Participant, room: Surroundings) -> None:
        self._participant = participant
        self._room = room

    def take(self, packed: bytes) -> None:
        """Handle a message.

        Raises:
            WireError: The message cannot be read.
            RoomLimitError: The client sends too many.
        """
        self._participant.admit(len(packed))
        try:
            request = SignalRequest.FromString(packed)
        except DecodeError as error:
            raise WireError("The signalling message cannot be read.") from error
        name = request.WhichOneof("message")
        handler = _HANDLERS.get(name or "")
        if name and handler:  # not an error: clients send more than we need
            handler(self, getattr(request, name))

    def _say(self, **response: Any) -> None:
        self._participant.outbox.send(SignalResponse(**response))

    def ping(self, _timestamp: int) -> None:
        """Answer the ping of older clients."""
        self._say(pong=now_ms())

    def ping_request(self, ping: Ping) -> None:
        """Answer the ping of newer clients."""
        self._say(pong_resp=Pong(last_ping_timestamp=ping.timestamp, timestamp=now_ms()))

    def offer(self, offer: SessionDescription) -> None:
        """See `Participant.take_offer`."""
        self._participant.take_offer(offer)

    def answer(self, answer: SessionDescription) -> None:
        """See `Participant.take_answer`."""
        self._participant.take_answer(answer)

    def add_track(self, request: AddTrackRequest) -> None:
        """Accept a track for publishing, or send the reason why not."""
        if not may_publish(self._participant.permission, request.source):
            self._refuse_track(request, RequestResponse.NOT_ALLOWED)
            return
        if request.type not in (TrackType.AUDIO, TrackType.VIDEO):
            self._refuse_track(request, RequestResponse.UNSUPPORTED_TYPE)
            return
        try:
            track = self._participant.publisher.add(request)
        except RoomLimitError:
            self._refuse_track(request, RequestResponse.LIMIT_EXCEEDED)
            return
        self._say(track_published=TrackPublishedResponse(cid=request.cid, track=track.info))

    def _refuse_track(self, request: AddTrackRequest, reason: RequestResponse.Reason) -> None:
        text = "not allowed to publish this track"
        self._say(request_response=RequestResponse(reason=reason, add_track=request, message=text))

    def mute(self, request: MuteTrackRequest) -> None:
        """Mute or unmute a track of the participant."""
        track = self._participant.publisher.find(request.sid)
        if track is not None:
            self._participant.mute(track, muted=request.muted)

    def leave(self, _request: LeaveRequest) -> None:
        """Remove the participant from the room."""
        self._room.leave(self._participant, DisconnectReason.CLIENT_INITIATED)

    def metadata(self, request: UpdateParticipantMetadata) -> None:
        """Change the participant's description, if it may."""
        participant = self._participant
        response = RequestResponse(request_id=request.request_id, reason=RequestResponse.OK)
        if not participant.permission.can_update_metadata:
            response.reason, response.message = RequestResponse.NOT_ALLOWED, _OWN_FIELDS_REASON
        else:
            try:
                participant.describe(
                    name=request.name, metadata=request.metadata, attributes=dict(request.attributes)
                )
            except RoomLimitError as error:
                response.reason, response.message = RequestResponse.LIMIT_EXCEEDED, error.message
        if response.reason == RequestResponse.OK:
            participant.change()
        self._say(request_response=response)

    def subscription(self, request: UpdateSubscription) -> None:
        """Change the participant's subscriptions."""
        sids = [*request.track_sids, *(sid for part in request.participant_tracks for sid in part.track_sids)]
        for sid in sids:
            if request.subscribe:
                self._room.subscribe(self._participant, sid)
            else:
                self._participant.take_away(sid)

    def track_setting(self, request: UpdateTrackSettings) -> None:
        """Pause or resume tracks for the participant."""
        for sid in request.track_sids:
            view = self._participant.subscriber.views.get(sid)
            if view is not None and view.paused != request.disabled:
                view.paused = request.disabled
                view.track.keyframes.ask()

    def sync_state(self, state: SyncState) -> None:
        """Send missed data again to a client that has resumed; it sends what it has."""
        self._room.catch_up(self._participant)
        received = {each.publisher_sid: each.last_seq for each in state.datachannel_receive_states}
        self._participant.mailbox.replay(received)

    def simulate(self, request: SimulateScenario) -> None:
        """Simulate a failure; tests of client libraries ask for this."""
        scenario = request.WhichOneof("scenario")
        if scenario in ("node_failure", "leave_request_full_reconnect"):
            self._participant.say_goodbye(DisconnectReason.STATE_MISMATCH, LeaveRequest.RECONNECT)
        elif scenario == "switch_candidate_protocol":
            self._room.keep_from_udp(self._participant)
        elif scenario == "server_leave":
            self._participant.say_goodbye(DisconnectReason.SERVER_SHUTDOWN, LeaveRequest.DISCONNECT)


_HANDLERS: Final[dict[str, Callable[[Requests, Any], None]]] = {
    "ping": Requests.ping,
    "ping_req": Requests.ping_request,
    "offer": Requests.offer,
    "answer": Requests.answer,
    "add_track": Requests.add_track,
    "mute": Requests.mute,
    "leave": Requests.leave,
    "update_metadata": Requests.metadata,
    "subscription": Requests.subscription,
    "track_setting": Requests.track_setting,
    "sync_state": Requests.sync_state,
    "simulate": Requests.simulate,
}
