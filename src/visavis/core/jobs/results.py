"""Results of jobs: where they are in the object store, while they are kept."""

from datetime import UTC, datetime

from visavis.core.jobs.kinds import output_of
from visavis.core.jobs.models import SRT, VTT, AvatarImageOutput, AvatarPicture, JobOutput, VideoOutput
from visavis.core.schema import PENDING, PROCESSING, Job
from visavis.errors import JobNotReadyError, ResultMissingError


def available_result(job: Job) -> str | None:
    """Path of the result in the object store; `None` if there is none (yet), or it has expired."""
    output = _available_output(job)
    return output.path if output else None


def available_captions(job: Job) -> dict[str, str]:
    """Paths of the captions of a video in the object store, by media type; empty if there are none."""
    output = _available_output(job)
    if not isinstance(output, VideoOutput):
        return {}
    paths = {SRT: output.srt_path, VTT: output.vtt_path}
    return {content_type: path for content_type, path in paths.items() if path}


def available_pictures(job: Job) -> tuple[AvatarPicture, ...]:
    """Pictures of characters that a job made; none if there are none (yet), or they have expired."""
    output = _available_output(job)
    return output.pictures if isinstance(output, AvatarImageOutput) else ()


def _available_output(job: Job) -> JobOutput | None:
    """What a job made; `None` if it is nothing (yet), or has expired."""
    is_expired = job.expires_at is not None and job.expires_at <= datetime.now(UTC)
    return None if is_expired else output_of(job)


def result_path(job: Job) -> str:
    """Path of the result in the object store.

    Raises:
        JobNotReadyError: The job is not finished.
        ResultMissingError: The job failed, or its result has expired.
    """
    _refuse_unfinished(job)
    path = available_result(job)
    if path is None:
        raise ResultMissingError("No stored output available for this job.")
    return path


def captions_path(job: Job, content_type: str) -> str:
    """Path of the captions of a video in the object store.

    Args:
        job: The job.
        content_type: `SRT` or `VTT`.

    Raises:
        JobNotReadyError: The job is not finished.
        ResultMissingError: The job has no captions in files, or they have expired.
    """
    _refuse_unfinished(job)
    path = available_captions(job).get(content_type)
    if path is None:
        raise ResultMissingError('This job has no captions in files. Ask for them with captions "file".')
    return path


def _refuse_unfinished(job: Job) -> None:
    if job.status in {PENDING, PROCESSING}:
        raise JobNotReadyError("The job is not done yet.")
