"""Requests to rendering processes that make agents or read what they are to know, and their answers."""

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from visavis.engine.agent_file import AgentVoice
from visavis.engine.performer import Manners
from visavis.ports.knowledge import DocumentKind
from visavis.worker.protocol.message import Message
from visavis.worker.protocol.request import Request


class VideoWatched(Message):
    """A video of a person was watched. The frame that shows the face best is in its file.

    Attributes:
        manners: How the person moves.
        at_s: Time of the frame.
    """

    type: Literal["video_watched"] = "video_watched"
    manners: Manners
    at_s: float


class VoiceMatched(Message):
    """The stock voice that is closest to a person's.

    Attributes:
        voice: The voice, with the person's tempo and pitch as far as it allows.
        pitch_hz: The person's pitch, in the middle; 0 if there is no voice in the sound.
        syllables_per_s: The person's tempo, without pauses; 0 if it could not be measured.
    """

    type: Literal["voice_matched"] = "voice_matched"
    voice: AgentVoice
    pitch_hz: float
    syllables_per_s: float


class ClipRendered(Message):
    """The picture of an agent and the clip in which it introduces itself are in their files.

    Attributes:
        duration_s: Length of the clip.
    """

    type: Literal["clip_rendered"] = "clip_rendered"
    duration_s: float


class DocumentRead(Message):
    """A document was read; it is in its file as a `visavis.ports.knowledge.Document`.

    Attributes:
        passages: Number of its passages.
    """

    type: Literal["document_read"] = "document_read"
    passages: int


class WatchRequest(Request[VideoWatched]):
    """Watch a video of a person.

    Attributes:
        video: The video.
        face: File to write the frame to that shows the face best, as a PNG.
    """

    result: ClassVar[type[Message]] = VideoWatched
    type: Literal["watch"] = "watch"
    video: Path
    face: Path


class VoiceRequest(Request[VoiceMatched]):
    """Find the stock voice that is closest to a person's.

    Attributes:
        sound: Sound file, or a video, in which the person speaks.
        language: BCP 47 tag of the language that it is to speak.
        max_rtf: Cost of a voice up to which it may be chosen, as `visavis.ports.VoiceInfo.rtf`.
    """

    result: ClassVar[type[Message]] = VoiceMatched
    type: Literal["voice"] = "voice"
    sound: Path
    language: str
    max_rtf: float


class ClipRequest(Request[ClipRendered]):
    """Draw the picture of an agent, and render the clip in which it introduces itself.

    Attributes:
        agent: Agent file.
        texts: What it says, in order of preference: the first that fits into the clip is taken.
        duration_s: Length of the clip.
        aspect_ratio: Aspect ratio of the picture, a key of `visavis.engine.framing.SIZES`.
        video_aspect_ratio: Aspect ratio of the clip, likewise.
        picture: File to write the picture to, as a JPEG.
        output: File to write the clip to.
    """

    result: ClassVar[type[Message]] = ClipRendered
    type: Literal["clip"] = "clip"
    agent: Path
    texts: tuple[str, ...] = Field(repr=False)
    duration_s: float
    aspect_ratio: str
    video_aspect_ratio: str
    picture: Path
    output: Path


class DocumentRequest(Request[DocumentRead]):
    """Read a document, cut it into passages, and say what each means.

    Attributes:
        file: The document.
        kind: What it is.
        max_passages: Number of passages that it may have.
        output: File to write the document to, as JSON.
    """

    result: ClassVar[type[Message]] = DocumentRead
    type: Literal["document"] = "document"
    file: Path
    kind: DocumentKind
    max_passages: int
    output: Path
