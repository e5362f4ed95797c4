"""Jobs that make pictures of new characters: words and pictures in, pictures out."""

import hashlib
import wave
from pathlib import Path
from typing import Final, NamedTuple

from visavis.core.jobs import MP4, SUFFIXES, AvatarImageInput, AvatarImageOutput, AvatarPicture
from visavis.errors import InputError, ProviderError
from visavis.ports.images import CharacterRequest, Understood
from visavis.worker.attempt import FETCHING, RENDERING, STORING, Attempt
from visavis.worker.protocol import FitRequest, VideoRequest
from visavis.worker.rendering_requests import run_request

_SEED_BITS: Final = 32
_PREVIEW_S: Final = 5
_PREVIEW_RATE_HZ: Final = 16_000


async def handle(attempt: Attempt, wanted: AvatarImageInput) -> AvatarImageOutput:
    """Make the pictures, one after the other, and mark them as made by AI; see `Handler`."""
    attempt.begin_stage(FETCHING)
    references = tuple([await attempt.fetch(file, name) for name, file in wanted.files.items()])
    attempt.begin_stage(RENDERING)
    pictures: list[AvatarPicture] = []
    warnings: dict[str, None] = {}
    for number in range(wanted.count):
        made = await _make(attempt, wanted, references, number)
        pictures.append(
            AvatarPicture(
                path=await attempt.store(made.file, wanted.content_type, number),
                size_bytes=made.file.stat().st_size,
                understood=made.understood,
                preview_path=await _preview(attempt, made.file, number) if wanted.has_previews else None,
            )
        )
        warnings |= dict.fromkeys(made.warnings)
        attempt.report_rendered((number + 1) / wanted.count)
    attempt.begin_stage(STORING)
    return AvatarImageOutput(
        path=pictures[0].path,
        size_bytes=pictures[0].size_bytes,
        warnings=tuple(warnings),
        pictures=tuple(pictures),
    )


class _Made(NamedTuple):
    """A finished picture."""

    file: Path
    understood: Understood
    warnings: tuple[str, ...]


async def _make(
    attempt: Attempt, wanted: AvatarImageInput, references: tuple[Path, ...], number: int
) -> _Made:
    context, owner = attempt.context, f"account {attempt.job.account_id}"
    raw = attempt.folder / f"raw-{number}"
    character = CharacterRequest(
        prompt=wanted.text or "",
        hints=wanted.hints,
        references=references,
        width_px=wanted.width_px,
        height_px=wanted.height_px,
        background=wanted.background,
        seed=_seed(wanted.seed, number),
        effort=wanted.effort,
        owner=owner,
        generator=wanted.generator,
    )
    understood = await context.images.generate(character, raw)
    suffix = SUFFIXES[wanted.content_type]
    fitted = attempt.folder / f"fitted-{number}.{suffix}"
    fit = FitRequest(
        image=raw,
        width_px=wanted.width_px,
        height_px=wanted.height_px,
        background=wanted.background,
        content_type=wanted.content_type,
        output=fitted,
    )
    try:
        done = await run_request(
            context.render_pool, fit, limit_s=context.jobs.job_timeout_s or None, owner=owner
        )
    except InputError as error:  # of a picture that was made for the client, who did not send it
        raise ProviderError(
            f"The picture that was made cannot be used as an avatar: {error.code}."
        ) from error
    return _Made(await attempt.mark(fitted), understood, done.warnings)


async def _preview(attempt: Attempt, picture: Path, number: int) -> str:
    """Store a video in which the character is silent, blinks and looks about. Returns its path."""
    context = attempt.context
    silence, made = attempt.folder / f"silence-{number}.wav", attempt.folder / f"preview-{number}.mp4"
    with wave.open(str(silence), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_PREVIEW_RATE_HZ)
        file.writeframes(bytes(2 * _PREVIEW_RATE_HZ * _PREVIEW_S))
    request = VideoRequest(image=picture, speech=silence, output=made)
    owner = f"account {attempt.job.account_id}"
    await run_request(context.render_pool, request, limit_s=context.jobs.job_timeout_s or None, owner=owner)
    return await attempt.store(await attempt.mark(made), MP4, number)


def _seed(seed: int, number: int) -> int:
    """Seed of one of the pictures of a job; that of the first is the job's."""
    if number == 0:
        return seed
    return int.from_bytes(hashlib.sha256(f"{seed} {number}".encode()).digest()[: _SEED_BITS // 8])
