"""A room: its participants, and what each one knows of the others."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import structlog
from livekit.protocol.models import (
    ConnectionQuality,
    DataPacket,
    DisconnectReason,
    ParticipantInfo,
    SpeakerInfo,
)
from livekit.protocol.models import Room as RoomInfo
from livekit.protocol.rtc import (
    ConnectionQualityInfo,
    ConnectionQualityUpdate,
    LeaveRequest,
    ParticipantUpdate,
    RoomUpdate,
    SignalResponse,
    SpeakersChanged,
)

from visavis.errors import NotThereError, RoomLimitError
from visavis.rooms.arrival import Arrival, RoomContext
from visavis.rooms.data import destinations
from visavis.rooms.participant import Participant
from visavis.rooms.speakers import INTERVAL_S
from visavis.rooms.tokens import Grants
from visavis.rooms.tracks import Track

log = structlog.get_logger()

QUALITY_EVERY_S = 5.0
RESUME_WITHIN_S = 20.0
"""A participant without a socket stays in the room for so long."""

CONNECT_WITHIN_S = 15.0
"""A participant has so long to connect."""

LEAVE_WITHIN_S = 2.0
"""A client that closed its connections has so long to say that it leaves."""

_GOOD_LOSS = 0.02
_POOR_LOSS = 0.10


class Room:
    """A room.

    Args:
        info: Name, timeouts, metadata.
        means: What participants share.
    """

    def __init__(self, info: RoomInfo, means: RoomContext) -> None:
        self._means = means
        self._clock: Callable[[], float] = means.clock
        self._speaking: dict[str, float] = {}
        self._speakers_s = self._quality_s = means.clock()
        self._quality: dict[str, ConnectionQuality] = {}
        self._lost: dict[str, float] = {}
        self._kept_from_udp: dict[str, None] = {}
        self.info = info
        self.participants: dict[str, Participant] = {}
        self.empty_since_s: float | None = means.clock()
        self.was_joined = False

    def describe(self) -> RoomInfo:
        """Current description of the room."""
        seen = [each for each in self.participants.values() if not each.permission.hidden]
        self.info.num_participants = len(seen)
        self.info.num_publishers = sum(bool(each.publisher.tracks) for each in seen)
        return self.info

    def find(self, identity: str, *, sid: str = "") -> Participant:
        """Find a participant.

        Raises:
            NotThereError: There is no such identity, or its sid is a different one.
        """
        participant = self.participants.get(identity)
        if participant is None or (sid and sid != participant.info.sid):
            raise NotThereError("participant does not exist")
        return participant

    # Joining and leaving

    def require_place(self, identity: str) -> None:
        """Check that a participant with this identity can join.

        Raises:
            RoomLimitError: The room is full.
        """
        max_participants = min(self.info.max_participants or math.inf, self._means.limits.participants)
        if identity not in self.participants and len(self.participants) >= max_participants:
            raise RoomLimitError("The room is full.")

    def join(self, grants: Grants, arrival: Arrival) -> Participant:
        """Admit a participant; one with the same identity must leave.

        Raises:
            RoomLimitError: The room is full.
        """
        self.require_place(grants.identity)
        before = self.participants.get(grants.identity)
        if before is not None:
            before.say_goodbye(DisconnectReason.DUPLICATE_IDENTITY, LeaveRequest.DISCONNECT)
            self.leave(before, DisconnectReason.DUPLICATE_IDENTITY)
        if grants.identity in self._kept_from_udp:
            arrival = replace(arrival, tcp_only=True)
        participant = Participant(grants, arrival, self, self._means)
        self.participants[participant.identity] = participant
        self.empty_since_s = None
        self.was_joined = True
        self.announce(participant, to_itself=False)
        log.info("rooms_joined", room=self.info.sid, participant=participant.info.sid)
        return participant

    def give_all(self, participant: Participant) -> None:
        """Subscribe a new participant to every track, if it wants that."""
        if participant.arrival.auto_subscribe:
            for publisher, track in self._tracks():
                if publisher is not participant:
                    self._give(participant, publisher, track)

    def leave(self, participant: Participant, reason: DisconnectReason) -> None:
        """See `Surroundings`; does nothing if the participant has left already."""
        if participant.gone:
            return
        if self.participants.get(participant.identity) is participant:
            del self.participants[participant.identity]
        participant.close()
        participant.info.state = ParticipantInfo.DISCONNECTED
        participant.info.disconnect_reason = reason
        participant.change(to_itself=False)
        self._lost.pop(participant.info.sid, None)
        self._quality.pop(participant.info.sid, None)
        self._speaking.pop(participant.info.sid, None)
        if not self.participants:
            self.empty_since_s = self._clock()
        log.info("rooms_left", room=self.info.sid, participant=participant.info.sid, reason=int(reason))

    def keep_from_udp(self, participant: Participant) -> None:
        """See `Surroundings`."""
        self._kept_from_udp[participant.identity] = None
        while len(self._kept_from_udp) > self._means.limits.participants:
            del self._kept_from_udp[next(iter(self._kept_from_udp))]

    def remove(self, participant: Participant, reason: DisconnectReason) -> None:
        """Remove a participant."""
        participant.say_goodbye(reason, LeaveRequest.DISCONNECT)
        self.leave(participant, reason)

    def close(self, reason: DisconnectReason) -> None:
        """Remove all participants."""
        for participant in list(self.participants.values()):
            self.remove(participant, reason)

    # Notifications

    def others(self, participant: Participant) -> list[ParticipantInfo]:
        """Descriptions of the other participants, as this one may see them."""
        return [
            each.info
            for each in self.participants.values()
            if each is not participant and not each.permission.hidden
        ]

    def announce(self, participant: Participant, *, to_itself: bool) -> None:
        """See `Surroundings`."""
        response = SignalResponse(update=ParticipantUpdate(participants=[participant.info]))
        packed = response.SerializeToString()
        if to_itself:
            participant.outbox.send_packed(packed)
        if participant.permission.hidden:
            return
        for each in self.participants.values():
            if each is not participant:
                each.outbox.send_packed(packed)

    def catch_up(self, participant: Participant) -> None:
        """See `Surroundings`."""
        everybody = [*self.others(participant), participant.info]
        participant.outbox.send(SignalResponse(update=ParticipantUpdate(participants=everybody)))
        participant.outbox.send(SignalResponse(room_update=RoomUpdate(room=self.describe())))

    def change_metadata(self, metadata: str) -> None:
        """Change the metadata of the room, and notify everybody."""
        self.info.metadata = metadata
        packed = SignalResponse(room_update=RoomUpdate(room=self.describe())).SerializeToString()
        for participant in self.participants.values():
            participant.outbox.send_packed(packed)

    # Tracks

    def _tracks(self) -> Iterator[tuple[Participant, Track]]:
        for publisher in self.participants.values():
            for track in publisher.publisher.tracks.values():
                yield publisher, track

    def _give(self, participant: Participant, publisher: Participant, track: Track) -> None:
        if not participant.may_have_tracks_of(publisher):
            return
        if participant.give(track, f"{publisher.info.sid}|{track.info.stream}"):
            publisher.tell_subscribed(track)

    def track_published(self, participant: Participant, track: Track) -> None:
        """See `Surroundings`."""
        if participant.permission.hidden:
            return
        for each in self.participants.values():
            if each is not participant and each.arrival.auto_subscribe:
                self._give(each, participant, track)

    def track_gone(self, track: Track) -> None:
        """See `Surroundings`."""
        for each in self.participants.values():
            each.take_away(track.info.sid)

    def subscribe(self, participant: Participant, sid: str) -> bool:
        """See `Surroundings`."""
        for publisher, track in self._tracks():
            if track.info.sid == sid and publisher is not participant and not publisher.permission.hidden:
                self._give(participant, publisher, track)
                return True
        return False

    # Data

    def deliver(self, sender: Participant | None, label: str, packet: DataPacket) -> int:
        """See `Surroundings`; without a sender, the server itself sends."""
        identities, sids = destinations(packet)
        packed = packet.SerializeToString()
        receivers = [
            each
            for each in self.participants.values()
            if each is not sender
            and (not (identities or sids) or each.identity in identities or each.info.sid in sids)
        ]
        for each in receivers:
            each.post(label, packed, packet.participant_sid, packet.sequence)
        return len(receivers)

    # Time

    def tick(self) -> None:
        """Do what is due. Call it often."""
        now_s = self._clock()
        for participant in list(self.participants.values()):
            participant.tick(now_s)
            participant.subscriber.tick(now_s)
            lost = participant.publisher.tick(now_s)
            if lost is not None:
                self._lost[participant.info.sid] = lost
            self._end_if_lost(participant, now_s)
        if now_s - self._speakers_s >= INTERVAL_S:
            self._speakers_s = now_s
            self._tell_speakers()
        if now_s - self._quality_s >= QUALITY_EVERY_S:
            self._quality_s = now_s
            self._tell_quality()

    def _end_if_lost(self, participant: Participant, now_s: float) -> None:
        """Remove a participant whose connections are lost, or whose socket did not come back in time."""
        if not participant.was_connected and now_s - participant.joined_s > CONNECT_WITHIN_S:
            participant.say_goodbye(DisconnectReason.JOIN_FAILURE, LeaveRequest.DISCONNECT)
            self.leave(participant, DisconnectReason.CONNECTION_TIMEOUT)
        elif participant.lost_s is not None and now_s - participant.lost_s > LEAVE_WITHIN_S:
            participant.say_goodbye(DisconnectReason.STATE_MISMATCH, LeaveRequest.RECONNECT)
            self.leave(participant, DisconnectReason.CONNECTION_TIMEOUT)
        elif participant.signal_lost_s is not None and now_s - participant.signal_lost_s > RESUME_WITHIN_S:
            self.leave(participant, DisconnectReason.SIGNAL_CLOSE)

    def _tell_speakers(self) -> None:
        now: dict[str, float] = {}
        for participant in self.participants.values():
            levels = [track.loudness.take() for track in participant.publisher.tracks.values()]
            level = max(levels, default=0.0)
            if level and not participant.permission.hidden:
                now[participant.info.sid] = level
        changed = [sid for sid in {*now, *self._speaking} if now.get(sid) != self._speaking.get(sid)]
        self._speaking = now
        if not changed:
            return
        speakers = [
            SpeakerInfo(sid=sid, level=now.get(sid, 0.0), active=sid in now) for sid in sorted(changed)
        ]
        packed = SignalResponse(speakers_changed=SpeakersChanged(speakers=speakers)).SerializeToString()
        for participant in self.participants.values():
            participant.outbox.send_packed(packed)

    def _tell_quality(self) -> None:
        updates = [self._rate(participant) for participant in self.participants.values()]
        shown = {
            update.participant_sid
            for update, participant in zip(updates, self.participants.values(), strict=True)
            if not participant.permission.hidden
        }
        changed = [
            update for update in updates if self._quality.get(update.participant_sid) != update.quality
        ]
        self._quality = {update.participant_sid: update.quality for update in updates}
        for participant in self.participants.values():
            own = participant.info.sid
            has_report = [
                each for each in changed if each.participant_sid == own or each.participant_sid in shown
            ]
            if has_report:
                update = ConnectionQualityUpdate(updates=has_report)
                participant.outbox.send(SignalResponse(connection_quality=update))

    def _rate(self, participant: Participant) -> ConnectionQualityInfo:
        lost = max(self._lost.get(participant.info.sid, 0.0), participant.subscriber.lost_share)
        quality = ConnectionQuality.EXCELLENT
        if participant.signal_lost_s is not None:
            quality = ConnectionQuality.LOST
        elif lost > _POOR_LOSS:
            quality = ConnectionQuality.POOR
        elif lost > _GOOD_LOSS:
            quality = ConnectionQuality.GOOD
        return ConnectionQualityInfo(
            participant_sid=participant.info.sid, quality=quality, score=5.0 - 4.0 * min(1.0, lost * 5)
        )
