"""A participant: its connections, what it publishes and sees, what it is told."""

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
"""Half the life of a refreshed token."""

_CHANGED_EVERY_S: Final = 1.0


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

    def deliver(self, sender: "Participant", label: str, packet: DataPacket) -> int:
        """Hand a data packet to those it is for; the answer is how many they are."""

    def catch_up(self, participant: "Participant") -> None:
        """Tell a participant that has come back everything."""

    def keep_from_udp(self, participant: "Participant") -> None:
        """Tell a client of TCP only, when it comes again."""

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
        self._negotiation.negotiate()

    def may_have_tracks_of(self, publisher: "Participant") -> bool:
        """Whether its token lets it have what somebody publishes, however it asks."""
        kinds = self.grants.subscribes_to
        return self.permission.can_subscribe and (kinds is None or publisher.info.kind in kinds)

    def give(self, track: Track, stream: str) -> bool:
        """Let it have a track; the answer is whether it had it not yet."""
        if not self.subscriber.add(track, stream):
            return False
        self.negotiate()
        return True

    def take_away(self, sid: str) -> None:
        """Let it have a track no longer."""
        if self.subscriber.remove(sid):
            self.negotiate()

    def refresh(self) -> None:
        """Give it a token to come back with, for the time after its own has expired."""
        self._refreshed_s, self._is_token_stale = self._clock(), False
        self.outbox.send(SignalResponse(refresh_token=refresh_token(self.grants, self.info, self._keys)))

    def tick(self, now_s: float) -> None:
        """To be called often: tokens are refreshed now and then, and soon after a change."""
        if now_s - self._refreshed_s >= (_CHANGED_EVERY_S if self._is_token_stale else REFRESH_EVERY_S):
            self.refresh()

    def permit(self, permission: ParticipantPermission) -> None:
        """Change what it may do; what it may no longer do ends."""
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
        """Change what is said of it; see `redescribe`.

        Raises:
            RoomLimitError: It would be too long.
        """
        redescribe(self.info, name, metadata, attributes or {}, max_bytes=self._limits.attribute_bytes)
        self._is_token_stale = True

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

    def admit(self, message_bytes: int) -> None:
        """Count a signalling message of the client.

        Raises:
            RoomLimitError: There are too many.
        """
        now_s = self._clock()
        if not (self._messages.take(now_s) and self._signal_bytes.take(now_s, message_bytes)):
            raise RoomLimitError("The participant sends too many signalling messages.")

    def take_offer(self, offer: SessionDescription) -> None:
        """Answer an offer, and publish what it brings.

        Raises:
            WireError: It cannot be read.
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
        """Take the answer to an offer of ours.

        Raises:
            WireError: It cannot be read.
        """
        self._negotiation.accept(answer)

    def lose_signal(self) -> None:
        """The signalling socket has ended: who was connected may come back, who never was has gone."""
        if self.was_connected:
            self.signal_lost_s = self._clock()
        else:
            self._room.leave(self, DisconnectReason.SIGNAL_CLOSE)

    def resume(self) -> None:
        """The client has come back on a new socket."""
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
