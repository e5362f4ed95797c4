"""The webhooks of the surface: what clients are told when an agent is made, and how it is signed."""

import json
import time
from typing import Any

from visavis.core import rigs
from visavis.core.agents import AgentEnded
from visavis.core.schema import Event
from visavis.core.webhooks import WebhookRequest
from visavis.ports import ObjectStore
from visavis.surfaces.shared.absolute_links import absolute_link
from visavis.surfaces.shared.signatures import hex_signature

SIGNATURE, TIMESTAMP = "X-BitHuman-Signature", "X-BitHuman-Timestamp"
"""Headers, as the published clients of this API read them."""


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
