"""The upstream side of a participant: finds the track of a packet, and requests what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from livekit.protocol.rtc import AddTrackRequest

from visavis.errors import RoomLimitError, WireError
from visavis.rooms.backlog import Backlog
from visavis.rooms.peer import Peer
from visavis.rooms.reception import Reception, TransportFeedback
from visavis.rooms.tracks import Track
from visavis.rooms.wire import sdp
from visavis.rooms.wire.codecs import codec_named
from visavis.rooms.wire.rtcp import Feedback, KeyframeRequest, Nack, SenderReport, pack_receiver_report
from visavis.rooms.wire.rtp import RtpPacket, unwrap_rtx

REPORT_EVERY_S: Final = 1.0
FEEDBACK_EVERY_S: Final = 0.045
_MAX_STREAMS: Final = 128


@dataclass(frozen=True)
class _Stream:
    """An incoming SSRC: a layer of a track, or its retransmissions."""

    track: Track
    layer: str
    ssrc: int
    reception: Reception
    repeats: bool = False


@dataclass(frozen=True)
class _Incoming:
    """A section in which the client sends."""

    track: Track
    codec_number: int
    rtx_number: int | None
    rids: tuple[str, ...]


class Publisher:
    """The tracks of one participant.

    Args:
        peer: Connection on which they come in.
        backlog: Decides when media is dropped.
        max_tracks: Maximum number of tracks.
    """

    def __init__(self, peer: Peer, backlog: Backlog, *, max_tracks: int) -> None:
        self.peer = peer
        self.tracks: dict[str, Track] = {}
        self._backlog = backlog
        self._max_tracks = max_tracks
        self._pending: dict[str, Track] = {}
        self._incoming: dict[str, _Incoming] = {}
        self._streams: dict[int, _Stream] = {}
        self._extensions: dict[str, int] = {}
        self._feedback = TransportFeedback()
        self._fed_back_s = self._reported_s = 0.0

    def add(self, request: AddTrackRequest) -> Track:
        """Announce a track that a later offer will contain.

        Raises:
            RoomLimitError: The participant has too many tracks.
        """
        if len(self.tracks) + len(self._pending) >= self._max_tracks:
            raise RoomLimitError(f"A participant can publish at most {self._max_tracks} tracks.")
        again = next((track for track in self._all() if request.cid in track.cids), None)
        track = again or Track(request)
        if again is None:
            self._pending[request.cid] = track
        return track

    def _all(self) -> Iterable[Track]:
        return [*self.tracks.values(), *self._pending.values()]

    def find(self, sid: str) -> Track | None:
        """Find a track by its sid, announced or published."""
        return next((track for track in self._all() if track.info.sid == sid), None)

    def match(self, description: sdp.Description) -> tuple[list[Track], list[Track]]:
        """Match the sections of an offer with tracks.

        Returns:
            The new tracks, and the removed ones.
        """
        new: list[Track] = []
        gone: list[Track] = []
        for section in description.sections:
            before = self._incoming.get(section.mid)
            track = self._track_of(section, before)
            if before is not None and before.track is not track:
                gone.append(before.track)
            if track is None:
                self._incoming.pop(section.mid, None)
            elif self._accept(section, track):
                new.append(track)
        for track in gone:
            self.remove(track)
        return new, gone

    def _track_of(self, section: sdp.Section, before: _Incoming | None) -> Track | None:
        if section.kind == "application" or not section.sends:
            return None
        if before is not None and section.track not in self._pending:
            return before.track
        named = next((key for key, track in self._pending.items() if section.track in track.cids), None)
        likely = next((key for key, track in self._pending.items() if track.kind == section.kind), None)
        key = named or likely
        return self._pending.pop(key) if key is not None else None

    def _accept(self, section: sdp.Section, track: Track) -> bool:
        """Bind a section to its track. Returns whether the track is new."""
        number = choose_codec(section, track.wanted_codec)
        codec = codec_named(section.rtpmap[number].partition("/")[0]) if number is not None else None
        if number is None or codec is None:
            return False
        for extension, uri in section.extensions.items():
            self._extensions[uri] = extension
        track.agree(section.mid, codec)
        self._incoming[section.mid] = _Incoming(track, number, section.rtx.get(number), section.rids)
        if not section.rids and section.ssrcs:
            main = next(iter(section.repairs), section.ssrcs[0])
            stream = self._bind(main, track, "")
            if main in section.repairs and stream is not None:
                self._streams[section.repairs[main]] = replace(stream, repeats=True)
        if track.info.sid in self.tracks:
            return False
        self.tracks[track.info.sid] = track
        return True

    def remove(self, track: Track) -> None:
        """Remove a track."""
        self.tracks.pop(track.info.sid, None)
        self._streams = {ssrc: stream for ssrc, stream in self._streams.items() if stream.track is not track}
        self._incoming = {
            mid: incoming for mid, incoming in self._incoming.items() if incoming.track is not track
        }

    def answer(self, section: sdp.Section, transport: sdp.Transport) -> list[str] | None:
        """Our section for one in which the client sends; `None` if it carries no track."""
        incoming = self._incoming.get(section.mid)
        if incoming is None:
            return None
        own = replace(section, direction="recvonly", ssrcs=(), repairs={})
        if section.kind == "audio":
            # Clients downmix two channels to one unless the answer asks for stereo.
            offered = section.fmtp.get(incoming.codec_number, "").split(";")
            parameters = [each for each in offered if each and not each.startswith("stereo=")] + ["stereo=1"]
            parameters += [] if incoming.track.info.disable_dtx else ["usedtx=1"]
            own = replace(own, fmtp={incoming.codec_number: ";".join(parameters)})
        return sdp.write_section(own, transport, codec=incoming.codec_number)

    # Packets

    def receive(self, packet: RtpPacket, arrival_s: float, now_s: float) -> None:
        """Process a decrypted packet.

        Raises:
            WireError: It is an RTX packet without content.
        """
        wide = packet.extensions.get(self._extensions.get(sdp.TRANSPORT_WIDE, 0), b"")
        if len(wide) == 2:
            self._feedback.receive(int.from_bytes(wide, "big"), arrival_s)
        stream = self._streams.get(packet.ssrc) or self._recognise(packet)
        if stream is None or stream.track.codec is None:
            return
        if stream.repeats:
            if not packet.payload:  # a bandwidth probe
                return
            packet = unwrap_rtx(packet, payload_type=packet.payload_type, ssrc=stream.ssrc)
        if not stream.reception.receive(packet.sequence, packet.timestamp, now_s):
            return
        if self._backlog.sheds:  # the packet is counted as received, so that it is not requested again
            stream.track.interrupt()
            return
        if stream.track.kind == "audio":
            stream.track.loudness.hear(packet.extensions.get(self._extensions.get(sdp.AUDIO_LEVEL, 0), b""))
        else:
            self._ask_again(stream, now_s)
        stream.track.receive(stream.layer, packet, now_s)
        if stream.track.keyframes.take(now_s):
            self._ask_keyframe(stream.track)

    def _recognise(self, packet: RtpPacket) -> _Stream | None:
        """Find the stream of a new SSRC: by names in its header, else by payload type if only one fits."""
        incoming = self._incoming.get(self._text(packet, sdp.MID))
        if incoming is None:
            fitting = [
                candidate
                for candidate in self._incoming.values()
                if packet.payload_type in (candidate.codec_number, candidate.rtx_number)
            ]
            incoming = fitting[0] if len(fitting) == 1 else None
        if incoming is None:
            return None
        if packet.payload_type == incoming.rtx_number:
            layer = self._text(packet, sdp.REPAIRED_RID) or self._text(packet, sdp.RID)
            main = next(
                (
                    stream
                    for stream in self._streams.values()
                    if stream.track is incoming.track and stream.layer == layer and not stream.repeats
                ),
                None,
            )
            if main is not None:
                self._streams[packet.ssrc] = replace(main, repeats=True)
            return self._streams.get(packet.ssrc)
        layer = self._text(packet, sdp.RID)
        if packet.payload_type != incoming.codec_number or (incoming.rids and layer not in incoming.rids):
            return None
        return self._bind(packet.ssrc, incoming.track, layer if incoming.rids else "")

    def _text(self, packet: RtpPacket, uri: str) -> str:
        return packet.extensions.get(self._extensions.get(uri, 0), b"").decode("ascii", "replace")

    def _bind(self, ssrc: int, track: Track, layer: str) -> _Stream | None:
        if ssrc in self._streams and self._streams[ssrc].track is track:
            return self._streams[ssrc]
        if len(self._streams) >= _MAX_STREAMS or track.codec is None:
            return None
        stream = _Stream(track, layer, ssrc, Reception(ssrc, track.codec.clock_hz))
        self._streams[ssrc] = stream
        return stream

    def take_feedback(self, feedback: Iterable[Feedback], now_s: float) -> None:
        """Pass sender reports on to viewers; ignore other feedback."""
        for report in feedback:
            stream = self._streams.get(report.ssrc)
            if isinstance(report, SenderReport) and stream is not None and not stream.repeats:
                stream.reception.note_sender_report(report, now_s)
                stream.track.report(stream.layer, report, now_s)

    def tick(self, now_s: float) -> float | None:
        """Send feedback, reports and repeated requests when they are due. Call it often.

        Returns:
            The share of packets lost, 0..1, once in `REPORT_EVERY_S`; `None` at other times.
        """
        if not self._streams:
            return None
        if now_s - self._fed_back_s >= FEEDBACK_EVERY_S:
            self._fed_back_s = now_s
            wide = self._feedback.take(next(iter(self._streams)))
            if wide is not None:
                self.peer.send_rtcp(wide)
        for stream in self._streams.values():
            if not stream.repeats and stream.track.kind == "video":
                self._ask_again(stream, now_s)
        for track in self.tracks.values():
            track.tick(now_s)
            if track.keyframes.take(now_s):
                self._ask_keyframe(track)
        if now_s - self._reported_s < REPORT_EVERY_S:
            return None
        self._reported_s = now_s
        receptions = [stream.reception for stream in self._streams.values() if not stream.repeats]
        reports = [report for reception in receptions if (report := reception.take_report(now_s))]
        if not reports:
            return None
        self.peer.send_rtcp(pack_receiver_report(reports))
        return max(report.fraction_lost for report in reports)

    def _ask_again(self, stream: _Stream, now_s: float) -> None:
        missing = stream.reception.take_nack(now_s)
        if missing:
            self.peer.send_rtcp(Nack(stream.ssrc, missing).pack())

    def _ask_keyframe(self, track: Track) -> None:
        wanted = track.forwarder.wanted if track.forwarder else None
        for stream in self._streams.values():
            if stream.track is track and not stream.repeats and stream.layer == (wanted or stream.layer):
                self.peer.send_rtcp(KeyframeRequest(stream.ssrc).pack())


def choose_codec(section: sdp.Section, wanted: str) -> int | None:
    """Payload type of the wanted codec in a section; of the first one that we know, if `wanted` is empty."""
    names = {number: name.partition("/")[0].lower() for number, name in section.rtpmap.items()}
    exact = (number for number, name in names.items() if name == wanted and codec_named(name))
    known = (number for number, name in names.items() if codec_named(name))
    return next(exact, None) if wanted in names.values() else next(known, None)


def refuse(section: sdp.Section, transport: sdp.Transport) -> list[str]:
    """Our section for one that carries nothing.

    Raises:
        WireError: It has no codec that we know, so it can never carry anything.
    """
    number = choose_codec(section, "")
    if number is None:
        raise WireError(f"The {section.kind} section has no codec that this server knows.")
    return sdp.write_section(replace(section, direction="inactive", rids=(), rtx={}), transport, codec=number)
