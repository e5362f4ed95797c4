"""A participant: what a client says over its signalling socket, and what follows from it."""

from collections.abc import Callable
from typing import Any, Final, Protocol

import structlog
from google.protobuf.message import DecodeError
from livekit.protocol.models import (
    DataPacket,
    DisconnectReason,
    ParticipantInfo,
    ParticipantPermission,
    TrackType,
)
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
    TrackSubscribed,
    TrackUnpublishedResponse,
    UpdateParticipantMetadata,
    UpdateSubscription,
    UpdateTrackSettings,
)

from visavis.errors import RoomLimitError, WireError
from visavis.rooms.arrival import Arrival, Means, introduce, now_ms
from visavis.rooms.data import Mailbox
from visavis.rooms.limits import TokenBucket
from visavis.rooms.outbox import Outbox
from visavis.rooms.peer import Peer
from visavis.rooms.publishing import Publisher, refuse
from visavis.rooms.sections import OfferedSections, OwnSections
from visavis.rooms.subscribing import Subscriber
from visavis.rooms.tokens import Grants, may_publish
from visavis.rooms.tracks import Track
from visavis.rooms.wire import sdp
from visavis.rooms.wire.rtcp import Feedback
from visavis.rooms.wire.rtp import RtpPacket

log = structlog.get_logger()

_OWN_FIELDS_REASON: Final = "does not have permission to update own metadata"


class Surroundings(Protocol):
    """What a participant needs of its room."""

    def announce(self, participant: "Participant", *, to_itself: bool) -> None:
        """Tell the others (and itself) how it is now."""

    def track_published(self, participant: "Participant", track: Track) -> None:
        """Offer a new track to the others."""

    def track_gone(self, track: Track) -> None:
        """Take a track from all who view it."""

    def subscribe(self, participant: "Participant", sid: str) -> bool:
        """Give a track to a participant; false if there is none."""

    def deliver(self, sender: "Participant", label: str, packet: DataPacket) -> None:
        """Hand a data packet to those it is for."""

    def catch_up(self, participant: "Participant") -> None:
        """Tell a participant that has come back everything."""

    def leave(self, participant: "Participant", reason: DisconnectReason) -> None:
        """Take a participant out of the room."""


class Participant:
    """One client in a room.

    Args:
        grants: From its token.
        arrival: How it has come.
        room: Where it is.
        means: What it is made with.
    """

    def __init__(self, grants: Grants, arrival: Arrival, room: Surroundings, means: Means) -> None:
        limits = means.limits
        self._room = room
        self._limits = limits
        self._clock = means.clock
        self._messages = TokenBucket(limits.messages_a_second, means.clock())
        self.arrival = arrival
        self.info = introduce(grants, arrival)
        self.outbox = Outbox(limits.waiting_messages)
        upstream = Peer(means.socket, means.certificate, self, opens_channels=False)
        means.start(upstream)
        self.publisher = Publisher(upstream, most_tracks=limits.tracks)
        self._offered = OfferedSections(self.outbox)
        self._own: OwnSections | None = None
        downstream = upstream
        if not arrival.single:
            downstream = Peer(means.socket, means.certificate, self, opens_channels=True)
            means.start(downstream)
            self._own = OwnSections(downstream, self.outbox)
        self.subscriber = Subscriber(self.info.sid, downstream, self._own or self._offered)
        self.mailbox = Mailbox(downstream, limits, means.clock)
        self._remote_ufrag = ""
        self._answers = 0
        self.gone = False
        self.signal_lost_s: float | None = None
        """Since when there is no signalling socket."""
        self.lost_s: float | None = None
        """Since when a connection is lost; it does not come back."""

    @property
    def identity(self) -> str:
        """Unique in the room."""
        return self.info.identity

    def now_s(self) -> float:
        """The time, on the clock that it was made with."""
        return self._clock()

    @property
    def permission(self) -> ParticipantPermission:
        """What it may do."""
        return self.info.permission

    # Being told

    def change(self, *, to_itself: bool = True) -> None:
        """Something about it is different now: everybody is told."""
        del self.info.tracks[:]
        self.info.tracks.extend(track.info for track in self.publisher.tracks.values())
        self.info.is_publisher = bool(self.publisher.tracks)
        self.info.version += 1
        self._room.announce(self, to_itself=to_itself)

    def negotiate(self) -> None:
        """Ask for, or offer, what its views need."""
        (self._own or self._offered).negotiate()

    def give(self, track: Track, stream: str) -> bool:
        """Let it have a track; the answer is whether it had it not yet."""
        if not self.permission.can_subscribe or not self.subscriber.add(track, stream):
            return False
        self.negotiate()
        return True

    def take_away(self, sid: str) -> None:
        """Let it have a track no longer."""
        if self.subscriber.remove(sid):
            self.negotiate()

    def permit(self, permission: ParticipantPermission) -> None:
        """Change what it may do; what it may no longer do ends."""
        self.info.permission.CopyFrom(permission)
        for track in list(self.publisher.tracks.values()):
            if not may_publish(permission, track.info.source):
                self.unpublish(track)
        if not permission.can_subscribe:
            for sid in list(self.subscriber.views):
                self.take_away(sid)

    def describe(
        self, *, name: str = "", metadata: str = "", attributes: dict[str, str] | None = None
    ) -> None:
        """Change what is said of it; empty leaves as it is, an empty attribute is removed.

        Raises:
            RoomLimitError: It would be too long.
        """
        after = dict(self.info.attributes)
        for key, value in (attributes or {}).items():
            after[key] = value
            if not value:
                del after[key]
        texts = (name or self.info.name, metadata or self.info.metadata, *after, *after.values())
        if sum(len(text.encode()) for text in texts) > self._limits.attribute_bytes:
            raise RoomLimitError(
                f"Name, metadata and attributes have at most {self._limits.attribute_bytes} bytes."
            )
        self.info.name, self.info.metadata = texts[0], texts[1]
        self.info.attributes.clear()
        self.info.attributes.update(after)

    def mute(self, track: Track, *, muted: bool) -> None:
        """Mute a track, and tell everybody."""
        if track.info.muted != muted:
            track.info.muted = muted
            self.change(to_itself=False)
            if not muted:
                track.keyframes.ask()

    def mute_by_server(self, track: Track, *, muted: bool) -> None:
        """Mute a track against the will of its publisher, who is told."""
        request = MuteTrackRequest(sid=track.info.sid, muted=muted)
        self.outbox.send(SignalResponse(mute=request))
        self.mute(track, muted=muted)

    def unpublish(self, track: Track) -> None:
        """Take back a track."""
        self.publisher.remove(track)
        self._room.track_gone(track)
        self.outbox.send(SignalResponse(track_unpublished=TrackUnpublishedResponse(track_sid=track.info.sid)))
        self.change()

    def say_goodbye(self, reason: DisconnectReason, action: LeaveRequest.Action) -> None:
        """Tell the client to go, or to come anew."""
        self.outbox.send(SignalResponse(leave=LeaveRequest(reason=reason, action=action)))

    def close(self) -> None:
        """End its connections and views."""
        self.gone = True
        self.outbox.close()
        self.subscriber.close()
        for track in list(self.publisher.tracks.values()):
            self._room.track_gone(track)
        self.publisher.peer.close()
        self.subscriber.peer.close()

    # Signalling

    def receive(self, packed: bytes) -> None:
        """Act on a message of the client.

        Raises:
            WireError: It cannot be read.
            RoomLimitError: There are too many.
        """
        if not self._messages.take(self._clock()):
            raise RoomLimitError("There are too many signalling messages.")
        try:
            request = SignalRequest.FromString(packed)
        except DecodeError as error:
            raise WireError("The signalling message cannot be read.") from error
        name = request.WhichOneof("message")
        handler = _HANDLERS.get(name or "")
        if name and handler:  # what is not there is not an error: clients say more than we need
            handler(self, getattr(request, name))

    def _on_ping(self, _timestamp: int) -> None:
        self.outbox.send(SignalResponse(pong=now_ms()))

    def _on_ping_request(self, ping: Ping) -> None:
        pong = Pong(last_ping_timestamp=ping.timestamp, timestamp=now_ms())
        self.outbox.send(SignalResponse(pong_resp=pong))

    def on_offer(self, offer: SessionDescription) -> None:
        """Answer an offer.

        Raises:
            WireError: It cannot be read.
        """
        description = sdp.parse_description(offer.sdp)
        peer = self.publisher.peer
        if self._remote_ufrag and self._remote_ufrag != description.ufrag:
            peer.restart_ice()
        self._remote_ufrag = description.ufrag
        new, gone = self.publisher.match(description)
        transport = peer.describe("passive")
        self._offered.begin_answer()
        sections = [
            (section.mid, self._answer_section(section, transport)) for section in description.sections
        ]
        self._answers += 1
        answer = SessionDescription(
            type="answer",
            sdp=sdp.write_description(id(self) & 0x7FFFFFFF, self._answers, sections),
            id=offer.id,
            mid_to_track_id=self._offered.tracks,
        )
        peer.expect(description.fingerprint)
        self.outbox.send(SignalResponse(answer=answer))
        for track in gone:
            self.unpublish(track)
        if new:
            self.change()
        for track in new:
            self._room.track_published(self, track)
        if self.arrival.single:
            self.subscriber.begin()
            self.negotiate()

    def _answer_section(self, section: sdp.Section, transport: sdp.Transport) -> list[str]:
        if section.kind == "application":
            return sdp.write_section(section, transport, codec=None)
        lines = self.publisher.answer(section, transport)
        if lines is None and section.only_receives and self.arrival.single:
            lines = self._offered.fill(section, transport)
        return lines or refuse(section, transport)

    def _on_answer(self, answer: SessionDescription) -> None:
        if self._own is not None:
            self._own.accept(answer)
            self._own.negotiate()

    def on_add_track(self, request: AddTrackRequest) -> None:
        """Let a track be published, or say why not."""
        if not may_publish(self.permission, request.source):
            self._refuse(RequestResponse(reason=RequestResponse.NOT_ALLOWED, add_track=request))
            return
        if request.type not in (TrackType.AUDIO, TrackType.VIDEO):
            self._refuse(RequestResponse(reason=RequestResponse.UNSUPPORTED_TYPE, add_track=request))
            return
        try:
            track = self.publisher.add(request)
        except RoomLimitError:
            self._refuse(RequestResponse(reason=RequestResponse.LIMIT_EXCEEDED, add_track=request))
            return
        published = TrackPublishedResponse(cid=request.cid, track=track.info)
        self.outbox.send(SignalResponse(track_published=published))

    def _refuse(self, response: RequestResponse) -> None:
        response.message = response.message or "not allowed to publish this track"
        self.outbox.send(SignalResponse(request_response=response))

    def _on_mute(self, request: MuteTrackRequest) -> None:
        track = self.publisher.find(request.sid)
        if track is not None:
            self.mute(track, muted=request.muted)

    def _on_leave(self, _request: LeaveRequest) -> None:
        self._room.leave(self, DisconnectReason.CLIENT_INITIATED)

    def _on_metadata(self, request: UpdateParticipantMetadata) -> None:
        response = RequestResponse(request_id=request.request_id, reason=RequestResponse.OK)
        if not self.permission.can_update_metadata:
            response.reason, response.message = RequestResponse.NOT_ALLOWED, _OWN_FIELDS_REASON
        else:
            try:
                self.describe(
                    name=request.name, metadata=request.metadata, attributes=dict(request.attributes)
                )
            except RoomLimitError as error:
                response.reason, response.message = RequestResponse.LIMIT_EXCEEDED, error.message
        if response.reason == RequestResponse.OK:
            self.change()
        self.outbox.send(SignalResponse(request_response=response))

    def _on_subscription(self, request: UpdateSubscription) -> None:
        sids = [*request.track_sids, *(sid for part in request.participant_tracks for sid in part.track_sids)]
        for sid in sids:
            if request.subscribe:
                self._room.subscribe(self, sid)
            else:
                self.take_away(sid)

    def _on_track_setting(self, request: UpdateTrackSettings) -> None:
        for sid in request.track_sids:
            view = self.subscriber.views.get(sid)
            if view is not None and view.paused != request.disabled:
                view.paused = request.disabled
                view.track.keyframes.ask()

    def on_sync_state(self, state: SyncState) -> None:
        """A client that has come back says what it has: missed data is sent again."""
        self._room.catch_up(self)
        self.mailbox.replay({each.publisher_sid: each.last_seq for each in state.datachannel_receive_states})

    def _on_simulate(self, request: SimulateScenario) -> None:
        """Clients' own tests ask for these."""
        scenario = request.WhichOneof("scenario")
        if scenario in ("node_failure", "leave_request_full_reconnect"):
            self.say_goodbye(DisconnectReason.STATE_MISMATCH, LeaveRequest.RECONNECT)
        elif scenario == "server_leave":
            self.say_goodbye(DisconnectReason.SERVER_SHUTDOWN, LeaveRequest.DISCONNECT)

    def resume(self) -> None:
        """The client has come back on a new socket."""
        self.signal_lost_s = None
        if self._own is not None:
            self.subscriber.peer.restart_ice()
            self._own.restart()
            self.negotiate()

    # Media

    def on_connected(self, peer: Peer) -> None:
        """See `PeerEvents`."""
        if peer is self.subscriber.peer:
            self.subscriber.begin()
            if self.info.state != ParticipantInfo.ACTIVE:
                self.info.state = ParticipantInfo.ACTIVE
                self.change()

    def on_lost(self, peer: Peer) -> None:  # noqa: ARG002 - either one ends it
        """See `PeerEvents`: a client that leaves may close its connections before it says so."""
        if not self.gone and self.lost_s is None:
            self.lost_s = self._clock()

    def on_rtp(self, peer: Peer, packet: RtpPacket, arrival_s: float) -> None:
        """See `PeerEvents`."""
        if peer is self.publisher.peer:
            self.publisher.receive(packet, arrival_s, self._clock())

    def on_feedback(self, peer: Peer, feedback: list[Feedback]) -> None:
        """See `PeerEvents`."""
        if peer is self.publisher.peer:
            self.publisher.take_feedback(feedback, self._clock())
        if peer is self.subscriber.peer:
            self.subscriber.take_feedback(feedback)

    # Data

    def on_message(self, label: str, message: bytes) -> None:
        """See `PeerEvents`."""
        if not self.permission.can_publish_data or self.gone:
            return
        try:
            packet = self.mailbox.accept(label, message, self.info)
        except WireError:
            log.info("rooms_data_refused", participant=self.info.sid)
            return
        except RoomLimitError:
            log.warning("rooms_data_flood", participant=self.info.sid)
            self._room.leave(self, DisconnectReason.PARTICIPANT_REMOVED)
            return
        if packet is not None:
            self._room.deliver(self, label, packet)

    def post(self, label: str, packed: bytes, sender_sid: str, sequence: int) -> None:
        """Send it a data packet; a viewer that takes none comes anew."""
        try:
            self.mailbox.post(label, packed, sender_sid, sequence)
        except RoomLimitError:
            log.warning("rooms_slow_viewer", participant=self.info.sid)
            self.say_goodbye(DisconnectReason.STATE_MISMATCH, LeaveRequest.RECONNECT)
            self._room.leave(self, DisconnectReason.STATE_MISMATCH)

    def tell_subscribed(self, track: Track) -> None:
        """Somebody sees its track now."""
        self.outbox.send(SignalResponse(track_subscribed=TrackSubscribed(track_sid=track.info.sid)))


_HANDLERS: Final[dict[str, Callable[[Participant, Any], None]]] = {
    "ping": Participant._on_ping,  # noqa: SLF001
    "ping_req": Participant._on_ping_request,  # noqa: SLF001
    "offer": Participant.on_offer,
    "answer": Participant._on_answer,  # noqa: SLF001
    "add_track": Participant.on_add_track,
    "mute": Participant._on_mute,  # noqa: SLF001
    "leave": Participant._on_leave,  # noqa: SLF001
    "update_metadata": Participant._on_metadata,  # noqa: SLF001
    "subscription": Participant._on_subscription,  # noqa: SLF001
    "track_setting": Participant._on_track_setting,  # noqa: SLF001
    "sync_state": Participant.on_sync_state,
    "simulate": Participant._on_simulate,  # noqa: SLF001
}
