"""What a worker and its processes say to each other: one frozen model a message, one line of JSON each.

A process says `Ready` once, when it has loaded everything. A rendering process then gets one request at a
time: it answers `Accepted` when it has it, and after that with the result or `Failed`. The processes of a
live session and of its conversation get commands and tell events, each whenever there is something to say.
"""

from pathlib import Path
from typing import Annotated, ClassVar, Final, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from visavis.ports.conversation import ConversationConfig, TranscriptSegment
from visavis.realtime.ports import EndReason, VideoSettings

MAX_LINE_BYTES: Final = 1 << 20

_Result = TypeVar("_Result", bound="Message")


class Message(BaseModel):
    """A message. Its `type` tells which."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def to_line(self) -> bytes:
        """The message as a line of JSON, with its end."""
        return self.model_dump_json().encode() + b"\n"


class Ready(Message):
    """The process has loaded everything."""

    type: Literal["ready"] = "ready"


# Results of rendering processes.


class Accepted(Message):
    """The process has the request. If it dies from now on, the request may be why."""

    type: Literal["accepted"] = "accepted"


class Checked(Message):
    """The files can be used, as far as can be told quickly."""

    type: Literal["checked"] = "checked"


class FaceFound(Message):
    """Where the face in a photo is.

    Attributes:
        outline: Points of the face's outline (x, y), as shares of the picture's width and height.
        warnings: What may spoil the result, for people to read.
    """

    type: Literal["face_found"] = "face_found"
    outline: tuple[tuple[float, float], ...]
    warnings: tuple[str, ...]


class RigBuilt(Message):
    """The rig is in its file."""

    type: Literal["rig_built"] = "rig_built"


class VideoProgress(Message):
    """A video is being rendered; told every now and then before `VideoRendered`.

    Attributes:
        share: Share of the frames that are rendered, 0..1.
    """

    type: Literal["video_progress"] = "video_progress"
    share: float


class VideoRendered(Message):
    """The video is in its file.

    Attributes:
        duration_s: Length of the video.
        srt: File with captions in the format SubRip; `None` if there is none.
        vtt: File with captions in the format WebVTT; `None` if there is none.
        warnings: What may have spoiled the result, for people to read.
    """

    type: Literal["video_rendered"] = "video_rendered"
    duration_s: float
    srt: Path | None = None
    vtt: Path | None = None
    warnings: tuple[str, ...] = ()


class SpeechRendered(Message):
    """The speech is in its file.

    Attributes:
        duration_s: Length of the sound.
        sample_rate_hz: Sample rate of the file.
    """

    type: Literal["speech_rendered"] = "speech_rendered"
    duration_s: float
    sample_rate_hz: int


class Failed(Message):
    """The request failed.

    Attributes:
        code: Stable code of the error; see `visavis.errors`.
        message: For the person who sent the input.
    """

    type: Literal["failed"] = "failed"
    code: str
    message: str


RenderingAnswer = Annotated[
    Accepted | Checked | FaceFound | RigBuilt | VideoProgress | VideoRendered | SpeechRendered | Failed,
    Field(discriminator="type"),
]


# Requests to rendering processes.


class Request(Message, Generic[_Result]):
    """A request.

    Attributes:
        result: Kind of the answer to a request that succeeds.
    """

    result: ClassVar[type[Message]]


class CheckRequest(Request[Checked]):
    """Look whether files can be used.

    Attributes:
        image: Photo of a face.
        audio: Sound file.
        recognizes: Whether speech is to be recognized later.
    """

    result: ClassVar[type[Message]] = Checked
    type: Literal["check"] = "check"
    image: Path | None = None
    audio: Path | None = None
    recognizes: bool = False


class FaceRequest(Request[FaceFound]):
    """Find the face in a photo.

    Attributes:
        image: The photo.
    """

    result: ClassVar[type[Message]] = FaceFound
    type: Literal["face"] = "face"
    image: Path


class RigRequest(Request[RigBuilt]):
    """Build the rig of a face.

    Attributes:
        image: Photo of the face.
        output: File to write the rig to.
    """

    result: ClassVar[type[Message]] = RigBuilt
    type: Literal["rig"] = "rig"
    image: Path
    output: Path


class SpokenText(Message):
    """A text, and how it is spoken.

    Attributes:
        text: The text.
        language: BCP 47 tag; the synthesizer's default if empty.
        voice: Name of a voice; the language's default if empty.
    """

    text: str = Field(repr=False)
    language: str = ""
    voice: str = ""


class VideoRequest(Request[VideoRendered]):
    """Render a video of a face that speaks.

    Attributes:
        image: Photo of the face.
        speech: Sound file, or a text to be spoken.
        output: File to write the video to.
        captions: Where the captions go; files of captions lie beside the video.
    """

    result: ClassVar[type[Message]] = VideoRendered
    type: Literal["video"] = "video"
    image: Path
    speech: Path | SpokenText
    output: Path
    captions: Literal["none", "burned", "file"] = "none"


class SpeechRequest(Request[SpeechRendered]):
    """Render a spoken text as a sound file.

    Attributes:
        speech: The text, or its sound as a WAV file of float32.
        format: Format of the file.
        output: File to write the sound to.
    """

    result: ClassVar[type[Message]] = SpeechRendered
    type: Literal["speech"] = "speech"
    speech: Path | SpokenText
    format: Literal["mp3", "wav"]
    output: Path


RenderingRequest = Annotated[
    CheckRequest | FaceRequest | RigRequest | VideoRequest | SpeechRequest, Field(discriminator="type")
]


# Commands to the process of a live session.


class BeginSession(Message):
    """Join a room and play a session; given once.

    Attributes:
        server_url: Address of the room server.
        is_own_server: Whether the server is ours. One that a client named is dialled with care.
        token: Access token of the room.
        viewers_token: Access token of the viewers' room, if that is another one.
        rig: File of the face.
        video: How the video is sent.
        idle_timeout_s: Time without anybody to be heard after which the session ends.
        agent: Identity of the process of its conversation, which may have the avatar speak; `None` in rooms
            of others.
    """

    type: Literal["begin"] = "begin"
    server_url: str
    is_own_server: bool
    token: str = Field(repr=False)
    viewers_token: str | None = Field(default=None, repr=False)
    rig: Path
    video: VideoSettings
    idle_timeout_s: float
    agent: str | None = None


class SwapFace(Message):
    """Show another face.

    Attributes:
        sequence: Number of the session message that asks for it.
        rig: File of the face.
        face: Name of the face that viewers are told.
    """

    type: Literal["swap"] = "swap"
    sequence: int
    rig: Path
    face: str


class EndSession(Message):
    """Leave the room and end."""

    type: Literal["end"] = "end"


class MeasureCost(Message):
    """Measure the cost of a session on this machine; given instead of `BeginSession`.

    Attributes:
        video: How the video is sent.
    """

    type: Literal["measure"] = "measure"
    video: VideoSettings


SessionCommand = Annotated[BeginSession | SwapFace | EndSession | MeasureCost, Field(discriminator="type")]


# Events of the process of a live session.


class Joined(Message):
    """The avatar is in the room."""

    type: Literal["joined"] = "joined"


class TokenRefreshed(Message):
    """The room server has given a newer token to join again with.

    Attributes:
        token: The token.
    """

    type: Literal["token_refreshed"] = "token_refreshed"
    token: str = Field(repr=False)


class Showing(Message):
    """The first frame was shown."""

    type: Literal["showing"] = "showing"


class SpeakWanted(Message):
    """A client has sent a text for the avatar to say.

    Attributes:
        text: The text.
    """

    type: Literal["speak_wanted"] = "speak_wanted"
    text: str = Field(repr=False)


class Applied(Message):
    """A session message was applied, or cannot be.

    Attributes:
        sequence: Number of the session message.
        error_code: Stable code of the error; `None` if it was applied.
    """

    type: Literal["applied"] = "applied"
    sequence: int
    error_code: str | None = None


class SessionReport(Message):
    """Figures of a session: its counts so far, as in `visavis.realtime.ports.SessionStats`, and its delays.

    Attributes:
        delays_ms: Mean delay of each stage since the last report; see `visavis.realtime.delays`.
    """

    type: Literal["report"] = "report"
    frames: int
    skipped: int
    late: int
    stalls: int
    dropped_s: float
    delays_ms: dict[str, float]


class CostMeasured(Message):
    """The cost of a session.

    Attributes:
        cores: Processor seconds that a second of a session takes.
    """

    type: Literal["cost"] = "cost"
    cores: float


class SessionOver(Message):
    """The session is over; the process ends.

    Attributes:
        reason: Why.
        error_code: Stable code of the error if it failed.
    """

    type: Literal["over"] = "over"
    reason: EndReason
    error_code: str | None = None


SessionEvent = Annotated[
    Joined | TokenRefreshed | Showing | SpeakWanted | Applied | SessionReport | CostMeasured | SessionOver,
    Field(discriminator="type"),
]


# Commands to the process of a conversation.


class BeginConversation(Message):
    """Join a room and hold a conversation; given once.

    Attributes:
        server_url: Address of the room server.
        token: Access token of the room.
        avatar: Identity of the avatar that speaks.
        config: What the conversation is to be like.
        is_resumed: Whether it goes on after its process has died: then there is no greeting.
    """

    type: Literal["begin_conversation"] = "begin_conversation"
    server_url: str
    token: str = Field(repr=False)
    avatar: str
    config: ConversationConfig = Field(repr=False)
    is_resumed: bool = False


class SpeakText(Message):
    """Have the avatar say a text.

    Attributes:
        text: The text.
    """

    type: Literal["speak"] = "speak"
    text: str = Field(repr=False)


class EndConversation(Message):
    """Leave the room and end."""

    type: Literal["end_conversation"] = "end_conversation"


ConversationCommand = Annotated[BeginConversation | SpeakText | EndConversation, Field(discriminator="type")]


# Events of the process of a conversation.


class ConversationJoined(Message):
    """The agent is in the room.

    Attributes:
        memory_bytes: Memory that the process has, with its models.
    """

    type: Literal["conversation_joined"] = "conversation_joined"
    memory_bytes: int


class SegmentSaid(Message):
    """A segment of the transcript is final.

    Attributes:
        segment: The segment.
    """

    type: Literal["segment_said"] = "segment_said"
    segment: TranscriptSegment = Field(repr=False)


class ConversationOver(Message):
    """The conversation is over; the process ends.

    Attributes:
        error_code: Stable code of the error if it failed.
        was_sent_away: Whether the room was deleted, or another process has taken the place of this one.
    """

    type: Literal["conversation_over"] = "conversation_over"
    error_code: str | None = None
    was_sent_away: bool = False


ConversationEvent = Annotated[
    ConversationJoined | TokenRefreshed | SegmentSaid | ConversationOver, Field(discriminator="type")
]
