"""Requests to rendering processes, and their answers."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from visavis.ports.video_options import VideoOptions
from visavis.worker.protocol.agents import (
    ClipRendered,
    ClipRequest,
    DocumentRead,
    DocumentRequest,
    VideoWatched,
    VoiceMatched,
    VoiceRequest,
    WatchRequest,
)
from visavis.worker.protocol.message import Message
from visavis.worker.protocol.request import Request, SoundFormat


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


class PicturesChecked(Message):
    """The pictures can be read."""

    type: Literal["pictures_checked"] = "pictures_checked"


class Painted(Message):
    """The character is in its file.

    Attributes:
        understood: What was understood of its description, as a JSON object.
    """

    type: Literal["painted"] = "painted"
    understood: str = Field(repr=False)


class Fitted(Message):
    """The picture is in its file.

    Attributes:
        warnings: What may spoil the face in it, for people to read.
    """

    type: Literal["fitted"] = "fitted"
    warnings: tuple[str, ...] = ()


class Remuxed(Message):
    """The recording is in its file.

    Attributes:
        duration_s: Length of its video.
    """

    type: Literal["remuxed"] = "remuxed"
    duration_s: float


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
    Accepted
    | Checked
    | FaceFound
    | RigBuilt
    | VideoProgress
    | VideoRendered
    | SpeechRendered
    | PicturesChecked
    | Painted
    | Fitted
    | Remuxed
    | VideoWatched
    | VoiceMatched
    | ClipRendered
    | DocumentRead
    | Failed,
    Field(discriminator="type"),
]


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
        tempo: Factor on the voice's tempo.
        pitch: Factor on the voice's pitch.
    """

    text: str = Field(repr=False)
    language: str = ""
    voice: str = ""
    tempo: float = 1.0
    pitch: float = 1.0


class VideoRequest(Request[VideoRendered]):
    """Render a video of a face that speaks.

    Attributes:
        image: Photo of the face.
        speech: Sound file, or a text to be spoken.
        output: File to write the video to.
        captions: Where the captions go; files of captions lie beside the video.
        options: How the video is made.
    """

    result: ClassVar[type[Message]] = VideoRendered
    type: Literal["video"] = "video"
    image: Path
    speech: Path | SpokenText
    output: Path
    captions: Literal["none", "burned", "file"] = "none"
    options: VideoOptions = VideoOptions()


class SpeechRequest(Request[SpeechRendered]):
    """Render a spoken text as a sound file.

    Attributes:
        speech: The text, or its sound as a WAV file of float32.
        format: Format of the file; `pcm` is 16 bits, mono, 24 kHz, without a header.
        output: File to write the sound to.
    """

    result: ClassVar[type[Message]] = SpeechRendered
    type: Literal["speech"] = "speech"
    speech: Path | SpokenText
    format: SoundFormat
    output: Path


class PicturesRequest(Request[PicturesChecked]):
    """Look whether pictures can be read, whatever they show.

    Attributes:
        images: The pictures.
    """

    result: ClassVar[type[Message]] = PicturesChecked
    type: Literal["pictures"] = "pictures"
    images: tuple[Path, ...]


class PaintRequest(Request[Painted]):
    """Paint a character.

    Attributes:
        prompt: Description of the character.
        hints: Further words, by what they are about.
        references: Pictures that the character is to be inspired by.
        width_px: Width of the picture.
        height_px: Height of the picture.
        background: `scene`, `transparent`, or a colour as `#rrggbb`.
        seed: Another seed gives another character.
        output: PNG file to write.
    """

    result: ClassVar[type[Message]] = Painted
    type: Literal["paint"] = "paint"
    prompt: str = Field(repr=False)
    hints: dict[str, str | tuple[str, ...]] = Field(default={}, repr=False)
    references: tuple[Path, ...] = ()
    width_px: int
    height_px: int
    background: str
    seed: int
    output: Path


class FitRequest(Request[Fitted]):
    """Give the picture of a character its size and format, and look whether its face can speak.

    Attributes:
        image: The picture.
        width_px: Width of the result.
        height_px: Height of the result.
        background: `scene`, `transparent`, or a colour as `#rrggbb`.
        content_type: Media type of the result.
        output: File to write.
    """

    result: ClassVar[type[Message]] = Fitted
    type: Literal["fit"] = "fit"
    image: Path
    width_px: int
    height_px: int
    background: str
    content_type: Literal["image/png", "image/jpeg", "image/webp"]
    output: Path


class RemuxRequest(Request[Remuxed]):
    """Put a recording together.

    Attributes:
        videos: What each worker recorded, in order: fragmented MP4 files, of which the end may be missing.
        output: MP4 file to write, which begins with its index.
    """

    result: ClassVar[type[Message]] = Remuxed
    type: Literal["remux"] = "remux"
    videos: tuple[Path, ...]
    output: Path


RenderingRequest = Annotated[
    CheckRequest
    | FaceRequest
    | RigRequest
    | VideoRequest
    | SpeechRequest
    | PicturesRequest
    | PaintRequest
    | FitRequest
    | RemuxRequest
    | WatchRequest
    | VoiceRequest
    | ClipRequest
    | DocumentRequest,
    Field(discriminator="type"),
]
