"""Saved avatars: kept from a job, listed, renamed, deleted."""

import asyncio
import hashlib
import tempfile
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath

from visavis.core import avatars, jobs
from visavis.core.schema import FAILED, Avatar, Job
from visavis.errors import JobKindError, JobNotReadyError, RequestError, ResultMissingError, StoreError
from visavis.surfaces.avatars import answers, documented, error_responses
from visavis.surfaces.avatars.principals import KeyPrincipal
from visavis.surfaces.avatars.reading import read_fields
from visavis.surfaces.avatars.requests import RenameRequest, SaveRequest, validated
from visavis.surfaces.shared.context import Context, Given
from visavis.surfaces.shared.links import link_to

_MAX_OFFSET: Final = 2**31

router = APIRouter(prefix="/api/v1/avatars", tags=["Saved avatars"])
AvatarId = Annotated[str, InPath(max_length=100, description="As the saving gave it.")]
_ONE: Final = documented.errors(*documented.GENERAL, error_responses.NO_AVATAR)


@router.post(
    "/save",
    responses=documented.errors(*documented.SAVING),
    openapi_extra=documented.body(SaveRequest),
)
async def save(request: Request, principal: KeyPrincipal, context: Given) -> answers.SavedAvatarAnswer:
    """Keep a picture of a completed job as an avatar. From then on its ID is a face on every surface."""
    body = validated(SaveRequest, await read_fields(request))
    label, name = body.names
    async with context.database.transaction() as tx:
        job = await jobs.find(tx, principal, answers.job_id_of(body.job_id), surface=None)
    picture = _picture_of(job, body.image_index)
    await context.store.check_room()
    asked = jobs.input_of(job)
    avatar_id = avatars.new_id()
    path = avatars.picture_path(avatar_id, asked.content_type)
    with tempfile.TemporaryDirectory(prefix="avatar-", dir=context.folder) as folder:
        copy = Path(folder) / "picture"
        await context.store.fetch(picture.path, copy)
        digest = await asyncio.to_thread(lambda: hashlib.sha256(copy.read_bytes()).digest())
        await context.store.put(path, copy, content_type=asked.content_type)
    new = avatars.NewAvatar(
        id=avatar_id,
        label=label,
        name=name,
        content_type=asked.content_type,
        size_bytes=picture.size_bytes,
        digest=digest,
        job_id=job.id,
        client_reference_id=asked.client_reference_id,
        details=asked.metadata,
    )
    try:
        async with context.database.transaction() as tx:
            row = await avatars.save(tx, principal, new, max_avatars=context.images.max_saved_avatars)
    except BaseException:
        await _delete(context, path)
        raise
    return await _answer(context, request, row)


@router.get("", responses=documented.errors(*documented.GENERAL))
async def list_avatars(
    request: Request,
    principal: KeyPrincipal,
    context: Given,
    limit: Annotated[int, Query(ge=1, le=100, description="Avatars to return.")] = 20,
    offset: Annotated[int, Query(ge=0, le=_MAX_OFFSET, description="Avatars to skip.")] = 0,
) -> answers.AvatarList:
    """List your saved avatars, newest first."""
    async with context.database.transaction() as tx:
        page = await avatars.page(tx, principal, limit=limit, offset=offset)
    rows = [answers.saved_avatar(row, await link_to(context, request, row.path)) for row in page.rows]
    return answers.AvatarList(
        data=rows,
        total=page.count,
        total_count=page.count,
        has_more=offset + len(rows) < page.count,
        limit=limit,
        offset=offset,
    )


@router.get("/{avatar_id}", responses=_ONE)
async def get_avatar(
    avatar_id: AvatarId, request: Request, principal: KeyPrincipal, context: Given
) -> answers.SavedAvatarAnswer:
    """A saved avatar."""
    async with context.database.transaction() as tx:
        row = await avatars.find(tx, principal, avatar_id)
    return await _answer(context, request, row)


@router.patch(
    "/{avatar_id}",
    responses=_ONE | documented.errors(error_responses.INVALID_JSON, error_responses.INVALID_BODY),
    openapi_extra=documented.body(RenameRequest),
)
async def rename_avatar(
    avatar_id: AvatarId, request: Request, principal: KeyPrincipal, context: Given
) -> answers.SavedAvatarAnswer:
    """Give an avatar another label and name."""
    label, name = validated(RenameRequest, await read_fields(request)).names
    async with context.database.transaction() as tx:
        row = await avatars.rename(tx, principal, avatar_id, label=label, name=name)
    return await _answer(context, request, row)


@router.delete("/{avatar_id}", responses=_ONE)
async def delete_avatar(avatar_id: AvatarId, principal: KeyPrincipal, context: Given) -> answers.Deleted:
    """Delete an avatar. Sessions and jobs that show its face go on."""
    async with context.database.transaction() as tx:
        path = await avatars.remove(tx, principal, avatar_id)
    await _delete(context, path)
    return answers.Deleted(id=avatar_id)


def _picture_of(job: Job, index: int) -> jobs.AvatarPicture:
    """A picture of a job.

    Raises:
        JobKindError: The job makes something else.
        JobNotReadyError: The job has not completed.
        ResultMissingError: Its pictures have expired.
        RequestError: It has not so many.
    """
    if job.kind != jobs.AVATAR_IMAGE.name:
        raise JobKindError(error_responses.INVALID_JOB_TYPE.example)
    if job.status == FAILED:
        raise JobNotReadyError("The job failed. Only completed jobs can be saved.")
    jobs.result_path(job)
    pictures = jobs.available_pictures(job)
    if not pictures:
        raise ResultMissingError("The pictures of this job have expired.")
    if index >= len(pictures):
        raise RequestError(f"image_index: must be less than {len(pictures)}, the number of pictures.")
    return pictures[index]


async def _answer(context: Context, request: Request, row: Avatar) -> answers.SavedAvatarAnswer:
    return answers.saved_avatar_answer(row, await link_to(context, request, row.path))


async def _delete(context: Context, path: str) -> None:
    try:
        await context.store.delete([path])
    except StoreError:
        return  # garbage collection deletes it later
