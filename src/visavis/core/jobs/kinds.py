"""Job kinds: input, output, pool and price of each kind of job.

A new kind takes one `JobKind` in `KINDS`, and one module in `visavis.worker.handlers` with the name of the
kind. Inputs and outputs are stored as JSON in the row of the job.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from visavis.core import queue
from visavis.core.billing.prices import cost_micros
from visavis.core.schema import Job

MP4: Final = "video/mp4"
MP3: Final = "audio/mpeg"
WAV: Final = "audio/wav"
SRT: Final = "application/x-subrip"
VTT: Final = "text/vtt"
SUFFIXES: Final = {MP4: "mp4", MP3: "mp3", WAV: "wav", SRT: "srt", VTT: "vtt"}

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
    """

    content_type: str
    text: str | None = None
    chars: int | None = None

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
    """

    content_type: Literal["video/mp4"] = MP4
    image: StoredFile
    audio: StoredFile | None = None
    captions: CaptionMode = "none"

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


class SpeechInput(SpokenInput):
    """Input of a speech job: the text to speak."""

    content_type: Literal["audio/mpeg", "audio/wav"]


class SpeechOutput(JobOutput):
    """Output of a speech job.

    Attributes:
        sample_rate_hz: Sample rate.
    """

    sample_rate_hz: int


@dataclass(frozen=True)
class Prices:
    """Prices of the operator.

    Attributes:
        video_hour_micros: Price of an hour of video, in micro-dollars.
    """

    video_hour_micros: int


Input = TypeVar("Input", bound=JobInput)
Output = TypeVar("Output", bound=JobOutput)


@dataclass(frozen=True)
class JobKind(Generic[Input, Output]):
    """A kind of job.

    Attributes:
        name: Name in the database, and of the module in `visavis.worker.handlers` that handles the kind.
        input: Model of the input.
        output: Model of the output.
        pool: Name of the queue whose process pool handles the kind.
        cost_micros: Returns the cost of an output, in micro-dollars.
    """

    name: str
    input: type[Input]
    output: type[Output]
    pool: str
    cost_micros: Callable[[Output, Prices], int]


def _cost_of_video(output: VideoOutput, prices: Prices) -> int:
    return cost_micros(seconds=output.duration_s, per_hour_micros=prices.video_hour_micros)


def _free(_output: JobOutput, _prices: Prices) -> int:
    return 0


VIDEO: Final = JobKind("video", VideoInput, VideoOutput, queue.RENDERING, _cost_of_video)
SPEECH: Final = JobKind("speech", SpeechInput, SpeechOutput, queue.RENDERING, _free)

KINDS: Final[dict[str, JobKind[Any, Any]]] = {kind.name: kind for kind in (VIDEO, SPEECH)}


def input_of(job: Job) -> JobInput:
    """Input of a job, as the model of its kind."""
    asked: JobInput = KINDS[job.kind].input.model_validate(job.input)
    return asked


def output_of(job: Job) -> JobOutput | None:
    """Output of a job, as the model of its kind; `None` if it has none (yet)."""
    if job.output is None:
        return None
    made: JobOutput = KINDS[job.kind].output.model_validate(job.output)
    return made
