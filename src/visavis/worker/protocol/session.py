"""Commands to the process of a live session, and the events that it reports."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from visavis.ports.video import VideoDestination
from visavis.realtime.ports import EndReason, VideoSettings
from visavis.worker.protocol.message import Message


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
        outputs: Servers that the video is sent to besides the room.
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
    outputs: tuple[VideoDestination, ...] = ()


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


class StartRecording(Message):
    """Record the session from now on.

    Attributes:
        sequence: Number of the session message that asks for it; `None` if another worker applied it.
        path: MP4 file to write.
        max_s: Length after which the recording ends.
    """

    type: Literal["start_recording"] = "start_recording"
    sequence: int | None
    path: Path
    max_s: float


class StopRecording(Message):
    """End the recording.

    Attributes:
        sequence: Number of the session message that asks for it.
    """

    type: Literal["stop_recording"] = "stop_recording"
    sequence: int


class DropSpeech(Message):
    """Be silent: who speaks for the avatar is gone, and what it sent is said again by another one."""

    type: Literal["drop_speech"] = "drop_speech"


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


SessionCommand = Annotated[
    BeginSession | SwapFace | StartRecording | StopRecording | DropSpeech | EndSession | MeasureCost,
    Field(discriminator="type"),
]


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


class TextSpoken(Message):
    """A sentence of a session message was spoken, or nothing more of it will be.

    Both processes of a session report it: the avatar's knows what was heard, also when the conversation's has
    died; the conversation's knows what was interrupted.

    Attributes:
        sequence: Number of the message.
        position: Number of its sentences that were spoken.
        is_done: Whether nothing more of it will be spoken.
    """

    type: Literal["text_spoken"] = "text_spoken"
    sequence: int
    position: int
    is_done: bool


class Applied(Message):
    """A session message was applied, or cannot be.

    Attributes:
        sequence: Number of the session message.
        error_code: Stable code of the error; `None` if it was applied.
    """

    type: Literal["applied"] = "applied"
    sequence: int
    error_code: str | None = None


class RecordingEnded(Message):
    """A recording has ended; its file is complete. It is not reported at the end of the session.

    Attributes:
        path: The file.
    """

    type: Literal["recording_ended"] = "recording_ended"
    path: Path


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
    Joined
    | TokenRefreshed
    | Showing
    | SpeakWanted
    | TextSpoken
    | Applied
    | RecordingEnded
    | SessionReport
    | CostMeasured
    | SessionOver,
    Field(discriminator="type"),
]
