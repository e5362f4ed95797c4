"""A participant: its connections, its tracks and its subscriptions."""

from collections.abc import Mapping
from typing import Final, Protocol

import structlog
from livekit.protocol.models import (
    DataPacket,
    DisconnectReason,
    ParticipantInfo,
    ParticipantPermission,
)
from livekit.protocol.rtc import (
    LeaveRequest,
    MuteTrackRequest,
    SessionDescription,
    SignalResponse,
    TrackSubscribed,
    TrackUnpublishedResponse,
)

from visavis.errors import RoomLimitError, WireError
from visavis.rooms.arrival import Arrival, RoomContext, introduce, redescribe
from visavis.rooms.data import Mailbox
from visavis.rooms.limits import TokenBucket
from visavis.rooms.negotiation import Negotiation
from visavis.rooms.outbox import Outbox
from visavis.rooms.peer import Peer
from visavis.rooms.publishing import Publisher
from visavis.rooms.subscribing import Subscriber
from visavis.rooms.tokens import Grants, may_publish, refresh_token
from visavis.rooms.tracks import Track
from visavis.rooms.wire.rtcp import Feedback
from visavis.rooms.wire.rtp import RtpPacket

log = structlog.get_logger()

REFRESH_EVERY_S: Final = 300.0
"""Half the lifetime of a refreshed token."""

_CHANGED_EVERY_S: Final = 1.0


class Surroundings(Protocol):
    """What a participant needs from its room."""

    def announce(self, participant: "Participant", *, to_itself: bool) -> None:
        """Send the participant's current state to the others, and to itself if wanted."""

    def track_published(self, participant: "Participant", track: Track) -> None:
        """Offer a new track to the others."""

    def track_gone(self, track: Track) -> None:
        """Remove a track from all its viewers."""

    def subscribe(self, participant: "Participant", sid: str) -> bool:
        """Give a track to a participant. Returns false if there is no such track."""

    def deliver(self, sender: "Participant", label: str, packet: DataPacket) -> int:
        """Deliver a data packet. Returns the number of receivers."""

    def catch_up(self, participant: "Participant") -> None:
        """Send the whole state to a participant that has resumed."""

    def keep_from_udp(self, participant: "Participant") -> None:
        """Give a client only TCP candidates when it joins again."""

    def leave(self, participant: "Participant", reason: DisconnectReason) -> None:
        """Remove a participant from the room."""


class Participant:
    """One client in a room.

    Args:
        grants: Grants of its token.
        arrival: How it has joined.
        room: Its room.
        means: What all participants share.
    """

    def __init__(self, grants: Grants, arrival: Arrival, room: Surroundings, means: RoomContext) -> None:
        limits = means.limits
        self._room = room
        self._limits = limits
        self._clock = means.clock
        self._keys = means.keys
        self._refreshed_s = 0.0
        self._is_token_stale = False
        self._messages = TokenBucket(limits.messages_a_second, means.clock())
        self._signal_bytes = TokenBucket(limits.signal_bytes_a_second, means.clock())
        self.arrival = arrival
        self.grants = grants
        self.info = introduce(grants, arrival)
        self.outbox = Outbox(limits.waiting_messages)
        tcp_only = arrival.tcp_only
        upstream = Peer(
            means.ice,
            means.certificate,
            self,
            opens_channels=False,
            tcp_only=tcp_only,
            data_share=limits.data_share,
        )
        means.start(upstream)
        self.publisher = Publisher(upstream, means.backlog, max_tracks=limits.tracks)
        downstream = upstream
        if not arrival.single:
            downstream = Peer(
                means.ice,
                means.certificate,
                self,
                opens_channels=True,
                tcp_only=tcp_only,
                data_share=limits.data_share,
            )
            means.start(downstream)
        self._negotiation = Negotiation(self.publisher, self.outbox, None if arrival.single else downstream)
        self.subscriber = Subscriber(self.info.sid, downstream, self._negotiation.sections)
        self.mailbox = Mailbox(downstream, limits, means.clock)
        self.joined_s = means.clock()
        self.was_connected = False
        self.gone = False
        self.signal_lost_s: float | None = None
        """Time since when there is no signalling socket."""
        self.lost_s: float | None = None
        """Time since when a connection is lost; it does not come back."""

    @property
    def identity(self) -> str:
        """Identity, unique in the room."""
        return self.info.identity

    def now_s(self) -> float:
        """Current time, on the participants' clock."""
        return self._clock()

    @property
    def permission(self) -> ParticipantPermission:
        """Permissions."""
        return self.info.permission

    # Notifications

    def change(self, *, to_itself: bool = True) -> None:
        """Send the changed state to everybody."""
        del self.info.tracks[:]
        self.info.tracks.extend(track.info for track in self.publisher.tracks.values())
        self.info.is_publisher = bool(self.publisher.tracks)
        self.info.version += 1
        self._room.announce(self, to_itself=to_itself)

    def negotiate(self) -> None:
        """Request or offer the sections that its subscriptions need."""
        self._negotiation.negotiate()

    def may_have_tracks_of(self, publisher: "Participant") -> bool:
        """Whether its token allows it to receive the tracks of a publisher."""
        kinds = self.grants.subscribes_to
        return self.permission.can_subscribe and (kinds is None or publisher.info.kind in kinds)

    def give(self, track: Track, stream: str) -> bool:
        """Subscribe it to a track. Returns whether the subscription is new."""
        if not self.subscriber.add(track, stream):
            return False
        self.negotiate()
        return True

    def take_away(self, sid: str) -> None:
        """End its subscription to a track."""
        if self.subscriber.remove(sid):
            self.negotiate()

    def refresh(self) -> None:
        """Send it a token to resume with after its own has expired."""
        self._refreshed_s, self._is_token_stale = self._clock(), False
        self.outbox.send(SignalResponse(refresh_token=refresh_token(self.grants, self.info, self._keys)))

    def tick(self, now_s: float) -> None:
        """Refresh the token when it is due, or soon after a change. Call it often."""
        if now_s - self._refreshed_s >= (_CHANGED_EVERY_S if self._is_token_stale else REFRESH_EVERY_S):
            self.refresh()

    def permit(self, permission: ParticipantPermission) -> None:
        """Change its permissions; whatever is no longer allowed ends."""
        self.info.permission.CopyFrom(permission)
        self._is_token_stale = True
        for track in list(self.publisher.tracks.values()):
            if not may_publish(permission, track.info.source):
                self.unpublish(track)
        if not permission.can_subscribe:
            for sid in list(self.subscriber.views):
                self.take_away(sid)

    def describe(
        self, *, name: str = "", metadata: str = "", attributes: Mapping[str, str] | None = None
    ) -> None:
        """Change its description; see `redescribe`.

        Raises:
            RoomLimitError: The description would be too long.
        """
        redescribe(self.info, name, metadata, attributes or {}, max_bytes=self._limits.attribute_bytes)
        self._is_token_stale = True

    def mute(self, track: Track, *, muted: bool) -> None:
        """Mute or unmute a track, and notify everybody."""
        if track.info.muted != muted:
            track.info.muted = muted
            self.change(to_itself=False)
            if not muted:
                track.keyframes.ask()

    def mute_by_server(self, track: Track, *, muted: bool) -> None:
        """Mute a track on the server's behalf; its publisher is notified."""
        request = MuteTrackRequest(sid=track.info.sid, muted=muted)
        self.outbox.send(SignalResponse(mute=request))
        self.mute(track, muted=muted)

    def unpublish(self, track: Track) -> None:
        """Remove a track."""
        self.publisher.remove(track)
        self._room.track_gone(track)
        self.outbox.send(SignalResponse(track_unpublished=TrackUnpublishedResponse(track_sid=track.info.sid)))
        self.change()

    def say_goodbye(self, reason: DisconnectReason, action: LeaveRequest.Action) -> None:
        """Send a leave message: the client must disconnect, resume or join again."""
        self.outbox.send(SignalResponse(leave=LeaveRequest(reason=reason, action=action)))

    def close(self) -> None:
        """Close its connections and subscriptions."""
        self.gone = True
        self.outbox.close()
        self.subscriber.close()
        for track in list(self.publisher.tracks.values()):
            self._room.track_gone(track)
        self.publisher.peer.close()
        self.subscriber.peer.close()

    # Signalling

    def admit(self, message_bytes: int) -> None:
        """Count a signalling message of the client.

        Raises:
            RoomLimitError: The client sends too many.
        """
        now_s = self._clock()
        if not (self._messages.take(now_s) and self._signal_bytes.take(now_s, message_bytes)):
            raise RoomLimitError("The participant sends too many signalling messages.")

    def take_offer(self, offer: SessionDescription) -> None:
        """Answer an offer, and publish its tracks.

        Raises:
            WireError: The offer cannot be read.
        """
        new, gone = self._negotiation.answer(offer)
        for track in gone:
            self.unpublish(track)
        if new:
            self.change()
        for track in new:
            self._room.track_published(self, track)
        if self.arrival.single:
            self.subscriber.begin()
            self.negotiate()

    def take_answer(self, answer: SessionDescription) -> None:
        """Process the answer to our offer.

        Raises:
            WireError: The answer cannot be read.
        """
        self._negotiation.accept(answer)

    def lose_signal(self) -> None:
        """Handle the end of the signalling socket: only a client that was connected may resume."""
        if self.was_connected:
            self.signal_lost_s = self._clock()
        else:
            self._room.leave(self, DisconnectReason.SIGNAL_CLOSE)

    def resume(self) -> None:
        """Continue after the client has resumed on a new socket."""
        self.signal_lost_s = None
        self.refresh()
        if not self.arrival.single:
            self.subscriber.peer.restart_ice()
            self._negotiation.restart()

    # Media

    def on_connected(self, peer: Peer) -> None:
        """See `PeerEvents`."""
        self.was_connected = True
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
            self.subscriber.take_feedback(feedback, self._clock())

    # Data

    def on_message(self, peer: Peer, label: str, message: bytes) -> None:
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
            peer.charge_deliveries(self._room.deliver(self, label, packet))

    def post(self, label: str, packed: bytes, sender_sid: str, sequence: int) -> None:
        """Send it a data packet; a viewer that does not read its data must join again."""
        try:
            self.mailbox.post(label, packed, sender_sid, sequence)
        except RoomLimitError:
            log.warning("rooms_slow_viewer", participant=self.info.sid)
            self.say_goodbye(DisconnectReason.STATE_MISMATCH, LeaveRequest.RECONNECT)
            self._room.leave(self, DisconnectReason.STATE_MISMATCH)

    def tell_subscribed(self, track: Track) -> None:
        """Notify the publisher that its track has a subscriber."""
        self.outbox.send(SignalResponse(track_subscribed=TrackSubscribed(track_sid=track.info.sid)))
