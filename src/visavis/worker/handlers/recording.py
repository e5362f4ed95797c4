"""Recordings of live sessions: put in order, marked as made by AI, and kept as results."""

from visavis.core.jobs import RecordingInput, VideoOutput
from visavis.worker.attempt import FETCHING, MARKING, RENDERING, STORING, Attempt
from visavis.worker.protocol import RemuxRequest
from visavis.worker.rendering_requests import run_request


async def handle(attempt: Attempt, wanted: RecordingInput) -> VideoOutput:
    """Finish a recording; see `Handler`."""
    context = attempt.context
    attempt.begin_stage(FETCHING)
    recorded = await attempt.fetch(wanted.video, "recorded.mp4")
    attempt.begin_stage(RENDERING)
    made = attempt.folder / "made.mp4"
    remuxed = await run_request(
        context.render_pool,
        RemuxRequest(video=recorded, output=made),
        limit_s=context.jobs.job_timeout_s or None,
    )
    attempt.begin_stage(MARKING)
    marked = await attempt.mark(made)
    attempt.begin_stage(STORING)
    return VideoOutput(
        path=await attempt.store(marked, wanted.content_type),
        size_bytes=marked.stat().st_size,
        duration_s=remuxed.duration_s,
    )
