"""A published track, and the subscriptions to it."""

import math
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from livekit.protocol.models import SimulcastCodecInfo, TrackInfo, TrackSource, TrackType
from livekit.protocol.rtc import AddTrackRequest

from visavis.rooms.forwarding import Forwarder, KeyframeRequests
from visavis.rooms.peer import Peer, random_text
from visavis.rooms.speakers import Loudness
from visavis.rooms.wire.codecs import Codec, codec_named
from visavis.rooms.wire.rtcp import SenderReport
from visavis.rooms.wire.rtp import MARKER, SEQUENCES, RtpPacket, renumbered, wrap_rtx

REPEATS_A_NACK: Final = 256
"""A viewer that lost more packets needs a keyframe instead of retransmissions."""

TELL_EVERY_S: Final = 0.5
"""Clients read the newest report once a second, and synchronize audio and video after the second report of
each. Clients themselves send reports on audio only every five seconds."""

REPORT_TTL_S: Final = 20.0
"""A sender that has not reported for so long sends nothing any more."""


def random_ssrc() -> int:
    """Random SSRC that clients do not read as a negative number."""
    return secrets.randbelow((1 << 31) - 1) + 1


@dataclass
class Subscription:
    """What one viewer gets of a track.

    Attributes:
        peer: Connection to the viewer.
        track: Track that is sent.
        stream: Stream that the viewer synchronizes: sid of the publisher and name of the stream.
        ssrc: Outgoing SSRC: the track's, or another one if the viewer had it before: clients show no stream
            twice.
        mid: Section that carries it; empty until one is negotiated.
        codec_number: Payload type for this viewer.
        rtx_number: Payload type of retransmissions; `None` if the viewer accepts none.
        live: Whether packets are sent.
        paused: Whether the viewer wants none for now.
        has_report: Whether the viewer got a sender report.
        lossy: Whether the connection loses packets. Then the last packet of each frame and all
            retransmissions are sent twice. Otherwise a viewer notices a missing end of a frame only when the
            next frame comes, and a lost retransmission only after a timeout.
    """

    peer: Peer
    track: "Track"
    stream: str
    ssrc: int
    mid: str = ""
    codec_number: int = 0
    rtx_number: int | None = None
    live: bool = False
    paused: bool = False
    has_report: bool = False
    lossy: bool = False
    rtx_ssrc: int = field(default_factory=random_ssrc)
    rtx_sequence: int = field(default_factory=lambda: secrets.randbelow(SEQUENCES))
    _echoes: list[int] = field(default_factory=list)

    def begin(self) -> None:
        """Start to send, from the next keyframe on, as soon as the connection is ready."""
        if self.mid and not self.live and self.peer.connected:
            self.live = True
            self.track.keyframes.ask()

    def send(self, packet: bytes) -> None:
        """Send a packet, with the numbers that this viewer expects."""
        if self.live and not self.paused:
            if packet[1] & 0x7F != self.codec_number or self.ssrc != self.track.ssrc:
                packet = renumbered(packet, payload_type=self.codec_number, ssrc=self.ssrc)
            self.peer.send_rtp(packet)
            if self.lossy and packet[1] & MARKER:
                self._echoes.append(int.from_bytes(packet[2:4], "big"))

    def repeat(self, sequences: tuple[int, ...]) -> None:
        """Retransmit lost packets that are still stored."""
        for sequence in sequences[:REPEATS_A_NACK]:
            self._repeat(sequence)
        if self.lossy:
            self._echoes.extend(sequences[:REPEATS_A_NACK])

    def echo(self) -> None:
        """Send again what a lossy connection may have lost unnoticed."""
        if not self._echoes:
            return
        sequences, self._echoes = self._echoes, []
        if self.rtx_number is not None and self.live and not self.paused:
            for sequence in sequences:
                self._repeat(sequence)

    def _repeat(self, sequence: int) -> None:
        forwarder = self.track.forwarder
        packet = forwarder.repeat(sequence) if forwarder else None
        if packet is None:
            return
        if self.rtx_number is None:
            self.send(packet)
            return
        self.rtx_sequence = (self.rtx_sequence + 1) % SEQUENCES
        self.peer.send_rtp(
            wrap_rtx(packet, payload_type=self.rtx_number, sequence=self.rtx_sequence, ssrc=self.rtx_ssrc)
        )


class Track:
    """A track that a participant publishes.

    Args:
        request: Track that the client wants to publish.

    Attributes:
        info: Description of the track for everybody.
        cid: The client's ID of the track.
        mid: Section in which it comes in; empty before an offer.
        codec: Negotiated codec; `None` before that.
        views: Subscriptions, by sid of the viewer.
        seen_by: Sids of all viewers so far.
    """

    def __init__(self, request: AddTrackRequest) -> None:
        self.info = _describe(request)
        self.cid = request.cid
        self.cids = {request.cid, *(codec.cid for codec in request.simulcast_codecs)}
        self.mid = ""
        self.codec: Codec | None = None
        self.forwarder: Forwarder | None = None
        self.keyframes = KeyframeRequests()
        self.loudness = Loudness()
        self.views: dict[str, Subscription] = {}
        self.seen_by: set[str] = set()
        self.ssrc = random_ssrc()
        self._reports: dict[str, tuple[SenderReport, float]] = {}
        self._told_s = -math.inf

    @property
    def kind(self) -> str:
        """Kind of media: `audio` or `video`."""
        return "video" if self.info.type == TrackType.VIDEO else "audio"

    @property
    def wanted_codec(self) -> str:
        """Name of the codec that the client wants to send; may be empty."""
        return self.info.mime_type.rpartition("/")[2].lower()

    def show(self, viewer: str, peer: Peer, stream: str) -> Subscription:
        """Create the subscription of a viewer that has none.

        Args:
            viewer: Sid of the viewer.
            peer: Connection to the viewer.
            stream: See `Subscription`.
        """
        ssrc = random_ssrc() if viewer in self.seen_by else self.ssrc
        self.seen_by.add(viewer)
        view = self.views[viewer] = Subscription(peer, self, stream, ssrc)
        return view

    def agree(self, mid: str, codec: Codec) -> None:
        """Set section and codec from an offer."""
        self.mid = self.info.mid = mid
        if self.codec is None:
            self.codec = codec
            self.forwarder = Forwarder(codec, self.ssrc)
            self.info.mime_type = codec.mime
        if not self.info.codecs:
            self.info.codecs.append(SimulcastCodecInfo(cid=self.cid, layers=self.info.layers))
        self.info.codecs[0].mime_type = codec.mime
        self.info.codecs[0].mid = mid

    def receive(self, layer: str, packet: RtpPacket, now_s: float) -> None:
        """Forward a packet to all viewers."""
        if self.forwarder is None or self.info.muted:
            return
        out = self.forwarder.forward(layer, packet, now_s)
        if out is not None:
            for view in self.views.values():
                view.send(out)
        if self.forwarder.needs_keyframe:
            self.keyframes.ask()

    def interrupt(self) -> None:
        """Continue from the next keyframe, because packets were dropped here."""
        if self.forwarder is not None:
            self.forwarder.interrupt()

    def report(self, layer: str, report: SenderReport, now_s: float) -> None:
        """Forward a sender report of a layer, so that viewers can synchronize audio and video."""
        self._reports[layer] = report, now_s
        self._told_s = now_s
        self._tell(self.views.values(), layer, report)

    def tick(self, now_s: float) -> None:
        """Send viewers an up-to-date sender report when it is due, new viewers at once. Call it often."""
        if self.codec is None:
            return
        views = list(self.views.values())
        if now_s - self._told_s < TELL_EVERY_S:
            views = [view for view in views if view.live and not view.has_report]
        elif self._reports:
            self._told_s = now_s
        if not views:
            return
        for layer, (report, at_s) in self._reports.items():
            if now_s - at_s < REPORT_TTL_S:
                self._tell(views, layer, report.later(now_s - at_s, self.codec.clock_hz))

    def _tell(self, views: Iterable[Subscription], layer: str, report: SenderReport) -> None:
        out = self.forwarder.translate(layer, report) if self.forwarder else None
        if out is None:
            return
        for view in views:
            if view.live:
                view.peer.send_rtcp(replace(out, ssrc=view.ssrc).pack())
                view.has_report = True


def _describe(request: AddTrackRequest) -> TrackInfo:
    video = request.type == TrackType.VIDEO
    screen = request.source in (TrackSource.SCREEN_SHARE, TrackSource.SCREEN_SHARE_AUDIO)
    codecs = [
        SimulcastCodecInfo(mime_type=_mime(wanted.codec), cid=wanted.cid, layers=wanted.layers)
        for wanted in request.simulcast_codecs
        if _mime(wanted.codec)
    ]
    return TrackInfo(
        sid=f"TR_{'V' if video else 'A'}{'S' if screen else 'C' if video else 'M'}{random_text(10)}",
        type=request.type,
        name=request.name,
        muted=request.muted,
        width=request.width,
        height=request.height,
        simulcast=len(request.layers) > 1,
        disable_dtx=request.disable_dtx,
        source=request.source,
        layers=request.layers,
        mime_type=codecs[0].mime_type if codecs else "",
        codecs=codecs,
        stereo=request.stereo,
        disable_red=True,
        encryption=request.encryption,
        stream=request.stream or ("screen_share" if screen else "camera"),
        audio_features=request.audio_features,
    )


def _mime(name: str) -> str:
    codec = codec_named(name)
    return codec.mime if codec else ""
