"""Speech jobs: a text in, audio out."""

from typing import Final, Literal

from visavis.core.jobs import MP3, WAV, SpeechInput, SpeechOutput
from visavis.worker.attempt import RENDERING, STORING, Attempt
from visavis.worker.protocol import SpeechRequest
from visavis.worker.rendering_requests import run_request
from visavis.worker.spoken import spoken

_FORMATS: Final[dict[str, Literal["mp3", "wav"]]] = {MP3: "mp3", WAV: "wav"}


async def handle(attempt: Attempt, wanted: SpeechInput) -> SpeechOutput:
    """Speak a text; see `Handler`."""
    context = attempt.context
    attempt.begin_stage(RENDERING)
    sound_format = _FORMATS[wanted.content_type]
    made = attempt.folder / f"made.{sound_format}"
    rendered = await run_request(
        context.render_pool,
        SpeechRequest(speech=await spoken(attempt, wanted), format=sound_format, output=made),
        limit_s=context.jobs.job_timeout_s or None,
    )
    attempt.begin_stage(STORING)
    return SpeechOutput(
        path=await attempt.store(made, wanted.content_type),
        size_bytes=made.stat().st_size,
        duration_s=rendered.duration_s,
        sample_rate_hz=rendered.sample_rate_hz,
    )
