"""What makes the pictures of the account."""

from typing import Final

from fastapi import APIRouter, Request

from visavis.core import image_generators
from visavis.core.image_generators import GeneratorChoice
from visavis.surfaces.avatars import answers, documented, error_responses
from visavis.surfaces.avatars.principals import KeyPrincipal
from visavis.surfaces.avatars.reading import read_fields
from visavis.surfaces.avatars.requests import SettingsRequest, validated
from visavis.surfaces.shared.context import Context, Given

router = APIRouter(prefix="/api/v1/avatars", tags=["Settings"])
_PATH: Final = "/settings"


@router.get(_PATH, responses=documented.errors(*documented.GENERAL))
async def get_settings(principal: KeyPrincipal, context: Given) -> answers.AvatarSettings:
    """What makes the pictures of your account."""
    async with context.database.transaction() as tx:
        choice = await image_generators.read(tx, principal.account_id)
    return _answer(choice, context)


@router.put(
    _PATH,
    responses=documented.errors(*documented.GENERAL, error_responses.INVALID_JSON),
    openapi_extra=documented.body(SettingsRequest),
)
async def put_settings(request: Request, principal: KeyPrincipal, context: Given) -> answers.AvatarSettings:
    """Choose what makes the pictures of your account from now on."""
    wanted = validated(SettingsRequest, await read_fields(request)).generator
    has_service = context.images.url is not None
    async with context.database.transaction() as tx:
        choice = await image_generators.choose(tx, principal, wanted, has_service=has_service)
    return _answer(choice, context)


def _answer(choice: GeneratorChoice, context: Context) -> answers.AvatarSettings:
    has_service = context.images.url is not None
    return answers.AvatarSettings(
        generator=choice.generator,
        used_generator=choice.resolve(None, has_service=has_service),
        may_choose=choice.may_choose and has_service,
    )
