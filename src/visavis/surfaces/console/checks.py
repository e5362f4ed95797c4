"""Files are checked when they are chosen, before anything is made of them."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response

from visavis.core import rates
from visavis.core.identity.principals import Principal
from visavis.errors import RequestError
from visavis.surfaces.console import wire
from visavis.surfaces.console.context import PREFIX, ConsoleContext
from visavis.surfaces.console.visitor import Given, SignedIn
from visavis.surfaces.shared.media import check_kind
from visavis.surfaces.shared.uploads import read_form

_MAX_CHECKS_PER_MINUTE: Final = 30
_NO_CONTENT: Final = 204

router = APIRouter(prefix=f"{PREFIX}/checks", tags=["Checks"])


def _form(field: str) -> dict[str, object]:
    """The OpenAPI description of a form with one file."""
    file = {"type": "string", "format": "binary"}
    schema = {"type": "object", "required": [field], "properties": {field: file}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


@router.post("/photo", openapi_extra=_form("image"))
async def check_photo(request: Request, principal: SignedIn, context: Given) -> wire.FaceAnswer:
    """Whether a photo shows a face that can be used, and where. Nothing is kept."""
    await _count(context, principal)
    async with read_form(
        request,
        files=frozenset({"image"}),
        folder=context.shared.folder,
        max_bytes=context.shared.limits.max_upload_bytes,
    ) as form:
        file = form.files.get("image")
        if file is None:
            raise RequestError("image: send a file.")
        check_kind("image", file)
        face = await context.look_for_face(file.path, principal.owner)
    return wire.FaceAnswer(outline=face.outline, warnings=face.warnings)


@router.post("/sound", status_code=_NO_CONTENT, response_class=Response, openapi_extra=_form("audio"))
async def check_sound(request: Request, principal: SignedIn, context: Given) -> None:
    """Whether a sound can be read, for sounds that the browser cannot play. Nothing is kept."""
    await _count(context, principal)
    async with read_form(
        request,
        files=frozenset({"audio"}),
        folder=context.shared.folder,
        max_bytes=context.shared.limits.max_upload_bytes,
    ) as form:
        file = form.files.get("audio")
        if file is None:
            raise RequestError("audio: send a file.")
        check_kind("audio", file)
        await context.shared.check_media(None, Path(file.path), principal.owner)


async def _count(context: ConsoleContext, principal: Principal) -> None:
    """Count a check before its upload is read: the processes that check also do the work of others."""
    async with context.shared.database.transaction() as tx:
        await rates.take_named(tx, f"check:{principal.credential.id}", max_per_minute=_MAX_CHECKS_PER_MINUTE)
