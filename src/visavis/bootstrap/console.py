"""What the console is given."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from PIL import Image
from pydantic import SecretStr

from visavis.settings import PREFIX, SHARED_NAMES, Settings
from visavis.surfaces.console.context import ConsoleContext, FaceInPhoto, ShownSetting
from visavis.surfaces.shared.context import Context


def console_context(
    context: Context, settings: Settings, look_for_face: Callable[[Path, str], Awaitable[FaceInPhoto]]
) -> ConsoleContext:
    """Put together what the console is given."""
    secret = settings.webhook_secret
    return ConsoleContext(
        shared=context,
        settings=shown_settings(settings),
        default_face=_compressed_once(context.live.default_face),
        look_for_face=look_for_face,
        price_per_hour_usd=settings.price_per_hour_usd,
        live_price_per_hour_usd=settings.live_price_per_hour_usd,
        webhook_secret=secret.get_secret_value() if secret else None,
    )


def shown_settings(settings: Settings) -> tuple[ShownSetting, ...]:
    """The settings as operators are shown them: of secrets, only whether they are set."""
    shown = []
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        default = field.get_default(call_default_factory=True, validated_data={})
        is_secret = "SecretStr" in str(field.annotation)
        shown.append(
            ShownSetting(
                name=name.upper() if name in SHARED_NAMES else PREFIX + name.upper(),
                value=None if is_secret else _plain(value),
                default=None if is_secret else _plain(default),
                is_set=value != default,
                is_secret=is_secret,
                description=field.description or "",
            )
        )
    return tuple(shown)


def _plain(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return None
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


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
