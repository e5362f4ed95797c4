"""A published track, and each viewer's view of it."""

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
"""A viewer that has lost more needs a keyframe, not repeats."""

TELL_EVERY_S: Final = 0.5
"""Clients look once a second at the newest report, and play sound and pictures together from the second one
that they see of each on; of sound they send one in five seconds."""

REPORT_TTL_S: Final = 20.0
"""Who has not reported for so long sends nothing any more."""


def random_ssrc() -> int:
    """A stream number that clients do not take for a signed one."""
    return secrets.randbelow((1 << 31) - 1) + 1


@dataclass
class Subscription:
    """What one viewer gets of a track.

    Attributes:
        peer: Where it is sent.
        track: What is sent.
        stream: What belongs together for the viewer: sid of the publisher and name of the stream.
        ssrc: Outgoing: the track's, or another one for who has seen it before: clients show no stream twice.
        mid: The section that carries it; empty until one is agreed on.
        codec_number: Payload type that this viewer has agreed to.
        rtx_number: That of repeats; `None` if it takes none.
        live: Whether packets flow.
        paused: Whether the viewer has asked for none.
        has_report: Whether the viewer has had a sender report.
        lossy: Whether the line loses packets. Then the last packet of each frame and all repeats go twice:
            that a frame lacks its end is seen only when the next one comes, that a repeat was lost only
            after the viewer's time for an answer.
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
        """Let packets flow, from the next keyframe on, as soon as the connection stands."""
        if self.mid and not self.live and self.peer.connected:
            self.live = True
            self.track.keyframes.ask()

    def send(self, packet: bytes) -> None:
        """Send a packet, numbered as this viewer expects."""
        if self.live and not self.paused:
            if packet[1] & 0x7F != self.codec_number or self.ssrc != self.track.ssrc:
                packet = renumbered(packet, payload_type=self.codec_number, ssrc=self.ssrc)
            self.peer.send_rtp(packet)
            if self.lossy and packet[1] & MARKER:
                self._echoes.append(int.from_bytes(packet[2:4], "big"))

    def repeat(self, sequences: tuple[int, ...]) -> None:
        """Send again what was lost, as far as it is still there."""
        for sequence in sequences[:REPEATS_A_NACK]:
            self._repeat(sequence)
        if self.lossy:
            self._echoes.extend(sequences[:REPEATS_A_NACK])

    def echo(self) -> None:
        """Send once more what a lossy line may have lost without anybody knowing yet."""
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
        request: What the client wants to publish.

    Attributes:
        info: As everybody is told of it.
        cid: The client's own name for it.
        mid: The section that it comes in; empty until an offer has one.
        codec: Agreed on; `None` before that.
        views: By sid of the viewer.
        seen_by: Sids of all who have had a view.
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
        """`audio` or `video`."""
        return "video" if self.info.type == TrackType.VIDEO else "audio"

    @property
    def wanted_codec(self) -> str:
        """Name of the codec that the client said it would send; may be empty."""
        return self.info.mime_type.rpartition("/")[2].lower()

    def show(self, viewer: str, peer: Peer, stream: str) -> Subscription:
        """A view for a viewer, who has none now.

        Args:
            viewer: Its sid.
            peer: Where it is sent.
            stream: See `Subscription`.
        """
        ssrc = random_ssrc() if viewer in self.seen_by else self.ssrc
        self.seen_by.add(viewer)
        view = self.views[viewer] = Subscription(peer, self, stream, ssrc)
        return view

    def agree(self, mid: str, codec: Codec) -> None:
        """An offer has given the track a section and a codec."""
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
        """Hand a packet on to all viewers."""
        if self.forwarder is None or self.info.muted:
            return
        out = self.forwarder.forward(layer, packet, now_s)
        if out is not None:
            for view in self.views.values():
                view.send(out)
        if self.forwarder.needs_keyframe:
            self.keyframes.ask()

    def interrupt(self) -> None:
        """Packets are dropped here: viewers go on from the next keyframe."""
        if self.forwarder is not None:
            self.forwarder.interrupt()

    def report(self, layer: str, report: SenderReport, now_s: float) -> None:
        """Hand a layer's sender report on, so that viewers can keep lips and sound together."""
        self._reports[layer] = report, now_s
        self._told_s = now_s
        self._tell(self.views.values(), layer, report)

    def tick(self, now_s: float) -> None:
        """To be called often: viewers are told what the sender would report now, new ones at once."""
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
