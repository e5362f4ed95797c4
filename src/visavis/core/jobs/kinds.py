"""Job kinds: input, output, pool and price of each kind of job.

A new kind takes one `JobKind` in `KINDS`, and one module in `visavis.worker.handlers` with the name of the
kind.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from visavis.core import queue
from visavis.core.billing.prices import cost_micros
from visavis.core.jobs.models import (
    AgentInput,
    AgentOutput,
    AvatarImageInput,
    AvatarImageOutput,
    JobInput,
    JobOutput,
    RecordingInput,
    SpeechInput,
    SpeechOutput,
    VideoInput,
    VideoOutput,
)
from visavis.core.schema import Job


@dataclass(frozen=True)
class Prices:
    """Prices of the operator.

    Attributes:
        video_hour_micros: Price of an hour of video, in micro-dollars.
        avatar_image_micros: Price of a picture of a character, in micro-dollars.
    """

    video_hour_micros: int
    avatar_image_micros: int = 0


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


def _cost_of_pictures(output: AvatarImageOutput, prices: Prices) -> int:
    return len(output.pictures) * prices.avatar_image_micros


def _free(_output: JobOutput, _prices: Prices) -> int:
    return 0


VIDEO: Final = JobKind("video", VideoInput, VideoOutput, queue.RENDERING, _cost_of_video)
SPEECH: Final = JobKind("speech", SpeechInput, SpeechOutput, queue.RENDERING, _free)
AVATAR_IMAGE: Final = JobKind(
    "avatar_image", AvatarImageInput, AvatarImageOutput, queue.RENDERING, _cost_of_pictures
)
AGENT: Final = JobKind("agent", AgentInput, AgentOutput, queue.RENDERING, _free)
RECORDING: Final = JobKind("recording", RecordingInput, VideoOutput, queue.RENDERING, _free)

KINDS: Final[dict[str, JobKind[Any, Any]]] = {
    kind.name: kind for kind in (VIDEO, SPEECH, AVATAR_IMAGE, AGENT, RECORDING)
}


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
