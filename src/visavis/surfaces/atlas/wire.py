"""What goes over the wire: field names and shapes of the API."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from visavis.core import jobs
from visavis.core.schema import COMPLETED, Job
from visavis.ports.video_options import VideoOptions
from visavis.surfaces.atlas.kinds import TYPES
from visavis.surfaces.shared.bodies import ABSENT_IF_EMPTY, File

PREVIEW_CHARS = 100

_JOB_ID = "a1b2c3d4e5f6"
_CREATED, _STARTED, _COMPLETED = "2026-03-25T16:47:07Z", "2026-03-25T16:47:09Z", "2026-03-25T16:47:52Z"


Photo = Annotated[File | None, Field(description="A photo of one face: PNG, JPEG or WebP.")]
AvatarId = Annotated[
    Annotated[str, Field(max_length=100)] | None,
    ABSENT_IF_EMPTY,
    WithJsonSchema({"type": "string", "maxLength": 100}),
    Field(description="A saved avatar, instead of the photo."),
]


Captions = Annotated[
    jobs.CaptionMode,
    Field(
        description="`burned` draws captions into the picture, `file` makes files (SRT and WebVTT). Speech "
        "that was sent is recognized for them."
    ),
]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


class ErrorAnswer(_Wire):
    """How every error looks."""

    error: str = Field(description="A stable code.")
    message: str = Field(description="For people.")
    retry_after_seconds: int | None = Field(
        default=None, description="Only there when trying again later helps."
    )


class Accepted(_Wire):
    """A job was taken in."""

    job_id: str = Field(pattern="^[0-9a-f]{12}$", examples=[_JOB_ID])
    status: str = Field(examples=["pending"])
    message: str = Field(examples=[f"Job accepted. Poll GET /v1/jobs/{_JOB_ID} for status."])


class JobInput(_Wire):
    """What was sent."""

    text_preview: str | None
    language: str | None
    chars: int | None
    audio_size: int | None = Field(examples=[105000])
    image_size: int | None = Field(examples=[52000])


class CaptionsAnswer(_Wire):
    """Files of captions; the links need no authorization."""

    srt: str = Field(examples=["https://storage.example.com/jobs/output.srt?signature=…"])
    vtt: str = Field(examples=["https://storage.example.com/jobs/output.vtt?signature=…"])


class JobOutput(_Wire):
    """What was made."""

    duration: float | None = Field(description="Seconds.")
    size_bytes: int | None = Field(examples=[4634000])
    sample_rate: int | None
    has_result: bool | None = Field(default=None, description="Only of completed jobs.")
    warnings: list[str] | None = Field(
        default=None,
        examples=[[]],
        description="Sentences about the photo and the sound that were sent. Only of completed jobs.",
    )
    captions: CaptionsAnswer | None = Field(
        default=None, description="Only of completed videos with captions in files."
    )


class Timing(_Wire):
    """When it happened."""

    created_at: str = Field(examples=[_CREATED])
    started_at: str | None = Field(examples=[_STARTED])
    completed_at: str | None = Field(examples=[_COMPLETED])
    latency_ms: int | None = Field(examples=[43000], description="From start to completion.")


class JobAnswer(_Wire):
    """A job."""

    job_id: str = Field(examples=[_JOB_ID])
    type: Literal["video", "tts"]
    status: Literal["pending", "processing", "completed", "failed"]
    queue_position: int = Field(description="1 is next; 0 is no longer waiting.")
    input: JobInput
    output: JobOutput
    error: str | None
    error_code: str | None
    timing: Timing
    url: str | None = Field(default=None, description="Only of completed jobs.")
    expires_in: int | None = Field(default=None, examples=[86400], description="Only of completed jobs.")
    result_url: str | None = Field(
        default=None, examples=[f"/v1/jobs/{_JOB_ID}/result"], description="Only of completed jobs."
    )


class JobRow(_Wire):
    """A job in a list."""

    job_id: str = Field(examples=[_JOB_ID])
    type: Literal["video", "tts"]
    status: Literal["pending", "processing", "completed", "failed"]
    created_at: str = Field(examples=[_CREATED])
    completed_at: str | None = Field(examples=[_COMPLETED])
    latency_ms: int | None = Field(examples=[43000])
    output_duration: float | None
    input_chars: int | None
    error_code: str | None


class JobList(_Wire):
    """Some of the account's jobs, newest first."""

    jobs: list[JobRow]
    count: int = Field(examples=[42], description="All jobs of the account.")
    limit: int = Field(examples=[20])
    offset: int = Field(examples=[0])


class ResultAnswer(_Wire):
    """Where the result is."""

    url: str = Field(
        examples=["https://storage.example.com/jobs/output.mp4?signature=…"],
        description="Needs no authorization.",
    )
    content_type: str = Field(examples=["video/mp4"])
    expires_in: int = Field(examples=[86400])


class RateAnswer(_Wire):
    """Where the key stands with its rate."""

    requests_per_minute: int = Field(examples=[30])
    remaining: int = Field(examples=[28])
    resets_in: str = Field(examples=["42s"])


class MeAnswer(_Wire):
    """The key that asks."""

    authenticated: bool
    key_prefix: str = Field(examples=["sk_live_A7xQ"])
    name: str = Field(examples=["My API Key"])
    tier: str = Field(examples=["starter"])
    requests_used: int = Field(examples=[14], description="Since the month began.")
    rate_limit: RateAnswer
    billing: str = Field(examples=["pay_as_you_go"])


class Services(_Wire):
    """Whether there is capacity."""

    avatar_generation: Literal["available", "busy"]
    voice_synthesis: Literal["available", "busy"]


class StatusAnswer(_Wire):
    """How busy the server is."""

    status: str = Field(examples=["operational"])
    services: Services


class HealthServices(_Wire):
    """What works."""

    avatar_generation: Literal["online", "degraded", "offline"]


class HealthAnswer(_Wire):
    """Whether jobs can be done."""

    status: str = Field(examples=["all systems go"])
    services: HealthServices


class Alive(_Wire):
    """The process lives."""

    status: Literal["ok"]


class About(_Wire):
    """What this is."""

    name: str
    version: str
    endpoints: dict[str, str]
    authentication: str
    flow: dict[str, str]


class SpeechRequest(BaseModel):
    """A text to be spoken."""

    model_config = ConfigDict(strict=True)

    text: str = Field(min_length=1, examples=["Hello, welcome to our demo."])
    voice: str = Field(
        default="", max_length=100, examples=["default"], description="An ID of `GET /v1/voices`."
    )
    language: str = Field(default="", max_length=35, examples=["en-us"], description="As BCP 47 tag.")
    callback_url: str | None = Field(default=None, description="Notified at the end; HTTPS.")


class GenerateForm(VideoOptions):
    """Speech, and a photo of who speaks."""

    audio: File = Field(
        description="Speech: WAV, MP3, OGG, WebM, MP4, M4A, AAC or FLAC; or the sound of a video."
    )
    image: Photo = None
    avatar_id: AvatarId = None
    captions: Captions = "none"


class _PhotoForm(BaseModel):
    image: Photo = None
    avatar_id: AvatarId = None


class SpeechVideoForm(SpeechRequest, _PhotoForm, VideoOptions):
    """A text to be spoken, and a photo of who speaks."""

    captions: Captions = "none"


def accepted(job: Job) -> Accepted:
    """The answer to a submission."""
    return Accepted(
        job_id=job.id, status=job.status, message=f"Job accepted. Poll GET /v1/jobs/{job.id} for status."
    )


def job_answer(
    job: Job, *, queue_position: int, url: str | None, captions: dict[str, str], ttl_s: int
) -> dict[str, Any]:
    """A job, with the fields that its status has.

    Args:
        job: The job.
        queue_position: Its place in the queue; 0 if it does not wait.
        url: Link to its result; `None` if there is none.
        captions: Links to its captions by format; empty if there are none.
        ttl_s: How long links work.
    """
    is_completed = job.status == COMPLETED
    asked, made = jobs.input_of(job), jobs.output_of(job)
    sizes = {name: file.size_bytes for name, file in asked.files.items()}
    output: dict[str, Any] = {
        "duration": made.duration_s if made else None,
        "size_bytes": made.size_bytes if made else None,
        "sample_rate": made.sample_rate_hz if isinstance(made, jobs.SpeechOutput) else None,
    }
    if is_completed:
        output |= {"has_result": url is not None, "warnings": list(made.warnings) if made else []}
        output |= {"captions": captions} if captions else {}
    said: dict[str, Any] = {
        "job_id": job.id,
        "type": TYPES[job.kind],
        "status": job.status,
        "queue_position": queue_position,
        "input": {
            "text_preview": asked.text[:PREVIEW_CHARS] if asked.text else None,
            "language": asked.language if isinstance(asked, jobs.SpokenInput) else None,
            "chars": asked.chars,
            "audio_size": sizes.get("audio"),
            "image_size": sizes.get("image"),
        },
        "output": output,
        "error": job.error,
        "error_code": job.error_code,
        "timing": {
            "created_at": moment(job.created_at),
            "started_at": moment(job.started_at),
            "completed_at": moment(job.completed_at),
            "latency_ms": latency_ms(job),
        },
    }
    if is_completed and url is not None:
        said |= {"url": url, "expires_in": ttl_s, "result_url": f"/v1/jobs/{job.id}/result"}
    return said


def job_row(job: Job) -> JobRow:
    """A job in a list."""
    made = jobs.output_of(job)
    return JobRow.model_validate(
        {
            "job_id": job.id,
            "type": TYPES[job.kind],
            "status": job.status,
            "created_at": moment(job.created_at),
            "completed_at": moment(job.completed_at),
            "latency_ms": latency_ms(job),
            "output_duration": made.duration_s if made else None,
            "input_chars": jobs.input_of(job).chars,
            "error_code": job.error_code,
        }
    )


def moment(at: datetime | None) -> str | None:
    """A time as the API writes it: UTC, whole seconds."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else None


def latency_ms(job: Job) -> int | None:
    """From start to completion."""
    if job.started_at is None or job.completed_at is None:
        return None
    return round((job.completed_at - job.started_at).total_seconds() * 1e3)
