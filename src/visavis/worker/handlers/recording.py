"""Recordings of live sessions: put together, marked as made by AI, and kept as results."""

import asyncio
import shutil
from pathlib import Path

from visavis.core.jobs import RecordingInput, VideoOutput
from visavis.worker.attempt import FETCHING, MARKING, RENDERING, STORING, Attempt
from visavis.worker.protocol import RemuxRequest
from visavis.worker.rendering_requests import run_request


async def handle(attempt: Attempt, wanted: RecordingInput) -> VideoOutput:
    """Finish a recording; see `Handler`."""
    context = attempt.context
    attempt.begin_stage(FETCHING)
    recorded = await _fetch(attempt, wanted)
    attempt.begin_stage(RENDERING)
    made = attempt.folder / "made.mp4"
    remuxed = await run_request(
        context.render_pool,
        RemuxRequest(videos=recorded, output=made),
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


async def _fetch(attempt: Attempt, wanted: RecordingInput) -> tuple[Path, ...]:
    """Fetch the parts, and put those of each worker together. Returns the files, in order."""
    files: dict[int, Path] = {}
    for part in wanted.parts:
        file = files.setdefault(part.placement, attempt.folder / f"recorded-{part.placement}.mp4")
        fetched = await attempt.fetch(part, "part.mp4")
        await asyncio.to_thread(_append, fetched, file)
    return tuple(files.values())


def _append(part: Path, file: Path) -> None:
    with part.open("rb") as reading, file.open("ab") as writing:
        shutil.copyfileobj(reading, writing)
    part.unlink()
