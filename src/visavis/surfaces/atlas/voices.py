"""The voices that texts can be spoken with. The vendor's API has no such list; this one is an addition."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from visavis.ports import is_ready
from visavis.surfaces.atlas import documented
from visavis.surfaces.atlas.principals import KeyPrincipal
from visavis.surfaces.shared.context import Given

router = APIRouter(tags=["Voices"])


class VoiceAnswer(BaseModel):
    """A voice."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(examples=["hibari"], description="What `voice` of a request can be.")
    name: str = Field(examples=["Hibari"])
    languages: tuple[str, ...] = Field(
        examples=[["en-us", "en"]], description="BCP 47 tags; the first one is the voice's own."
    )
    sex: Literal["female", "male"] | None
    provider: str = Field(examples=["hibari"])
    licence: str = Field(examples=["Apache-2.0"])
    rtf: float | None = Field(
        examples=[0.01],
        description="Processor seconds of one thread for a second of speech; null for a hosted service.",
    )
    model: str | None = Field(description="Model that the voice needs on the server.")
    ready: bool = Field(description="Whether that model is there.")


class VoicesAnswer(BaseModel):
    """The voices of the server."""

    model_config = ConfigDict(frozen=True)

    voices: list[VoiceAnswer] = Field(description="The preferred ones first.")


@router.get("/v1/voices", responses=documented.errors(*documented.GENERAL))
async def voices(
    _principal: KeyPrincipal,
    context: Given,
    language: Annotated[
        str,
        Query(max_length=35, description="Only voices of this language, which is the first part of a tag."),
    ] = "",
) -> VoicesAnswer:
    """The voices that texts can be spoken with."""
    ready: dict[str | None, bool] = {None: True}
    wanted = language.lower().partition("-")[0]
    listed = []
    for info in context.synthesizer.voices():
        if wanted and all(tag.partition("-")[0] != wanted for tag in info.languages):
            continue
        if info.model not in ready:
            ready[info.model] = is_ready(context.synthesizer, info)
        listed.append(
            VoiceAnswer(
                id=info.id,
                name=info.name,
                languages=info.languages,
                sex=info.sex,
                provider=info.provider,
                licence=info.licence,
                rtf=info.rtf,
                model=info.model,
                ready=ready[info.model],
            )
        )
    return VoicesAnswer(voices=listed)
