"""Whether sessions can be opened, at what price, and under which terms."""

from fastapi import APIRouter
from starlette.responses import PlainTextResponse

from visavis.core import leases
from visavis.surfaces.mirrorstage import wire
from visavis.surfaces.mirrorstage.context import Given

router = APIRouter(tags=["Paid sessions"])


@router.get("/health")
async def health(context: Given) -> wire.HealthAnswer:
    """Whether a session can be opened now, and what it costs."""
    settings = context.settings
    async with context.shared.database.transaction() as tx:
        capacity = await leases.measure(tx)
    can_pay = not settings.required or settings.is_possible
    is_free = capacity.slots > capacity.held
    return wire.HealthAnswer(
        status="available"
        if can_pay and is_free
        else "busy"
        if can_pay and capacity.slots
        else "unavailable",
        available=can_pay and is_free,
        livekit_enabled=True,
        livekit_url=context.shared.rooms.url,
        price_per_minute_usd=settings.price_per_minute_usd if settings.required else 0.0,
        free_trial_minutes=settings.free_minutes,
        min_duration_minutes=settings.min_minutes,
    )


@router.get("/tos", response_class=PlainTextResponse)
async def terms(context: Given) -> PlainTextResponse:
    """The terms of service, which every request for a session must accept."""
    return PlainTextResponse(context.terms)
