"""The webhooks of the surface: what clients are told at the end of a job, and how it is signed.

The headers are those of Standard Webhooks, so that clients can verify them with its libraries.
"""

import base64
import binascii
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime
from typing import Any, Final

from visavis.core.jobs import MP4, SUFFIXES, JobEnded
from visavis.core.schema import Event
from visavis.core.webhooks import WebhookRequest
from visavis.ports import ObjectStore
from visavis.surfaces.avatars.answers import JOB_TYPE, request_id, unix
from visavis.surfaces.shared.absolute_links import absolute_link

_BEGIN: Final = "whsec_"
_VIDEO: Final = f".{SUFFIXES[MP4]}"  # of previews, which are told with the job


class AvatarWebhooks:
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
        message_id, timestamp = f"evt_{event.id}", str(int(time.time()))
        body = json.dumps(await self._body(message_id, event)).encode()
        headers = {
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": f"v1,{signature(secret, message_id, timestamp, body)}",
        }
        return WebhookRequest(body, headers)

    async def _body(self, message_id: str, event: Event) -> dict[str, Any]:
        ended = JobEnded.model_validate(event.payload)
        pictures = [path for path in ended.result_paths if not path.endswith(_VIDEO)]
        links = [await self._link(ended, path) for path in pictures if _is_kept(ended)]
        avatar = {"image_url": links[0], "images": [{"image_url": link} for link in links]} if links else None
        return {
            "id": message_id,
            "type": f"avatar.{ended.status}",
            "created_at": unix(ended.completed_at),
            "data": {
                "id": event.subject_id,
                "job_id": event.subject_id,
                "request_id": request_id(event.subject_id),
                "type": JOB_TYPE,
                "status": ended.status,
                "client_reference_id": ended.client_reference_id,
                "metadata": ended.metadata,
                "result_url": links[0] if links else None,
                "avatar": avatar,
                "error_code": ended.error_code,
                "created_at": unix(ended.created_at),
                "updated_at": unix(ended.completed_at),
            },
        }

    async def _link(self, ended: JobEnded, path: str) -> str:
        return await absolute_link(self._store, path, base_url=ended.base_url, ttl_s=self._result_ttl_s)


def _is_kept(ended: JobEnded) -> bool:
    return ended.expires_at > datetime.now(UTC)


def signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 of `id.timestamp.body` in base64, as Standard Webhooks has it.

    The key is what follows `whsec_` in the secret, decoded as base64. A secret of the operator that is no
    base64 is the key as it is.
    """
    text = secret.removeprefix(_BEGIN)
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = text.encode()
    signed = message_id.encode() + b"." + timestamp.encode() + b"." + body
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
