"""The routes of webhooks: clients register, list and delete them."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from visavis.core import subscriptions, webhooks
from visavis.core.schema import Webhook
from visavis.surfaces.agents import NAME
from visavis.surfaces.agents.documented import errors
from visavis.surfaces.agents.error_responses import NO_WEBHOOK
from visavis.surfaces.agents.principals import KeyPrincipal, PollingPrincipal
from visavis.surfaces.agents.wire import moment
from visavis.surfaces.shared.bodies import ABSENT_IF_EMPTY, BodyType
from visavis.surfaces.shared.context import Given
from visavis.surfaces.shared.fields import JSON, MAX_TEXT_BYTES

router = APIRouter(tags=["Webhooks"])
WebhookId = Annotated[str, Path(description="ID of the webhook.", examples=["wh_0a1b2c3d4e5f6a7b"])]
_Kind = Literal["agent.ready", "agent.failed"]


class NewWebhook(BaseModel):
    """A webhook to register."""

    model_config = ConfigDict(strict=True)

    url: str = Field(description="HTTPS URL at a public address.")
    events: list[_Kind] = Field(default=[], max_length=8, description="Kinds of events; all if empty.")
    description: Annotated[str, StringConstraints(max_length=200), ABSENT_IF_EMPTY] = ""


class WebhookRow(BaseModel):
    """A webhook."""

    model_config = ConfigDict(frozen=True)

    id: str
    url: str
    events: list[str]
    description: str
    created_at: str


class WebhookCreated(WebhookRow):
    """A webhook that was registered, with the secret that signs what it is sent."""

    secret: str


class WebhookAnswer(BaseModel):
    """A webhook that was registered."""

    success: Literal[True] = True
    data: WebhookCreated


class WebhookList(BaseModel):
    """Webhooks, oldest first."""

    success: Literal[True] = True
    data: list[WebhookRow]


class WebhookDeleted(BaseModel):
    """A webhook was deleted."""

    success: Literal[True] = True
    deleted: Literal[True] = True


_NEW: Final = BodyType(NewWebhook, (JSON,))


@router.post("/v1/webhooks", responses=errors(), openapi_extra=_NEW.openapi())
async def register(request: Request, principal: KeyPrincipal, context: Given) -> WebhookAnswer:
    """Register a URL that is told when an agent is ready or has failed."""
    async with _NEW.read(request, folder=context.folder, max_bytes=0, max_json_bytes=MAX_TEXT_BYTES) as sent:
        body = sent.fields
    url = webhooks.check_url(body.url)
    await context.check_callback(url)
    async with context.database.transaction() as tx:
        row = await subscriptions.create(
            tx, principal, surface=NAME, url=url, events=body.events, description=body.description
        )
        secret = await webhooks.secret_of(tx, row.key_id, context.webhook_secret)
    return WebhookAnswer(data=WebhookCreated(**_row(row), secret=secret))


@router.get("/v1/webhooks", responses=errors())
async def list_webhooks(principal: PollingPrincipal, context: Given) -> WebhookList:
    """Your webhooks, without their secrets."""
    async with context.database.transaction() as tx:
        rows = await subscriptions.of_account(tx, principal, surface=NAME)
    return WebhookList(data=[WebhookRow(**_row(row)) for row in rows])


@router.delete("/v1/webhooks/{webhook_id}", responses=errors(NO_WEBHOOK))
async def delete(webhook_id: WebhookId, principal: KeyPrincipal, context: Given) -> WebhookDeleted:
    """Delete a webhook."""
    async with context.database.transaction() as tx:
        await subscriptions.delete(tx, principal, webhook_id, surface=NAME)
    return WebhookDeleted()


def _row(row: Webhook) -> dict[str, Any]:
    return {
        "id": row.id,
        "url": row.url,
        "events": row.events,
        "description": row.description,
        "created_at": moment(row.created_at),
    }
