"""What the console is given."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from pathlib import Path

from PIL import Image

from visavis.bootstrap.processes import run_check
from visavis.settings import Settings
from visavis.settings.group import plain, variables
from visavis.surfaces.console.context import ConsoleContext, FaceInPhoto, ShownSetting
from visavis.surfaces.shared.context import Context
from visavis.worker.process_pool import ProcessPool
from visavis.worker.protocol import FaceRequest


def console_context(context: Context, settings: Settings, pool: ProcessPool) -> ConsoleContext:
    """Put together what the console is given, with a process that looks at photos."""
    return ConsoleContext(
        shared=context,
        settings=shown_settings(settings),
        default_face=_compressed_once(context.default_face),
        look_for_face=_face_finder(pool),
        jobs=settings.jobs,
        language_model=settings.language_model,
        webhooks=settings.webhooks,
        organizations=settings.organizations,
    )


def _face_finder(pool: ProcessPool) -> Callable[[Path, str], Awaitable[FaceInPhoto]]:
    """What looks at a photo that was just chosen."""

    async def find(photo: Path, owner: str) -> FaceInPhoto:
        found = await run_check(pool, FaceRequest(image=photo), owner)
        return FaceInPhoto(outline=list(found.outline), warnings=list(found.warnings))

    return find


def shown_settings(settings: Settings) -> tuple[ShownSetting, ...]:
    """The settings as operators see them. The value of a secret is left out."""
    return tuple(
        ShownSetting(
            name=variable.name,
            value=plain(getattr(group, variable.field)),
            default=plain(variable.default),
            is_set=getattr(group, variable.field) != variable.default,
            is_secret=variable.is_secret,
            description=variable.description,
            group=group.title,
        )
        for group in settings.groups()
        for variable in variables(type(group))
    )


def _compressed_once(picture: Path) -> Callable[[], Awaitable[bytes]]:
    made: list[bytes] = []
    making = asyncio.Lock()

    async def read() -> bytes:
        async with making:
            if not made:
                made.append(await asyncio.to_thread(_compressed, picture))
        return made[0]

    return read


def _compressed(picture: Path) -> bytes:
    file = io.BytesIO()
    with Image.open(picture) as image:
        image.convert("RGB").save(file, "JPEG", quality=90)
    return file.getvalue()
