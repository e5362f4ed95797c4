"""Recording live sessions: begun and ended by their key, finished by a job."""

from typing import Final

from fastapi import APIRouter, Request

from visavis.core import recordings
from visavis.surfaces.atlas import NAME, documented, error_responses, live_wire
from visavis.surfaces.atlas.principals import KeyPrincipal
from visavis.surfaces.atlas.realtime import SessionId
from visavis.surfaces.shared.context import Given

_PATH: Final = "/v1/realtime/session/{session_id}/recording"
_START: Final = (*documented.VIEWER, error_responses.SESSION_RATE, error_responses.STORAGE)

router = APIRouter(tags=["Realtime"])


@router.post(_PATH, responses=documented.errors(*_START))
async def start_recording(
    session_id: SessionId, request: Request, principal: KeyPrincipal, context: Given
) -> live_wire.Recording:
    """Record a running session: what its viewers see and hear, from now on.

    The recording ends with `DELETE`, with the session, or after the server's longest time. A job with the ID
    `job_id` then makes an MP4 file of it, and is found with `GET /v1/jobs/{job_id}` from that moment on. A
    session that is being recorded already gives the same ID again. A session that moves to another worker is
    recorded on there.
    """
    await context.store.check_room()
    base_url, per_minute = context.base_url(request), context.live.recordings_per_minute
    async with context.database.transaction() as tx:
        job_id = await recordings.start(
            tx, principal, session_id, surface=NAME, base_url=base_url, max_per_minute=per_minute
        )
    return live_wire.Recording(session_id=session_id, job_id=job_id, status="recording")


@router.delete(_PATH, responses=documented.errors(*documented.VIEWER))
async def stop_recording(
    session_id: SessionId, principal: KeyPrincipal, context: Given
) -> live_wire.Recording:
    """End the recording of a session."""
    async with context.database.transaction() as tx:
        job_id = await recordings.stop(tx, principal, session_id)
    return live_wire.Recording(session_id=session_id, job_id=job_id, status="saving")
