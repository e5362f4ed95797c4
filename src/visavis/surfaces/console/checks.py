"""Files are checked when they are chosen, before anything is made of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from visavis.core import rates
from visavis.core.identity.principals import Principal
from visavis.surfaces.console import wire
from visavis.surfaces.console.context import PREFIX, ConsoleContext
from visavis.surfaces.console.signed_in import Given, SignedIn
from visavis.surfaces.shared.bodies import MULTIPART, BodyType, SentBody
from visavis.surfaces.shared.media import check_kind

_MAX_CHECKS_PER_MINUTE: Final = 30
_NO_CONTENT: Final = 204
_PHOTO: Final = BodyType(wire.PhotoForm, (MULTIPART,))
_SOUND: Final = BodyType(wire.SoundForm, (MULTIPART,))
_Body = TypeVar("_Body", bound=BaseModel)

router = APIRouter(prefix=f"{PREFIX}/checks", tags=["Checks"])


@router.post("/photo", openapi_extra=_PHOTO.openapi())
async def check_photo(request: Request, principal: SignedIn, context: Given) -> wire.FaceAnswer:
    """Whether a photo shows a face that can be used, and where. Nothing is kept."""
    async with _read(_PHOTO, request, principal, context) as sent:
        check_kind("image", sent.fields.image)
        face = await context.look_for_face(sent.fields.image.path, principal.owner)
    return wire.FaceAnswer(outline=face.outline, warnings=face.warnings)


@router.post("/sound", status_code=_NO_CONTENT, response_class=Response, openapi_extra=_SOUND.openapi())
async def check_sound(request: Request, principal: SignedIn, context: Given) -> None:
    """Whether a sound can be read, for sounds that the browser cannot play. Nothing is kept."""
    async with _read(_SOUND, request, principal, context) as sent:
        check_kind("audio", sent.fields.audio)
        await context.shared.check_media(None, sent.fields.audio.path, principal.owner)


@asynccontextmanager
async def _read(
    body: BodyType[_Body], request: Request, principal: Principal, context: ConsoleContext
) -> AsyncIterator[SentBody[_Body]]:
    """Count the check, then read its upload: the processes that check also do the work of others."""
    async with context.shared.database.transaction() as tx:
        await rates.take_named(tx, f"check:{principal.credential.id}", max_per_minute=_MAX_CHECKS_PER_MINUTE)
    folder, max_bytes = context.shared.folder, context.shared.requests.max_upload_bytes
    async with body.read(request, folder=folder, max_bytes=max_bytes) as sent:
        yield sent
