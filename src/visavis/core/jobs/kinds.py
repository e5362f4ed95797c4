"""Job kinds: what a job is given, what it makes, who does it and what it costs.

A new kind takes one `JobKind` in `KINDS`, and one module in `visavis.worker.handlers` with the name of the
kind. Inputs and outputs are kept as JSON in the row of the job.
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
SUFFIXES: Final = {MP4: "mp4", MP3: "mp3", WAV: "wav"}


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class StoredFile(_Record):
    """A file that a client sent.

    Attributes:
        size_bytes: Size of the file.
        path: Path in the object store; `None` once the file is deleted.
    """

    size_bytes: int
    path: str | None = None


class JobInput(_Record):
    """What a client asked for; each kind adds fields, and its files are fields of type `StoredFile`.

    Attributes:
        content_type: Media type of the result.
        text: What the client wrote. It can be searched, and is deleted when the job expires.
        chars: Length of the text, which outlives the text.
    """

    content_type: str
    text: str | None = None
    chars: int | None = None

    @property
    def files(self) -> dict[str, StoredFile]:
        """The files that the client sent, by field."""
        return {name: value for name, value in self if isinstance(value, StoredFile)}

    def without_files(self) -> Self:
        """The same after its files were deleted."""
        gone = {name: file.model_copy(update={"path": None}) for name, file in self.files.items()}
        return self.model_copy(update=gone)

    def without_text(self) -> Self:
        """The same without what the client wrote."""
        return self.model_copy(update={"text": None})


class JobOutput(_Record):
    """What a job made.

    Attributes:
        path: Path of the result in the object store; `None` once the result is deleted.
        size_bytes: Size of the result.
        duration_s: Length of a video or sound; 0 for results that have none.
        warnings: Sentences for the client about what was sent; the result can be used all the same.
    """

    path: str | None
    size_bytes: int
    duration_s: float = 0.0
    warnings: tuple[str, ...] = ()


class SpokenInput(JobInput):
    """What may have a text that is spoken.

    Attributes:
        language: Language of the text, as BCP 47 tag; `None` for the default.
        voice: Voice that speaks the text; `None` for the default.
    """

    language: str | None = None
    voice: str | None = None


class VideoInput(SpokenInput):
    """A face that says a sound, or a text.

    Attributes:
        image: The photo of the face.
        audio: The sound; `None` where a text is spoken.
    """

    content_type: Literal["video/mp4"] = MP4
    image: StoredFile
    audio: StoredFile | None = None


class VideoOutput(JobOutput):
    """A video."""


class SpeechInput(SpokenInput):
    """A text that is spoken."""

    content_type: Literal["audio/mpeg", "audio/wav"]


class SpeechOutput(JobOutput):
    """A sound.

    Attributes:
        sample_rate_hz: Its samples a second.
    """

    sample_rate_hz: int


@dataclass(frozen=True)
class Prices:
    """What the operator charges.

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
        name: Name in the database, and of the module in `visavis.worker.handlers` that does such jobs.
        input: Model of what is asked for.
        output: Model of what is made.
        pool: Name of the queue whose process pool does such jobs.
        cost_micros: Gives what an output costs, in micro-dollars.
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
    """What a job was given, as the model of its kind."""
    asked: JobInput = KINDS[job.kind].input.model_validate(job.input)
    return asked


def output_of(job: Job) -> JobOutput | None:
    """What a job made, as the model of its kind; `None` if it made nothing, or not yet."""
    if job.output is None:
        return None
    made: JobOutput = KINDS[job.kind].output.model_validate(job.output)
    return made
