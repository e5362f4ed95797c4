"""What was done and what it cost; who does it, and by which settings."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request, Response

from visavis.core import capacity, jobs
from visavis.core.billing import money, usage
from visavis.core.identity import keys
from visavis.core.schema import ApiKey, Job
from visavis.surfaces.console import wire
from visavis.surfaces.console.context import PREFIX
from visavis.surfaces.console.signed_in import Given, Operator, SignedIn
from visavis.surfaces.shared.links import link_to

_MAX_OFFSET: Final = 2**31
_MAX_DAYS: Final = 366
_PREVIEW_CHARS: Final = 100
_MS: Final = 1e3
# Some as the public API calls them, but for recordings, which are videos there.
_TYPES: Final = {
    jobs.VIDEO.name: "video",
    jobs.SPEECH.name: "tts",
    jobs.RECORDING.name: "recording",
    jobs.AVATAR_IMAGE.name: "avatar_image",
    jobs.AGENT.name: "agent",
}
_KINDS: Final = {type_: kind for kind, type_ in _TYPES.items()}
_WEEK_S: Final = 604_800

router = APIRouter(prefix=PREFIX)


@router.get("/jobs", tags=["Work"])
async def search_jobs(
    request: Request,
    principal: SignedIn,
    context: Given,
    words: Annotated[str, Query(max_length=200, description="In id, text, error code or key name.")] = "",
    status: Literal["pending", "processing", "completed", "failed"] | None = None,
    type: Literal["video", "tts", "recording", "avatar_image", "agent"] | None = None,  # noqa: A002 - as above
    limit: Annotated[int, Query(ge=1, le=100)] = 25,
    offset: Annotated[int, Query(ge=0, le=_MAX_OFFSET)] = 0,
) -> wire.JobPage:
    """Jobs of your keys, newest first."""
    wanted = jobs.Search(words.replace("\0", "").strip(), status, _KINDS[type] if type else None)
    async with context.shared.database.transaction() as tx:
        page = await jobs.search(tx, principal, wanted, limit=limit, offset=offset)
        of_id = await keys.by_id(tx, principal, {job.key_id for job in page.rows})
    rows = [await _job_row(job, of_id[job.key_id], request, context) for job in page.rows]
    return wire.JobPage(jobs=rows, count=page.count, limit=limit, offset=offset)


@router.get("/usage", tags=["Work"])
async def read_usage(
    principal: SignedIn,
    context: Given,
    days: Annotated[int, Query(ge=1, le=_MAX_DAYS, description="Days, today included.")] = 30,
) -> wire.UsageAnswer:
    """What your keys were billed for, by day (UTC), kind and key."""
    async with context.shared.database.transaction() as tx:
        found = await usage.by_day(tx, principal, days=days)
        of_id = await keys.by_id(tx, principal, {row.key_id for row in found})
    return wire.UsageAnswer(
        days=[
            wire.UsageRow(
                day=row.day,
                type=_TYPES.get(row.type, row.type),
                key_id=row.key_id,
                count=row.count,
                seconds=row.seconds,
                cost_usd=money.to_usd(row.cost_micros),
            )
            for row in found
        ],
        keys=[wire.KeyName(id=key.id, prefix=key.prefix, name=key.name) for key in of_id.values()],
        price_per_hour_usd=context.jobs.price_per_hour_usd,
        live_price_per_hour_usd=context.shared.live.price_per_hour_usd,
        conversation_price_per_hour_usd=context.shared.live.conversation_price_per_hour_usd,
    )


@router.get("/workers", tags=["Server"])
async def read_workers(_operator: Operator, context: Given) -> wire.WorkersAnswer:
    """The workers that live, and how much waits for them."""
    async with context.shared.database.transaction() as tx:
        live_workers = await capacity.live_workers(tx)
        room = await capacity.measure(tx)
    return wire.WorkersAnswer(
        workers=[
            wire.WorkerRow(
                id=live_worker.worker.id,
                slots=live_worker.worker.slots,
                busy=live_worker.worker.busy,
                live_slots=live_worker.worker.live_slots,
                live_busy=live_worker.live_busy,
                seen_at=live_worker.worker.seen_at,
            )
            for live_worker in live_workers
        ],
        pending=room.pending,
        processing=room.processing,
    )


@router.get("/settings", tags=["Server"])
async def read_settings(_operator: Operator, context: Given) -> wire.SettingsAnswer:
    """The settings of this server. They are set in its environment, when it starts."""
    return wire.SettingsAnswer(
        settings=[
            wire.SettingRow(
                name=row.name,
                value=row.value,
                default=row.default,
                is_set=row.is_set,
                is_secret=row.is_secret,
                description=row.description,
                group=row.group,
            )
            for row in context.settings
        ]
    )


@router.get("/default-face", tags=["Work"], response_class=Response)
async def read_default_face(context: Given) -> Response:
    """The built-in portrait, which belongs to nobody."""
    headers = {"Cache-Control": f"public, max-age={_WEEK_S}"}
    return Response(await context.default_face(), media_type="image/jpeg", headers=headers)


def _preview(text: str) -> str:
    """The beginning of a text, with a sign that there is more."""
    if len(text) <= _PREVIEW_CHARS:
        return text
    return f"{text[: _PREVIEW_CHARS - 1].rstrip()}…"


async def _job_row(job: Job, key: ApiKey, request: Request, context: Given) -> wire.ConsoleJobRow:
    latency_ms = None
    if job.started_at is not None and job.completed_at is not None:
        latency_ms = round((job.completed_at - job.started_at).total_seconds() * _MS)
    asked, made = jobs.input_of(job), jobs.output_of(job)
    result = jobs.available_result(job)
    return wire.ConsoleJobRow(
        job_id=job.id,
        type=_TYPES.get(job.kind, job.kind),
        status=job.status,
        key=wire.KeyName(id=key.id, prefix=key.prefix, name=key.name),
        is_key_revoked=key.revoked_at is not None,
        text_preview=_preview(asked.text) if asked.text else None,
        content_type=asked.content_type,
        created_at=job.created_at,
        started_at=job.started_at,
        completed_at=job.completed_at,
        latency_ms=latency_ms,
        duration_s=made.duration_s if made else None,
        result_bytes=made.size_bytes if made else None,
        has_result=result is not None,
        url=await link_to(context.shared, request, result) if result and not key.revoked_at else None,
        error_code=job.error_code,
    )
