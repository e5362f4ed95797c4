"""The webhooks of the surface: what clients are told at the end of a job, and how it is signed."""

import json
import time
from datetime import UTC, datetime
from typing import Any

from visavis.core.jobs import JobEnded
from visavis.core.schema import COMPLETED, Event
from visavis.core.webhooks import WebhookRequest
from visavis.ports import ObjectStore
from visavis.surfaces.atlas.kinds import TYPES
from visavis.surfaces.shared.absolute_links import absolute_link
from visavis.surfaces.shared.signatures import hex_signature


class JobWebhooks:
    """Renders the ends of jobs; an `EventRenderer`."""

    def __init__(self, store: ObjectStore, result_ttl_s: int) -> None:
        """Prepare.

        Args:
            store: The files, which makes links to results.
            result_ttl_s: How long such a link works.
        """
        self._store, self._result_ttl_s = store, result_ttl_s

    async def __call__(self, event: Event, secret: str) -> WebhookRequest:
        """Render the end of a job; see `EventRenderer`."""
        body = json.dumps(await self._body(event, JobEnded.model_validate(event.payload))).encode()
        timestamp = str(int(time.time()))
        headers = {
            "X-Atlas-Timestamp": timestamp,
            "X-Atlas-Signature": hex_signature(secret, timestamp, body),
        }
        return WebhookRequest(body, headers)

    async def _body(self, event: Event, ended: JobEnded) -> dict[str, Any]:
        said: dict[str, Any] = {
            "event": event.kind,
            "job_id": event.subject_id,
            "type": TYPES[ended.kind],
            "status": ended.status,
        }
        if ended.status == COMPLETED:
            said |= {
                "url": await self._link(ended),
                "expires_in": self._result_ttl_s,
                "result_url": f"{ended.base_url}/v1/jobs/{event.subject_id}/result",
            }
        else:
            said["error_code"] = ended.error_code
        said |= {"created_at": _moment(ended.created_at), "completed_at": _moment(ended.completed_at)}
        return said | ({"warnings": ended.warnings} if ended.status == COMPLETED else {})

    async def _link(self, ended: JobEnded) -> str | None:
        if ended.result_path is None or ended.expires_at <= datetime.now(UTC):
            return None
        return await absolute_link(
            self._store, ended.result_path, base_url=ended.base_url, ttl_s=self._result_ttl_s
        )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
