"""Session descriptions (RFC 8866) of WebRTC: parsing those of clients, and writing our own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from visavis.errors import WireError

MID: Final = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID: Final = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID: Final = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
AUDIO_LEVEL: Final = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
TRANSPORT_WIDE: Final = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
KNOWN_EXTENSIONS: Final = (MID, RID, REPAIRED_RID, AUDIO_LEVEL, TRANSPORT_WIDE)

DIRECTIONS: Final = ("sendrecv", "sendonly", "recvonly", "inactive")
MAX_CHARACTERS: Final = 256 * 1024
MAX_SECTIONS: Final = 256
SCTP_PORT: Final = 5000
MAX_MESSAGE_BYTES: Final = 256 * 1024


@dataclass(frozen=True)
class Section:
    """One media section.

    Attributes:
        kind: Kind: `audio`, `video` or `application`.
        mid: Name of the section.
        direction: Direction, from the writer's view.
        rtpmap: Name, clock and channels by payload type, in the writer's order.
        fmtp: Format parameters by payload type.
        rtx: Payload type of retransmissions, by payload type.
        extensions: URIs of known header extensions, by number.
        track: The client's ID of the track: the last word of `msid`.
        ssrcs: Announced streams, in order.
        repairs: Stream of retransmissions, by stream.
        rids: Names of the simulcast layers that the writer sends.
    """

    kind: str
    mid: str
    direction: str
    rtpmap: dict[int, str] = field(default_factory=dict)
    fmtp: dict[int, str] = field(default_factory=dict)
    rtx: dict[int, int] = field(default_factory=dict)
    extensions: dict[int, str] = field(default_factory=dict)
    track: str = ""
    ssrcs: tuple[int, ...] = ()
    repairs: dict[int, int] = field(default_factory=dict)
    rids: tuple[str, ...] = ()

    @property
    def sends(self) -> bool:
        """Whether the writer sends media here."""
        return self.direction in ("sendrecv", "sendonly")

    @property
    def only_receives(self) -> bool:
        """Whether the writer only receives media here."""
        return self.direction == "recvonly"


@dataclass(frozen=True)
class Description:
    """A session description.

    Attributes:
        ufrag: ICE user fragment; a different one means an ICE restart.
        fingerprint: Algorithm and value of the DTLS certificate's fingerprint.
        sections: Media sections, in order.
    """

    ufrag: str
    fingerprint: tuple[str, str]
    sections: tuple[Section, ...]


def parse_description(text: str) -> Description:
    """Parse an offer or an answer.

    Raises:
        WireError: It is too long, or lacks what WebRTC requires.
    """
    if len(text) > MAX_CHARACTERS:
        raise WireError(f"The session description is longer than {MAX_CHARACTERS} characters.")
    blocks: list[list[str]] = [[]]
    for line in text.replace("\r", "").split("\n"):
        if line.startswith("m="):
            blocks.append([])
        blocks[-1].append(line)
    head, media = blocks[0], blocks[1:]
    if not media or len(media) > MAX_SECTIONS:
        raise WireError(f"A session description must have 1 to {MAX_SECTIONS} media sections.")
    try:
        sections = tuple(_parse_section(lines) for lines in media)
    except ValueError as error:  # an invalid number, or a missing word
        raise WireError("The session description cannot be read.") from error
    if len({section.mid for section in sections}) != len(sections):
        raise WireError("Two media sections have the same mid.")
    everything = [line for lines in blocks for line in lines]
    algorithm, _, value = _first(everything, "fingerprint").partition(" ")
    ufrag = _first(everything, "ice-ufrag")
    if not (algorithm and value and ufrag) or not head:
        raise WireError("The session description has no fingerprint or no ICE user name.")
    return Description(ufrag, (algorithm.lower(), value), sections)


def _values(lines: Iterable[str], name: str) -> list[str]:
    prefix = f"a={name}:"
    return [line[len(prefix) :].strip() for line in lines if line.startswith(prefix)]


def _first(lines: Iterable[str], name: str) -> str:
    return next(iter(_values(lines, name)), "")


def _by_payload_type(lines: Sequence[str], name: str) -> dict[int, str]:
    split = (value.partition(" ") for value in _values(lines, name))
    return {int(number): rest for number, _, rest in split}


def _parse_section(lines: Sequence[str]) -> Section:
    kind = lines[0][2:].split(" ")[0]
    mid = _first(lines, "mid")
    if kind not in ("audio", "video", "application") or not mid or len(mid) > 64:
        raise WireError("A media section is of an unknown kind or has no mid.")
    rtpmap = _by_payload_type(lines, "rtpmap")
    fmtp = _by_payload_type(lines, "fmtp")
    rtx = {
        int(parameters.split("apt=")[1].split(";")[0]): number
        for number, parameters in fmtp.items()
        if "apt=" in parameters and rtpmap.get(number, "").lower().startswith("rtx/")
    }
    extensions = (value.split(" ") for value in _values(lines, "extmap"))
    groups = (value.split(" ") for value in _values(lines, "ssrc-group"))
    return Section(
        kind=kind,
        mid=mid,
        direction=next((name for name in DIRECTIONS if f"a={name}" in lines), "sendrecv"),
        rtpmap=rtpmap,
        fmtp=fmtp,
        rtx=rtx,
        extensions={
            int(words[0].partition("/")[0]): words[1]
            for words in extensions
            if words[1:2] and words[1] in KNOWN_EXTENSIONS
        },
        track=_first(lines, "msid").rpartition(" ")[2],
        ssrcs=tuple(dict.fromkeys(int(value.split(" ")[0]) for value in _values(lines, "ssrc"))),
        repairs={int(words[1]): int(words[2]) for words in groups if words[0] == "FID" and len(words) == 3},
        rids=tuple(value.split(" ")[0] for value in _values(lines, "rid") if " send" in value),
    )


@dataclass(frozen=True)
class Transport:
    """Transport part of our sections: how to reach us.

    Attributes:
        ufrag: ICE user fragment.
        password: ICE password.
        fingerprint: Fingerprint of our certificate, SHA-256.
        setup: `passive` in answers, `actpass` in offers.
        candidates: Values of `candidate` lines.
    """

    ufrag: str
    password: str
    fingerprint: str
    setup: str
    candidates: tuple[str, ...]

    def lines(self) -> list[str]:
        """Lines without line ends."""
        return [
            f"a=ice-ufrag:{self.ufrag}",
            f"a=ice-pwd:{self.password}",
            "a=ice-options:trickle",
            f"a=fingerprint:sha-256 {self.fingerprint}",
            f"a=setup:{self.setup}",
            *(f"a=candidate:{candidate}" for candidate in self.candidates),
            "a=end-of-candidates",
        ]


@dataclass(frozen=True)
class Outgoing:
    """A stream that we send in a section.

    Attributes:
        stream: First word of `msid`: name of the stream.
        track: Second word of `msid`: sid of the track.
        ssrc: SSRC of the packets.
        rtx_ssrc: SSRC of the retransmissions.
    """

    stream: str
    track: str
    ssrc: int
    rtx_ssrc: int


def write_section(
    section: Section, transport: Transport, *, codec: int | None, outgoing: Outgoing | None = None
) -> list[str]:
    """Write one of our sections.

    Args:
        section: Kind, mid, direction from our view, codecs and extensions.
        transport: How to reach us.
        codec: Chosen payload type; `None` for data.
        outgoing: Stream that we send here, if any.
    """
    if section.kind == "application" or codec is None:
        return [
            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
            "c=IN IP4 0.0.0.0",
            f"a=mid:{section.mid}",
            *transport.lines(),
            f"a=sctp-port:{SCTP_PORT}",
            f"a=max-message-size:{MAX_MESSAGE_BYTES}",
        ]
    rtx = section.rtx.get(codec)
    numbers = f"{codec}" if rtx is None else f"{codec} {rtx}"
    lines = [
        f"m={section.kind} 9 UDP/TLS/RTP/SAVPF {numbers}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{section.mid}",
        *transport.lines(),
        "a=rtcp-mux",
        "a=rtcp-rsize",
        f"a={section.direction}",
        *_codec_lines(section, codec, rtx),
        *(f"a=extmap:{number} {uri}" for number, uri in section.extensions.items()),
    ]
    if section.rids:
        lines += [f"a=rid:{rid} recv" for rid in section.rids]
        lines.append("a=simulcast:recv " + ";".join(section.rids))
    return lines if outgoing is None else lines + _outgoing_lines(outgoing, repeats=rtx is not None)


def _codec_lines(section: Section, codec: int, rtx: int | None) -> list[str]:
    lines = [f"a=rtpmap:{codec} {section.rtpmap[codec]}"]
    if section.fmtp.get(codec):
        lines.append(f"a=fmtp:{codec} {section.fmtp[codec]}")
    feedback = ["transport-cc"] if TRANSPORT_WIDE in section.extensions.values() else []
    if section.kind == "video":
        feedback += ["nack", "nack pli", "ccm fir"]
    lines += [f"a=rtcp-fb:{codec} {name}" for name in feedback]
    if rtx is not None:
        lines += [f"a=rtpmap:{rtx} rtx/90000", f"a=fmtp:{rtx} apt={codec}"]
    return lines


def _outgoing_lines(outgoing: Outgoing, *, repeats: bool) -> list[str]:
    lines = [f"a=msid:{outgoing.stream} {outgoing.track}"]
    ssrcs = [outgoing.ssrc]
    if repeats:
        lines.append(f"a=ssrc-group:FID {outgoing.ssrc} {outgoing.rtx_ssrc}")
        ssrcs.append(outgoing.rtx_ssrc)
    return lines + [f"a=ssrc:{ssrc} cname:{outgoing.stream}" for ssrc in ssrcs]


def write_description(session: int, version: int, sections: Sequence[tuple[str, list[str]]]) -> str:
    """Write a session description.

    Args:
        session: Number that stays the same for a connection.
        version: Number that rises with each description.
        sections: Mid and lines of each section.
    """
    head = [
        "v=0",
        f"o=- {session} {version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        "a=extmap-allow-mixed",
        "a=group:BUNDLE " + " ".join(mid for mid, _ in sections),
        "a=msid-semantic: WMS *",
    ]
    return "\r\n".join(head + [line for _, lines in sections for line in lines]) + "\r\n"
