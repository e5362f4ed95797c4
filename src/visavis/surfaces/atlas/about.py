"""What the server says of itself and of the key that asks."""

from typing import Final

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from visavis.core import capacity, leases, rates
from visavis.core.identity import keys
from visavis.errors import DatabaseError
from visavis.surfaces.atlas import documented, wire
from visavis.surfaces.atlas.principals import KeyPrincipal
from visavis.surfaces.shared.context import Given

API_VERSION: Final = "8.0"
_DOWN: Final = 503
_ABOUT: Final = wire.About(
    name="Atlas API",
    version=API_VERSION,
    endpoints={
        "POST /v1/generate": "Audio + image → lip-sync avatar video",
        "POST /v1/tts/generate": "Text → speech (MP3)",
        "POST /v1/tts/generate-wav": "Text → speech (WAV)",
        "POST /v1/tts/generate-video": "Text + image → lip-sync avatar video",
        "GET /v1/jobs/{id}": "Get job status and details",
        "GET /v1/jobs/{id}/result": "Get presigned download URL for completed job output",
        "GET /v1/jobs": "List your recent jobs",
        "POST /v1/realtime/session": "Create realtime avatar session",
        "POST /v1/realtime/session/{id}/viewer": "Issue a view-only token for an active session",
        "GET /v1/realtime/session/{id}": "Get session status",
        "PATCH /v1/realtime/session/{id}": "Hot-swap face image mid-session",
        "DELETE /v1/realtime/session/{id}": "End session",
        "GET /v1/health": "Health check",
        "GET /v1/status": "System status",
        "GET /v1/me": "Your API key info and usage",
    },
    authentication="Authorization: Bearer <api_key>",
    flow={
        "offline": "POST → 202 {job_id} → poll GET /v1/jobs/{id} → GET /v1/jobs/{id}/result",
        "realtime": "POST /v1/realtime/session → connect to LiveKit with token → DELETE to end",
    },
)

router = APIRouter(tags=["Server"])


@router.get("/")
async def about() -> wire.About:
    """What this is and what it can do."""
    return _ABOUT


@router.get("/healthz")
async def alive() -> wire.Alive:
    """The process lives."""
    return wire.Alive(status="ok")


@router.get("/v1/health", responses={_DOWN: {"model": wire.HealthAnswer, "description": "A part is down."}})
async def health(context: Given, response: Response) -> wire.HealthAnswer:
    """Whether jobs and sessions can be taken in and done; 503 while a part is down."""
    try:
        async with context.database.transaction() as tx:
            room = await capacity.measure(tx)
    except DatabaseError:
        response.status_code = _DOWN
        return wire.HealthAnswer(status="offline", services=wire.HealthServices(avatar_generation="offline"))
    if not room.slots:
        response.status_code = _DOWN
        return wire.HealthAnswer(status="degraded", services=wire.HealthServices(avatar_generation="offline"))
    if not context.is_whole():
        response.status_code = _DOWN
        return wire.HealthAnswer(status="degraded", services=wire.HealthServices(avatar_generation="online"))
    return wire.HealthAnswer(
        status="all systems go", services=wire.HealthServices(avatar_generation="online")
    )


@router.get("/v1/status", responses=documented.errors(*documented.GENERAL))
async def status(_principal: KeyPrincipal, context: Given) -> wire.StatusAnswer:
    """Whether there is capacity: `available`, or `busy` when jobs, or live sessions, take all of theirs."""
    async with context.database.transaction() as tx:
        room = await capacity.measure(tx)
        live = await leases.measure(tx)
    jobs = "available" if room.is_free else "busy"
    avatars = "busy" if live.is_full else jobs
    return wire.StatusAnswer(
        status="operational" if room.slots and context.is_whole() else "degraded",
        services=wire.Services.model_validate({"avatar_generation": avatars, "voice_synthesis": jobs}),
    )


@router.get("/v1/me", responses=documented.errors(*documented.GENERAL))
async def me(principal: KeyPrincipal, context: Given) -> wire.MeAnswer:
    """Your key, its rate limit and plan."""
    async with context.database.transaction() as tx:
        key = await keys.read(tx, principal)
        rate = await rates.stand(tx, principal, default_rate=context.requests.requests_per_minute)
        used = await rates.requests_this_month(tx, principal)
    return wire.MeAnswer(
        authenticated=True,
        key_prefix=key.prefix,
        name=key.name,
        tier=key.tier,
        requests_used=used,
        rate_limit=wire.RateAnswer(
            requests_per_minute=rate.requests_per_minute,
            remaining=rate.remaining,
            resets_in=f"{rate.resets_in_s}s",
        ),
        billing="pay_as_you_go",
    )


@router.get("/metrics", include_in_schema=False)
async def metrics(context: Given) -> Response:
    """The metrics of this process and of the queue, for Prometheus."""
    async with context.database.transaction() as tx:
        jobs = await capacity.measure(tx)
        live = await leases.measure(tx)
    shown = context.metrics
    shown.jobs.labels("pending").set(jobs.pending)
    shown.jobs.labels("processing").set(jobs.processing)
    shown.slots.labels("all").set(jobs.slots)
    shown.slots.labels("busy").set(jobs.busy)
    shown.live_slots.labels("all").set(live.slots)
    shown.live_slots.labels("busy").set(live.held)
    return Response(generate_latest(shown.registry), media_type=CONTENT_TYPE_LATEST)
