"""Inputs and outputs of the kinds of jobs, which are stored as JSON in the row of the job."""

from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict

from visavis.ports.images import Generator
from visavis.ports.video_options import VideoOptions

MP4: Final = "video/mp4"
MP3: Final = "audio/mpeg"
WAV: Final = "audio/wav"
SRT: Final = "application/x-subrip"
VTT: Final = "text/vtt"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
WEBP: Final = "image/webp"
RIG: Final = "application/x-visavis"
SUFFIXES: Final = {
    MP4: "mp4",
    MP3: "mp3",
    WAV: "wav",
    SRT: "srt",
    VTT: "vtt",
    PNG: "png",
    JPEG: "jpg",
    WEBP: "webp",
    RIG: "visavis",
}

CaptionMode = Literal["none", "burned", "file"]
"""No captions, captions in the picture, or captions in files."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class StoredFile(_Record):
    """A file that a client uploaded.

    Attributes:
        size_bytes: Size of the file.
        path: Path in the object store; `None` once the file is deleted.
    """

    size_bytes: int
    path: str | None = None


class JobInput(_Record):
    """Input of a job. Each kind adds fields; its files are fields of type `StoredFile`.

    Attributes:
        content_type: Media type of the result.
        text: Text of the client. It can be searched, and is deleted when the job expires.
        chars: Length of the text, which is kept after the text is deleted.
        client_reference_id: The client's own ID of the request; `None` if it has none.
        metadata: What the client wants to be told again with the job.
    """

    content_type: str
    text: str | None = None
    chars: int | None = None
    client_reference_id: str | None = None
    metadata: dict[str, str] = {}

    @property
    def result_count(self) -> int:
        """Number of results of each media type."""
        return 1

    @property
    def result_types(self) -> tuple[str, ...]:
        """Media types of the files that the job may make."""
        return (self.content_type,)

    @property
    def files(self) -> dict[str, StoredFile]:
        """Files that the client uploaded, by field."""
        return {name: value for name, value in self if isinstance(value, StoredFile)}

    def without_files(self) -> Self:
        """A copy, after its files were deleted."""
        gone = {name: file.model_copy(update={"path": None}) for name, file in self.files.items()}
        return self.model_copy(update=gone)

    def without_text(self) -> Self:
        """A copy without the client's text."""
        return self.model_copy(update={"text": None})


class JobOutput(_Record):
    """Output of a job.

    Attributes:
        path: Path of the result in the object store; `None` once the result is deleted.
        size_bytes: Size of the result.
        duration_s: Length of the video or audio; 0 for results that have none.
        warnings: Sentences for the client about the input. The result is usable in spite of them.
    """

    path: str | None
    size_bytes: int
    duration_s: float = 0.0
    warnings: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of all files that it has in the object store."""
        return (self.path,) if self.path else ()

    def without_files(self) -> Self:
        """The same after its files were deleted."""
        return self.model_copy(update={"path": None})


class SpokenInput(JobInput):
    """Input that may have a text to speak.

    Attributes:
        language: Language of the text, as a BCP 47 tag; `None` for the default.
        voice: Voice that speaks the text; `None` for the default.
    """

    language: str | None = None
    voice: str | None = None


class VideoInput(SpokenInput):
    """Input of a video: a face, and audio or a text.

    Attributes:
        image: Photo of the face.
        audio: The speech; `None` if a text is spoken.
        captions: Where the captions go.
        options: How the video is made.
    """

    content_type: Literal["video/mp4"] = MP4
    image: StoredFile
    audio: StoredFile | None = None
    captions: CaptionMode = "none"
    options: VideoOptions = VideoOptions()

    @property
    def result_types(self) -> tuple[str, ...]:
        """Media types of the files that the job may make."""
        return (self.content_type,) if self.captions == "none" else (self.content_type, SRT, VTT)


class VideoOutput(JobOutput):
    """Output of a video job.

    Attributes:
        srt_path: Path of the captions in the format SubRip; `None` if there are none, or they are deleted.
        vtt_path: Path of the captions in the format WebVTT, likewise.
    """

    srt_path: str | None = None
    vtt_path: str | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of all files that it has in the object store."""
        return tuple(path for path in (self.path, self.srt_path, self.vtt_path) if path)

    def without_files(self) -> Self:
        """The same after its files were deleted."""
        return self.model_copy(update={"path": None, "srt_path": None, "vtt_path": None})


class RecordedPart(StoredFile):
    """A part of what a worker recorded of a live session.

    Attributes:
        placement: Number of the worker among those that held the session.
        number: Number of the part; all parts of a worker, one after the other, are an MP4 file.
    """

    placement: int
    number: int


class RecordingInput(JobInput):
    """Input of the recording of a live session.

    Attributes:
        parts: What was recorded, in order; empty once it is deleted.
        session_id: ID of the session.
    """

    content_type: Literal["video/mp4"] = MP4
    parts: tuple[RecordedPart, ...]
    session_id: str

    @property
    def files(self) -> dict[str, StoredFile]:
        """The parts, by name."""
        return {f"{part.placement}-{part.number}": part for part in self.parts}

    def without_files(self) -> Self:
        """A copy, after its parts were deleted."""
        return self.model_copy(update={"parts": ()})


class SpeechInput(SpokenInput):
    """Input of a speech job: the text to speak."""

    content_type: Literal["audio/mpeg", "audio/wav"]


class SpeechOutput(JobOutput):
    """Output of a speech job.

    Attributes:
        sample_rate_hz: Sample rate.
    """

    sample_rate_hz: int


class AvatarImageInput(JobInput):
    """Input of pictures of a new character. The text describes it.

    Attributes:
        hints: Further words for the character, by what they are about.
        references: Pictures of the client.
        width_px: Width of the pictures.
        height_px: Height of the pictures.
        background: `scene`, `transparent`, or a colour as `#rrggbb`.
        count: Number of pictures, each of another character.
        seed: The same input and seed give the same pictures.
        effort: How much work a service puts into a picture, if it can be told.
        output: What the client asked the pictures to be like, in its own words.
        has_previews: Whether each character is also shown in a short video.
        generator: What makes the pictures: the painter, or the image service; `None` for the usual.
    """

    content_type: Literal["image/png", "image/jpeg", "image/webp"] = PNG
    hints: dict[str, str | tuple[str, ...]] = {}
    references: tuple[StoredFile, ...] = ()
    width_px: int
    height_px: int
    background: str = "scene"
    count: int = 1
    seed: int = 0
    effort: Literal["minimal", "high"] | None = None
    output: dict[str, str | int | bool] = {}
    has_previews: bool = False
    generator: Generator | None = None

    @property
    def result_count(self) -> int:
        """Number of pictures."""
        return self.count

    @property
    def result_types(self) -> tuple[str, ...]:
        """Media types of the pictures and of their previews."""
        return (self.content_type, MP4) if self.has_previews else (self.content_type,)

    @property
    def files(self) -> dict[str, StoredFile]:
        """The references, by name."""
        return {f"reference-{number}": file for number, file in enumerate(self.references, start=1)}

    def without_files(self) -> Self:
        """A copy, after its references were deleted."""
        gone = tuple(file.model_copy(update={"path": None}) for file in self.references)
        return self.model_copy(update={"references": gone})

    def without_text(self) -> Self:
        """A copy without the client's words."""
        return self.model_copy(update={"text": None, "hints": {}})


class AvatarPicture(_Record):
    """A picture of a character.

    Attributes:
        path: Path in the object store.
        size_bytes: Size of the file.
        understood: What was understood of the description.
        preview_path: Path of the video of the character; `None` if there is none.
    """

    path: str
    size_bytes: int
    understood: dict[str, Any] = {}
    preview_path: str | None = None


class AvatarImageOutput(JobOutput):
    """Output of a job that makes pictures of characters. Its path and size are those of the first one.

    Attributes:
        pictures: All pictures; empty once they are deleted.
    """

    pictures: tuple[AvatarPicture, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of all files that it has in the object store."""
        previews = (picture.preview_path for picture in self.pictures)
        return (*(picture.path for picture in self.pictures), *(path for path in previews if path))

    def without_files(self) -> Self:
        """The same after its files were deleted, and what tells of the client's words with them."""
        return self.model_copy(update={"path": None, "pictures": ()})


class AgentInput(JobInput):
    """Input of an agent. `text` is its prompt. Each of the files can be at a URL instead, or not given.

    Attributes:
        code: Code of the agent.
        image: Photo of the face; `image_url` is its URL.
        video: Video of the person, likewise.
        audio: Voice of the person, likewise.
        duration_s: Length of the clip in which it introduces itself.
        aspect_ratio: Aspect ratio of the picture.
        video_aspect_ratio: Aspect ratio of the clip.
    """

    content_type: Literal["application/x-visavis"] = RIG
    code: str
    image: StoredFile | None = None
    image_url: str | None = None
    video: StoredFile | None = None
    video_url: str | None = None
    audio: StoredFile | None = None
    audio_url: str | None = None
    duration_s: float
    aspect_ratio: str
    video_aspect_ratio: str

    @property
    def result_types(self) -> tuple[str, ...]:
        """None: the files belong to the agent, not to the job."""
        return ()


class AgentOutput(JobOutput):
    """Output of an agent. Its files are the agent's, so they do not expire with the job.

    Attributes:
        name: Name of the person.
        system_prompt: How it is to be.
        voice: Voice that it speaks with, as `visavis.ports.Voice`.
        manner: How it moves, as `visavis.engine.performer.Manners`.
        picture_path: Path of its picture in the object store.
        clip_path: Path of the clip.
        rig_id: ID of its rig.
    """

    path: None = None
    name: str
    system_prompt: str
    voice: dict[str, Any]
    manner: dict[str, Any]
    picture_path: str
    clip_path: str
    rig_id: str
