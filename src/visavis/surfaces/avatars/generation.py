"""Generation of avatar images: taking jobs in, and asking after them."""

import asyncio
import uuid
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response

from visavis.core import image_generators, jobs, webhooks
from visavis.core.identity.principals import Principal
from visavis.core.schema import COMPLETED, FAILED, Job
from visavis.errors import RequestError, StoreError
from visavis.surfaces.avatars import NAME, answers, documented, error_responses
from visavis.surfaces.avatars.principals import KeyPrincipal, PollingPrincipal
from visavis.surfaces.avatars.reading import SentGeneration, check_references, read_generation
from visavis.surfaces.avatars.requests import GenerateRequest
from visavis.surfaces.avatars.sizes import size_of
from visavis.surfaces.shared.context import Context, Given
from visavis.surfaces.shared.links import link_to

MAX_WAIT_S: Final = 30
DEFAULT_WAIT_S: Final = 20
_ACCEPTED: Final = 202
_MAX_KEY_CHARS: Final = 200
_MAX_QUERY_CHARS: Final = 500
_POLL_S: Final = 0.25

router = APIRouter(prefix="/api/v1", tags=["Generation"])
_Ignored = Annotated[
    str | None,
    Query(max_length=_MAX_QUERY_CHARS, description="Accepted. The answer always holds everything."),
]


@router.post(
    "/avatars/generate",
    status_code=_ACCEPTED,
    responses=documented.errors(*documented.GENERATION),
    openapi_extra=documented.body(GenerateRequest, documented.IDEMPOTENCY_KEY, documented.CALLBACK),
)
async def generate(
    request: Request, response: Response, principal: KeyPrincipal, context: Given
) -> answers.Accepted:
    """Make up a character from words and pictures. Ask for the job until it is completed."""
    idempotency_key = _idempotency_key(request)
    async with read_generation(request, context) as sent:
        job = await _earlier(principal, context, idempotency_key, sent) if idempotency_key else None
        if job is None:
            job, is_new = await _submit(request, principal, context, sent, idempotency_key)
        else:
            is_new = False
    if not is_new:
        response.headers["X-Idempotency-Replayed"] = "true"
    return answers.accepted(job)


@router.get("/jobs/{job_id}", responses=documented.errors(*documented.GENERAL, error_responses.NO_JOB))
async def get_job(
    job_id: Annotated[str, Path(max_length=100, description="As the generation gave it.")],
    request: Request,
    principal: PollingPrincipal,
    context: Given,
    wait_for_completion: Annotated[bool, Query(description="Answer when the job has ended.")] = False,
    timeout_seconds: Annotated[
        int, Query(ge=1, le=MAX_WAIT_S, description="Longest time to wait; then the job is shown as it is.")
    ] = DEFAULT_WAIT_S,
    expand: _Ignored = None,
    include: _Ignored = None,
    fields: _Ignored = None,
) -> answers.JobAnswer:
    """A job: how far it is, and its pictures."""
    del expand, include, fields
    wanted = answers.job_id_of(job_id)
    job = await _find(principal, context, wanted)
    if wait_for_completion:
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        while job.status not in {COMPLETED, FAILED} and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(_POLL_S)
            job = await _find(principal, context, wanted)
    pictures = [
        answers.LinkedPicture(
            picture,
            await link_to(context, request, picture.path),
            await link_to(context, request, picture.preview_path) if picture.preview_path else None,
        )
        for picture in jobs.available_pictures(job)
    ]
    return answers.job_answer(job, pictures)


async def _find(principal: Principal, context: Context, job_id: str) -> Job:
    async with context.database.transaction() as tx:
        return await jobs.find(tx, principal, job_id, surface=NAME)


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not 0 < len(key) <= _MAX_KEY_CHARS:
        raise RequestError(f"Idempotency-Key: must have 1 to {_MAX_KEY_CHARS} characters.")
    return key


async def _earlier(
    principal: Principal, context: Context, idempotency_key: str, sent: SentGeneration
) -> Job | None:
    async with context.database.transaction() as tx:
        return await jobs.find_earlier(tx, principal, idempotency_key, sent.digest, surface=NAME)


async def _submit(
    request: Request,
    principal: Principal,
    context: Context,
    sent: SentGeneration,
    idempotency_key: str | None,
) -> tuple[Job, bool]:
    """Check everything, store the references, and only then take the job in.

    Returns:
        The job, and whether it is a new one.
    """
    fields = sent.fields
    output = fields.output
    width_px, height_px = size_of(
        output.aspect_ratio, output.resolution, width=output.width, height=output.height
    )
    if output.background == "transparent" and output.format == jobs.JPEG:
        raise RequestError("output.background: a JPEG cannot be transparent. Use png or webp.")
    async with context.database.transaction() as tx:
        choice = await image_generators.read(tx, principal.account_id)
    generator = choice.resolve(fields.generator, has_service=context.images.url is not None)
    callback_url = await _callback(request, context, fields)
    await context.store.check_room()
    await check_references(context, sent.references, principal.owner)
    job_id = str(uuid.uuid4())
    references = []
    for number, file in enumerate(sent.references, start=1):
        path = jobs.path_for_upload(job_id, f"reference-{number}")
        await context.store.put(path, file.path, content_type=sent.content_types[number - 1])
        references.append(jobs.StoredFile(size_bytes=file.size_bytes, path=path))
    wanted = jobs.AvatarImageInput(
        content_type=output.format,
        text=fields.prompt,
        chars=len(fields.prompt),
        hints=fields.hints,
        references=tuple(references),
        width_px=width_px,
        height_px=height_px,
        background=output.background,
        count=output.count,
        seed=sent.seed,
        effort=output.thinking_intensity,
        has_previews=output.preview,
        generator=generator,
        output=output.model_dump(exclude_unset=True, exclude_none=True),
        client_reference_id=fields.client_reference_id,
        metadata=fields.metadata,
    )
    submission = jobs.Submission(
        id=job_id,
        kind=jobs.AVATAR_IMAGE,
        surface=NAME,
        input=wanted,
        base_url=context.base_url(request),
        callback_url=callback_url,
        idempotency_key=idempotency_key,
        fingerprint=sent.digest if idempotency_key else None,
    )
    try:
        async with context.database.transaction() as tx:
            job = await jobs.submit(tx, principal, submission)
    except BaseException:
        await _discard(context, wanted)
        raise
    if job.id != job_id:
        await _discard(context, wanted)
    return job, job.id == job_id


async def _discard(context: Context, wanted: jobs.AvatarImageInput) -> None:
    try:
        await context.store.delete([file.path for file in wanted.files.values() if file.path])
    except StoreError:
        return  # garbage collection deletes it later


async def _callback(request: Request, context: Context, fields: GenerateRequest) -> str | None:
    url = request.headers.get("x-callback-url") or fields.callback_url or fields.webhook_url
    if not url:
        return None
    url = webhooks.check_url(url)
    await context.check_callback(url)
    return url
