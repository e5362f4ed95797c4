"""What the console is given."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from pathlib import Path

from PIL import Image

from visavis.settings import Settings
from visavis.settings.group import plain, variables
from visavis.surfaces.console.context import ConsoleContext, FaceInPhoto, ShownSetting
from visavis.surfaces.shared.context import Context


def console_context(
    context: Context, settings: Settings, look_for_face: Callable[[Path, str], Awaitable[FaceInPhoto]]
) -> ConsoleContext:
    """Put together what the console is given."""
    return ConsoleContext(
        shared=context,
        settings=shown_settings(settings),
        default_face=_compressed_once(context.default_face),
        look_for_face=look_for_face,
        jobs=settings.jobs,
        language_model=settings.language_model,
        webhooks=settings.webhooks,
        organizations=settings.organizations,
    )


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
