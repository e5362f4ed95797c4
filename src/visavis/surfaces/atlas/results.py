"""Asking after jobs, and fetching what they made."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import FileResponse

from visavis.core import jobs
from visavis.errors import ResultMissingError
from visavis.surfaces.atlas import NAME, documented, error_responses, wire
from visavis.surfaces.atlas.principals import KeyPrincipal, PollingPrincipal
from visavis.surfaces.shared.context import Given
from visavis.surfaces.shared.links import link_to

_MAX_OFFSET: Final = 2**31
_MEDIA_TYPES: Final = {suffix: kind for kind, suffix in jobs.SUFFIXES.items()}

_CAPTION_TYPES: Final = {"srt": jobs.SRT, "vtt": jobs.VTT}

router = APIRouter(tags=["Offline"])
CaptionFormat = Annotated[Literal["srt", "vtt"], Path(description="SubRip or WebVTT.")]
JobId = Annotated[str, Path(description="As the submission gave it.", examples=["a1b2c3d4e5f6"])]


@router.get("/v1/jobs", responses=documented.errors(*documented.GENERAL))
async def list_jobs(
    principal: KeyPrincipal,
    context: Given,
    limit: Annotated[int, Query(ge=1, le=100, description="Jobs to return.")] = 20,
    offset: Annotated[int, Query(ge=0, le=_MAX_OFFSET, description="Jobs to skip.")] = 0,
) -> wire.JobList:
    """List your recent jobs, newest first."""
    async with context.database.transaction() as tx:
        page = await jobs.page(tx, principal, surface=NAME, limit=limit, offset=offset)
    rows = [wire.job_row(job) for job in page.rows]
    return wire.JobList(jobs=rows, count=page.count, limit=limit, offset=offset)


@router.get(
    "/v1/jobs/{job_id}",
    responses={200: {"model": wire.JobAnswer}, **documented.errors(*documented.GENERAL)},
    response_model=None,
)
async def get_job(
    job_id: JobId, request: Request, principal: PollingPrincipal, context: Given
) -> dict[str, Any]:
    """Poll the status of a job. Call it in a loop until the job completes or fails."""
    async with context.database.transaction() as tx:
        job = await jobs.find(tx, principal, job_id, surface=NAME)
        position = await jobs.position(tx, job)
    ttl_s = context.storage.result_ttl_s
    path = jobs.available_result(job)
    url = await link_to(context, request, path) if path else None
    captions = {
        jobs.SUFFIXES[content_type]: await link_to(context, request, path)
        for content_type, path in jobs.available_captions(job).items()
    }
    return wire.job_answer(job, queue_position=position, url=url, captions=captions, ttl_s=ttl_s)


@router.get(
    "/v1/jobs/{job_id}/result",
    responses=documented.errors(
        *documented.GENERAL,
        error_responses.NO_OUTPUT,
        error_responses.NOT_READY,
        error_responses.URL_FAILED,
        error_responses.STORAGE_ERROR,
    ),
)
async def get_result(
    job_id: JobId, request: Request, principal: PollingPrincipal, context: Given
) -> wire.ResultAnswer:
    """A time-limited download URL of a completed job's output; it needs no authorization."""
    async with context.database.transaction() as tx:
        job = await jobs.find(tx, principal, job_id, surface=NAME)
    url = await link_to(context, request, jobs.result_path(job))
    return wire.ResultAnswer(
        url=url, content_type=jobs.input_of(job).content_type, expires_in=context.storage.result_ttl_s
    )


@router.get(
    "/v1/jobs/{job_id}/captions/{format}",
    responses=documented.errors(
        *documented.GENERAL,
        error_responses.NO_OUTPUT,
        error_responses.NOT_READY,
        error_responses.URL_FAILED,
        error_responses.STORAGE_ERROR,
    ),
)
async def get_captions(
    job_id: JobId,
    format: CaptionFormat,  # noqa: A002 - the name in the path
    request: Request,
    principal: PollingPrincipal,
    context: Given,
) -> wire.ResultAnswer:
    """A time-limited download URL of a completed video's captions; it needs no authorization."""
    async with context.database.transaction() as tx:
        job = await jobs.find(tx, principal, job_id, surface=NAME)
    content_type = _CAPTION_TYPES[format]
    url = await link_to(context, request, jobs.captions_path(job, content_type))
    return wire.ResultAnswer(url=url, content_type=content_type, expires_in=context.storage.result_ttl_s)


files = APIRouter(tags=["Files"])


@files.get("/v1/files/{name:path}", include_in_schema=False, response_class=FileResponse)
async def get_file(name: str, context: Given, expires: str = "", signature: str = "") -> FileResponse:
    """What a link leads to, where files are kept on this machine."""
    path = context.open_link(name, expires, signature) if context.open_link else None
    if path is None:
        raise ResultMissingError("The link is not valid or has expired.")
    suffix = path.suffix.removeprefix(".")
    return FileResponse(path, media_type=_MEDIA_TYPES.get(suffix, "application/octet-stream"))
