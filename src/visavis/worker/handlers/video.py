"""Video jobs: a face, and audio or a text, in; a video out."""

from visavis.core.jobs import SRT, VTT, VideoInput, VideoOutput
from visavis.worker.attempt import FETCHING, MARKING, RENDERING, STORING, Attempt
from visavis.worker.protocol import VideoRequest
from visavis.worker.rendering_requests import run_request
from visavis.worker.spoken import spoken


async def handle(attempt: Attempt, wanted: VideoInput) -> VideoOutput:
    """Render a video and mark it as made by AI; see `Handler`."""
    context = attempt.context
    attempt.begin_stage(FETCHING)
    image = await attempt.fetch(wanted.image, "image")
    speech = await attempt.fetch(wanted.audio, "audio") if wanted.audio else await spoken(attempt, wanted)
    attempt.begin_stage(RENDERING)
    made = attempt.folder / "made.mp4"
    rendered = await run_request(
        context.render_pool,
        VideoRequest(
            image=image, speech=speech, output=made, captions=wanted.captions, options=wanted.options
        ),
        limit_s=context.jobs.job_timeout_s or None,
        on_progress=attempt.report_rendered,
    )
    attempt.begin_stage(MARKING)
    marked = await attempt.mark(made)
    attempt.begin_stage(STORING)
    return VideoOutput(
        path=await attempt.store(marked, wanted.content_type),
        size_bytes=marked.stat().st_size,
        duration_s=rendered.duration_s,
        warnings=rendered.warnings,
        srt_path=await attempt.store(rendered.srt, SRT) if rendered.srt else None,
        vtt_path=await attempt.store(rendered.vtt, VTT) if rendered.vtt else None,
    )
