"""What clients read: the shapes of answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from visavis.core import jobs
from visavis.core.schema import COMPLETED, FAILED, PENDING, PROCESSING, Avatar, Job
from visavis.ports.images import Generator

JOB_TYPE: Final = "avatar_generation"
_REQUEST_BEGIN: Final = "req_pi_"
_STATUSES: Final = {
    PENDING: "queued",
    PROCESSING: "processing",
    COMPLETED: "completed",
    FAILED: "failed",
}
_JOB_ID: Final = "3f1c9a52-6d0e-4b8f-9a57-2f6f0c1d7e11"
_REQUEST_ID: Final = f"{_REQUEST_BEGIN}3f1c9a526d0e4b8f9a572f6f0c1d7e11"
_AVATAR_ID: Final = "b8a3d2f4-0b6c-4a38-8f0e-55a6c2f9e0d7"
_AT: Final = 1790899200
_LINK: Final = "https://avatars.example.com/v1/files/results/3f1c9a52/1.png?expires=…&signature=…"


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


class ErrorBody(_Wire):
    """An error."""

    type: str = Field(examples=["invalid_request_error"])
    code: str = Field(description="A stable code.", examples=["invalid_request_body"])
    message: str = Field(description="For people.")
    request_id: str = Field(description="As in the header `X-Request-Id`.", examples=["req_0a1b2c3d4e5f6071"])


class ErrorAnswer(_Wire):
    """How every error looks."""

    error: ErrorBody


class JobReference(_Wire):
    """A job, by its ID."""

    job_id: str = Field(examples=[_JOB_ID])


class Accepted(_Wire):
    """A job was taken in."""

    id: str = Field(pattern="^req_pi_[0-9a-f]{32}$", examples=[_REQUEST_ID])
    object: Literal["job"] = "job"
    status: Literal["queued", "processing", "completed", "failed"]
    created_at: int = Field(description="Unix time.", examples=[_AT])
    job_id: str = Field(examples=[_JOB_ID])
    data: JobReference


class JobPicture(_Wire):
    """A picture of a character."""

    image_url: str = Field(description="Needs no authorization, and works for a day.", examples=[_LINK])
    content_type: str = Field(examples=["image/png"])
    size_bytes: int
    understood: dict[str, Any] = Field(description="What was understood of the description.")
    preview_url: str | None = Field(
        description="Link to a short video of the character, if `output.preview` asked for it."
    )


class GeneratedAvatar(_Wire):
    """What a job made. The first picture stands here, too."""

    image_url: str = Field(examples=[_LINK])
    content_type: str = Field(examples=["image/png"])
    width: int
    height: int
    images: list[JobPicture] = Field(description="All pictures of the job.")
    warnings: list[str] = Field(description="Sentences about the faces in them.")


class JobData(_Wire):
    """A job in full."""

    id: str = Field(examples=[_JOB_ID])
    org_id: str = Field(description="The account.", examples=["org_12"])
    type: Literal["avatar_generation"] = "avatar_generation"
    status: Literal["queued", "processing", "completed", "failed"]
    progress: float = Field(description="Finished share, 0 to 1.")
    payload: dict[str, Any] = Field(
        description="What was asked for, without the pictures, and what was understood of it (`understood`)."
    )
    client_reference_id: str | None
    metadata: dict[str, str]
    result_url: str | None = Field(description="Link to the first picture.")
    error_log: str | None = Field(description="Why the job failed.")
    error_code: str | None
    created_at: int = Field(description="Unix time.", examples=[_AT])
    updated_at: int = Field(description="Unix time.", examples=[_AT])
    avatar: GeneratedAvatar | None = Field(description="Only of completed jobs whose pictures are kept.")


class JobAnswer(_Wire):
    """A job."""

    id: str = Field(examples=[_REQUEST_ID])
    object: Literal["job"] = "job"
    status: Literal["queued", "processing", "completed", "failed"]
    created_at: int = Field(description="Unix time.", examples=[_AT])
    client_reference_id: str | None
    metadata: dict[str, str]
    data: JobData


class SavedAvatar(_Wire):
    """A saved avatar."""

    id: str = Field(description="A face on every surface, as `avatar_id`.", examples=[_AVATAR_ID])
    object: Literal["saved_avatar"] = "saved_avatar"
    label: str = Field(examples=["CEO hero v2"])
    name: str = Field(examples=["CEO hero v2"])
    image_url: str = Field(description="Needs no authorization, and works for a day.", examples=[_LINK])
    job_id: str = Field(examples=[_JOB_ID])
    created_at: int = Field(description="Unix time.", examples=[_AT])
    client_reference_id: str | None
    metadata: dict[str, str]


class SavedAvatarAnswer(SavedAvatar):
    """A saved avatar. `data` and `avatar` are the same again, for clients that read it there."""

    data: SavedAvatar
    avatar: SavedAvatar


class AvatarList(_Wire):
    """Some of the account's avatars, newest first."""

    object: Literal["list"] = "list"
    data: list[SavedAvatar]
    total: int = Field(description="All avatars of the account.")
    total_count: int = Field(description="The same.")
    has_more: bool
    limit: int
    offset: int


class AvatarSettings(_Wire):
    """What makes the pictures of an account."""

    object: Literal["avatar_settings"] = "avatar_settings"
    generator: Generator | None = Field(description="What the account chose, or its operator.")
    used_generator: Generator = Field(description="What makes the pictures of requests that name nothing.")
    may_choose: bool = Field(
        description="Whether the account and its requests may choose. Without an image service there is no "
        "choice."
    )


class Deleted(_Wire):
    """An avatar was deleted."""

    id: str = Field(examples=[_AVATAR_ID])
    object: Literal["saved_avatar"] = "saved_avatar"
    deleted: Literal[True] = True


class LinkedPicture(NamedTuple):
    """A picture of a job, with links to its file and to its preview, if it has one."""

    picture: jobs.AvatarPicture
    url: str
    preview_url: str | None


def request_id(job_id: str) -> str:
    """ID of the request that submitted a job."""
    return _REQUEST_BEGIN + job_id.replace("-", "")


def job_id_of(text: str) -> str:
    """ID of a job, from itself or from the ID of its request."""
    digits = text.removeprefix(_REQUEST_BEGIN)
    if digits == text:
        return text
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def unix(at: datetime) -> int:
    """A time as the API writes it."""
    return int(at.timestamp())


def accepted(job: Job) -> Accepted:
    """The answer to a submission, which is the same whenever it is given again."""
    return Accepted(
        id=request_id(job.id),
        status="queued",
        created_at=unix(job.created_at),
        job_id=job.id,
        data=JobReference(job_id=job.id),
    )


def job_answer(job: Job, pictures: Sequence[LinkedPicture]) -> JobAnswer:
    """A job.

    Args:
        job: The job.
        pictures: Its pictures, each with its links; none if there are none (yet).
    """
    asked, made = jobs.input_of(job), jobs.output_of(job)
    images = [
        JobPicture(
            image_url=url,
            content_type=asked.content_type,
            size_bytes=picture.size_bytes,
            understood=picture.understood,
            preview_url=preview_url,
        )
        for picture, url, preview_url in pictures
    ]
    avatar = None
    if images and isinstance(asked, jobs.AvatarImageInput):
        avatar = GeneratedAvatar(
            image_url=images[0].image_url,
            content_type=images[0].content_type,
            width=asked.width_px,
            height=asked.height_px,
            images=images,
            warnings=list(made.warnings) if made else [],
        )
    return JobAnswer.model_validate(
        {
            "id": request_id(job.id),
            "status": _STATUSES[job.status],
            "created_at": unix(job.created_at),
            "client_reference_id": asked.client_reference_id,
            "metadata": asked.metadata,
            "data": {
                "id": job.id,
                "org_id": f"org_{job.account_id}",
                "status": _STATUSES[job.status],
                "progress": job.progress,
                "payload": _payload(asked, images),
                "client_reference_id": asked.client_reference_id,
                "metadata": asked.metadata,
                "result_url": images[0].image_url if images else None,
                "error_log": job.error,
                "error_code": job.error_code,
                "created_at": unix(job.created_at),
                "updated_at": unix(job.completed_at or job.started_at or job.created_at),
                "avatar": avatar,
            },
        }
    )


def _payload(asked: jobs.JobInput, images: list[JobPicture]) -> dict[str, Any]:
    if not isinstance(asked, jobs.AvatarImageInput):
        return {}
    return {
        "prompt": asked.text,
        "hints": asked.hints,
        "reference_image_count": len(asked.references),
        "output": asked.output | {"width": asked.width_px, "height": asked.height_px},
        "generator": asked.generator,
        "seed": asked.seed,
        "client_reference_id": asked.client_reference_id,
        "metadata": asked.metadata,
        "understood": images[0].understood if images else None,
    }


def saved_avatar(row: Avatar, link: str) -> SavedAvatar:
    """A saved avatar.

    Args:
        row: Its row.
        link: Link to its picture.
    """
    return SavedAvatar(
        id=row.id,
        label=row.label,
        name=row.name,
        image_url=link,
        job_id=row.job_id,
        created_at=unix(row.created_at),
        client_reference_id=row.client_reference_id,
        metadata=row.details,
    )


def saved_avatar_answer(row: Avatar, link: str) -> SavedAvatarAnswer:
    """The answer with one saved avatar."""
    avatar = saved_avatar(row, link)
    return SavedAvatarAnswer(**avatar.model_dump(), data=avatar, avatar=avatar)
