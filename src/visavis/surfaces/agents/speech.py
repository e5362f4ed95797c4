"""The voices, and texts that are spoken at once."""

import tempfile
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from visavis.core.identity.principals import Principal
from visavis.errors import RequestError
from visavis.ports import Voice, is_ready
from visavis.surfaces.agents.documented import errors
from visavis.surfaces.agents.error_responses import MODEL
from visavis.surfaces.agents.principals import KeyPrincipal, PollingPrincipal
from visavis.surfaces.shared.bodies import ABSENT_IF_EMPTY, BodyType
from visavis.surfaces.shared.context import Context, Given
from visavis.surfaces.shared.fields import JSON, MAX_TEXT_BYTES, URLENCODED

_MEDIA_TYPES: Final = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "opus": "audio/ogg",
    "aac": "audio/aac",
    "pcm": "audio/pcm",
}

router = APIRouter(tags=["Speech"])


def _number(value: object) -> object:
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), ABSENT_IF_EMPTY]
_Speed = Annotated[float, BeforeValidator(_number), ABSENT_IF_EMPTY]
_Format = Literal["mp3", "wav", "flac", "opus", "aac", "pcm"]


class OpenAiSpeechRequest(BaseModel):
    """A text to speak, as clients of OpenAI's API send it."""

    model_config = ConfigDict(strict=True)

    input: _Text
    model: _Name = Field(default="", description="Taken and not used.")
    voice: _Name = Field(default="", description="ID of a voice; the default one if empty.")
    response_format: Annotated[_Format, ABSENT_IF_EMPTY] = "mp3"
    speed: _Speed = Field(default=1.0, ge=0.25, le=4.0)


class SpeechRequest(BaseModel):
    """A text to speak."""

    model_config = ConfigDict(strict=True)

    text: _Text
    voice: _Name = Field(default="", description="ID of a voice; the default one if empty.")
    language: _Name = ""
    format: Annotated[_Format, ABSENT_IF_EMPTY] = "wav"
    speed: _Speed = Field(default=1.0, ge=0.25, le=4.0)


class VoiceRow(BaseModel):
    """A voice."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(examples=["hibari"])
    name: str
    gender: Literal["female", "male"] | None
    languages: tuple[str, ...]
    provider: str
    ready: bool = Field(description="Whether the model that it needs is on the server.")


class VoiceList(BaseModel):
    """The voices of the server."""

    model_config = ConfigDict(frozen=True)

    success: Literal[True] = True
    voices: list[VoiceRow]


_OPENAI: Final = BodyType(OpenAiSpeechRequest, (JSON, URLENCODED))
_SPEECH: Final = BodyType(SpeechRequest, (JSON, URLENCODED))
_SOUND: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {each: {} for each in _MEDIA_TYPES.values()}, "description": "The sound."}
}


@router.get("/v1/voices", responses=errors())
async def voices(_principal: PollingPrincipal, context: Given) -> VoiceList:
    """The voices, the preferred ones first."""
    ready: dict[str | None, bool] = {None: True}
    rows = []
    for info in context.synthesizer.voices():
        if info.model not in ready:
            ready[info.model] = is_ready(context.synthesizer, info)
        rows.append(
            VoiceRow(
                id=info.id,
                name=info.name,
                gender=info.sex,
                languages=info.languages,
                provider=info.provider,
                ready=ready[info.model],
            )
        )
    return VoiceList(voices=rows)


@router.post(
    "/v1/audio/speech",
    responses={**errors(MODEL), **_SOUND},
    response_class=FileResponse,
    openapi_extra=_OPENAI.openapi(),
)
async def speech(request: Request, principal: KeyPrincipal, context: Given) -> FileResponse:
    """Speak a text at once. The body is that of OpenAI's API."""
    body = await _read(_OPENAI, request, context)
    voice = Voice("", body.voice, tempo=body.speed)
    return await _spoken(context, principal, body.input, voice, body.response_format, "input")


@router.post(
    "/v1/tts",
    responses={**errors(MODEL), **_SOUND},
    response_class=FileResponse,
    openapi_extra=_SPEECH.openapi(),
)
async def tts(request: Request, principal: KeyPrincipal, context: Given) -> FileResponse:
    """Speak a text at once."""
    body = await _read(_SPEECH, request, context)
    voice = Voice(body.language, body.voice, tempo=body.speed)
    return await _spoken(context, principal, body.text, voice, body.format, "text")


async def _read(body: BodyType[Any], request: Request, context: Context) -> Any:
    async with body.read(
        request, folder=context.folder, max_bytes=MAX_TEXT_BYTES, max_json_bytes=MAX_TEXT_BYTES
    ) as sent:
        return sent.fields


async def _spoken(
    context: Context, principal: Principal, text: str, voice: Voice, sound_format: _Format, field: str
) -> FileResponse:
    max_chars = context.requests.max_text_chars
    if len(text) > max_chars:
        raise RequestError(f"{field}: it has {len(text)} characters, and at most {max_chars} are allowed.")
    context.synthesizer.check(voice)
    folder = tempfile.TemporaryDirectory(prefix="speech-", dir=context.folder)
    path = Path(folder.name) / f"speech.{sound_format}"
    try:
        await context.speak(text, voice, sound_format, path, principal.owner)
    except BaseException:
        folder.cleanup()
        raise
    return FileResponse(
        path, media_type=_MEDIA_TYPES[sound_format], background=BackgroundTask(folder.cleanup)
    )
