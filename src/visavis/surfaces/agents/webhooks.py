"""The webhooks of the surface: registered by clients, and told when an agent is ready or has failed."""

import json
import time
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from visavis.core import rigs, subscriptions, webhooks
from visavis.core.agents import AgentEnded
from visavis.core.schema import Event, Webhook
from visavis.core.webhooks import WebhookRequest
from visavis.ports import ObjectStore
from visavis.surfaces.agents import NAME
from visavis.surfaces.agents.documented import errors
from visavis.surfaces.agents.error_responses import NO_WEBHOOK
from visavis.surfaces.agents.principals import KeyPrincipal, PollingPrincipal
from visavis.surfaces.agents.wire import moment
from visavis.surfaces.shared.bodies import ABSENT_IF_EMPTY, BodyType
from visavis.surfaces.shared.context import Given
from visavis.surfaces.shared.fields import JSON, MAX_TEXT_BYTES
from visavis.surfaces.shared.links import absolute_link
from visavis.surfaces.shared.signatures import hex_signature

SIGNATURE, TIMESTAMP = "X-BitHuman-Signature", "X-BitHuman-Timestamp"
"""Headers, as the published clients of this API read them."""

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


class AgentWebhooks:
    """Renders the ends of agents' generation; an `EventRenderer`."""

    def __init__(self, store: ObjectStore, result_ttl_s: int) -> None:
        """Prepare.

        Args:
            store: The files, which makes links.
            result_ttl_s: How long a link works.
        """
        self._store, self._result_ttl_s = store, result_ttl_s

    async def __call__(self, event: Event, secret: str) -> WebhookRequest:
        """Render the end of a generation; see `EventRenderer`."""
        body = json.dumps(await self._body(event, AgentEnded.model_validate(event.payload))).encode()
        timestamp = str(int(time.time()))
        signed = f"sha256={hex_signature(secret, timestamp, body)}"
        return WebhookRequest(body, {TIMESTAMP: timestamp, SIGNATURE: signed})

    async def _body(self, event: Event, ended: AgentEnded) -> dict[str, Any]:
        paths = {
            "image_url": ended.picture_path,
            "video_url": ended.clip_path,
            "model_url": rigs.rig_path(ended.rig_id) if ended.rig_id else None,
        }
        links = {name: await self._link(ended, path) for name, path in paths.items()}
        return {
            "id": f"evt_{event.id}",
            "event": event.kind,
            "created_at": int(event.created_at.timestamp()),
            "data": {
                "agent_id": event.subject_id,
                "agent_code": event.subject_id,
                "status": ended.status,
                "name": ended.name,
                "error_message": ended.error,
                **links,
            },
        }

    async def _link(self, ended: AgentEnded, path: str | None) -> str | None:
        if path is None:
            return None
        return await absolute_link(self._store, path, base_url=ended.base_url, ttl_s=self._result_ttl_s)


def _row(row: Webhook) -> dict[str, Any]:
    return {
        "id": row.id,
        "url": row.url,
        "events": row.events,
        "description": row.description,
        "created_at": moment(row.created_at),
    }
