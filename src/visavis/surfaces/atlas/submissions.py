"""Taking jobs in."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from fastapi import APIRouter, Request
from pydantic import BaseModel

from visavis.core import jobs, webhooks
from visavis.core.identity.principals import Principal
from visavis.errors import DatabaseError, InputError, RequestError, StoreError
from visavis.ports import Voice
from visavis.ports.video_options import KEEP, VideoOptions
from visavis.surfaces.atlas import NAME, documented, wire
from visavis.surfaces.atlas.error_responses import QueueUnavailableError
from visavis.surfaces.atlas.principals import KeyPrincipal
from visavis.surfaces.shared.bodies import MULTIPART, BodyType, SentBody
from visavis.surfaces.shared.context import Context, Given
from visavis.surfaces.shared.faces import avatar_file
from visavis.surfaces.shared.fields import JSON, MAX_TEXT_BYTES, URLENCODED
from visavis.surfaces.shared.media import check_kind
from visavis.surfaces.shared.uploads import UploadedFile

_LONGEST_IDEMPOTENCY_KEY: Final = 200
_ACCEPTED: Final = 202

_HEADERS: Final = (documented.CALLBACK, documented.IDEMPOTENCY)
_FACES: Final = {"image": "avatar_id"}
_GENERATE: Final = BodyType(wire.GenerateForm, (MULTIPART,), alternatives=_FACES)
_SPEECH: Final = BodyType(wire.SpeechRequest, (JSON, URLENCODED), missing=None)
_SPEECH_VIDEO: Final = BodyType(wire.SpeechVideoForm, (MULTIPART,), alternatives=_FACES)
_Body = TypeVar("_Body", bound=BaseModel)

router = APIRouter(tags=["Offline"])


@router.post(
    "/v1/generate",
    status_code=_ACCEPTED,
    responses=documented.errors(*documented.FACE_SUBMISSION),
    openapi_extra=_GENERATE.openapi(*_HEADERS),
)
async def generate(request: Request, principal: KeyPrincipal, context: Given) -> wire.Accepted:
    """Audio + image → lip-sync avatar video. Files together weigh at most 50 MB."""
    async with (
        _read(_GENERATE, request, context) as sent,
        _face(sent.fields, principal, context) as image,
    ):
        files = {"audio": sent.fields.audio, "image": image}
        fields = {"captions": sent.fields.captions, "options": _options(sent.fields)}
        return await _submit(request, principal, context, _Wanted(jobs.VIDEO, sent.digest, fields, files))


@router.post(
    "/v1/tts/generate",
    status_code=_ACCEPTED,
    responses=documented.errors(*documented.SUBMISSION),
    openapi_extra=_SPEECH.openapi(*_HEADERS),
    tags=["Speech"],
)
async def speak_mp3(request: Request, principal: KeyPrincipal, context: Given) -> wire.Accepted:
    """Text → speech, as MP3."""
    return await _speak(request, principal, context, jobs.MP3)


@router.post(
    "/v1/tts/generate-wav",
    status_code=_ACCEPTED,
    responses=documented.errors(*documented.SUBMISSION),
    openapi_extra=_SPEECH.openapi(*_HEADERS),
    tags=["Speech"],
)
async def speak_wav(request: Request, principal: KeyPrincipal, context: Given) -> wire.Accepted:
    """Text → speech, as WAV."""
    return await _speak(request, principal, context, jobs.WAV)


@router.post(
    "/v1/tts/generate-video",
    status_code=_ACCEPTED,
    responses=documented.errors(*documented.FACE_SUBMISSION),
    openapi_extra=_SPEECH_VIDEO.openapi(*_HEADERS),
    tags=["Speech"],
)
async def speak_video(request: Request, principal: KeyPrincipal, context: Given) -> wire.Accepted:
    """Text + image → lip-sync avatar video."""
    async with (
        _read(_SPEECH_VIDEO, request, context) as sent,
        _face(sent.fields, principal, context) as image,
    ):
        said, files = sent.fields, {"image": image}
        fields = {"captions": said.captions, "options": _options(said), **_spoken(said, context)}
        wanted = _Wanted(jobs.VIDEO, sent.digest, fields, files, said.callback_url)
        return await _submit(request, principal, context, wanted)


@asynccontextmanager
async def _face(
    sent: wire.GenerateForm | wire.SpeechVideoForm, principal: Principal, context: Context
) -> AsyncIterator[UploadedFile]:
    """The photo that was sent, or the picture of the avatar that was named."""
    if sent.image is not None and sent.avatar_id:
        raise InputError("Send one face, not image and avatar_id.")
    if sent.image is not None:
        yield sent.image
        return
    async with avatar_file(context, principal, sent.avatar_id or "") as file:
        yield file


def _options(sent: VideoOptions) -> VideoOptions:
    if sent.frame == "photo" and sent.background != KEEP:
        raise RequestError(
            "background: must be keep with frame photo, which keeps the photo's own background."
        )
    return VideoOptions(**sent.model_dump(include=set(VideoOptions.model_fields)))


async def _speak(
    request: Request, principal: Principal, context: Context, content_type: str
) -> wire.Accepted:
    async with _read(_SPEECH, request, context) as sent:
        said = sent.fields
    digest = hashlib.sha256(content_type.encode() + said.model_dump_json().encode()).digest()
    fields = {"content_type": content_type, **_spoken(said, context)}
    wanted = _Wanted(jobs.SPEECH, digest, fields, callback_url=said.callback_url)
    return await _submit(request, principal, context, wanted)


def _read(
    body: BodyType[_Body], request: Request, context: Context
) -> AbstractAsyncContextManager[SentBody[_Body]]:
    max_bytes = context.requests.max_upload_bytes
    return body.read(request, folder=context.folder, max_bytes=max_bytes, max_json_bytes=MAX_TEXT_BYTES)


@dataclass(frozen=True)
class _Wanted:
    """A job as a request asks for it.

    Attributes:
        kind: Kind of job.
        fingerprint: Digest of everything that was sent.
        fields: Fields of the kind's input that are no files.
        files: Its files, by field.
        callback_url: Address that is notified at the end, if the body names one.
    """

    kind: jobs.JobKind[Any, Any]
    fingerprint: bytes
    fields: dict[str, Any] = field(default_factory=dict)
    files: dict[str, UploadedFile] = field(default_factory=dict)
    callback_url: str | None = None


async def _submit(request: Request, principal: Principal, context: Context, wanted: _Wanted) -> wire.Accepted:
    """Look at everything, store the files, and only then open the transaction that takes the job in."""
    callback_url = await _callback(request.headers.get("x-callback-url") or wanted.callback_url, context)
    idempotency_key = _idempotency_key(request)
    content_types = {name: check_kind(name, file) for name, file in wanted.files.items()}
    await context.store.check_room()
    paths = {name: file.path for name, file in wanted.files.items()}
    if paths:
        await context.check_media(paths.get("image"), paths.get("audio"), principal.owner)
    if "audio" in paths and wanted.fields["captions"] != "none":
        await context.check_captions(principal.owner)
    job_id = jobs.new_id()
    stored: dict[str, jobs.StoredFile] = {}
    for name, file in wanted.files.items():
        path = jobs.path_for_upload(job_id, name)
        await context.store.put(path, file.path, content_type=content_types[name])
        stored[name] = jobs.StoredFile(size_bytes=file.size_bytes, path=path)
    submission = jobs.Submission(
        id=job_id,
        kind=wanted.kind,
        surface=NAME,
        input=wanted.kind.input(**wanted.fields, **stored),
        base_url=context.base_url(request),
        callback_url=callback_url,
        idempotency_key=idempotency_key,
        fingerprint=wanted.fingerprint if idempotency_key else None,
    )
    try:
        async with context.database.transaction() as tx:
            job = await jobs.submit(tx, principal, submission)
    except DatabaseError as error:
        await _discard(context, submission)
        raise QueueUnavailableError("The job could not be queued.") from error
    except BaseException:
        await _discard(context, submission)
        raise
    if job.id != job_id:
        await _discard(context, submission)
    return wire.accepted(job)


async def _discard(context: Context, submission: jobs.Submission) -> None:
    try:
        await context.store.delete([file.path for file in submission.input.files.values() if file.path])
    except StoreError:
        return  # garbage collection deletes it later


async def _callback(url: str | None, context: Context) -> str | None:
    if not url:
        return None
    url = webhooks.check_url(url)
    await context.check_callback(url)
    return url


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not 0 < len(key) <= _LONGEST_IDEMPOTENCY_KEY:
        raise RequestError(f"Idempotency-Key: must have 1 to {_LONGEST_IDEMPOTENCY_KEY} characters.")
    return key


def _spoken(said: wire.SpeechRequest, context: Context) -> dict[str, Any]:
    max_chars = context.requests.max_text_chars
    if len(said.text) > max_chars:
        raise RequestError(f"text: it has {len(said.text)} characters, and at most {max_chars} are allowed.")
    if not said.text.strip():
        raise RequestError("text: it contains nothing that can be spoken.")
    context.synthesizer.check(Voice(said.language, said.voice))
    return {
        "text": said.text,
        "chars": len(said.text),
        "language": said.language or None,
        "voice": said.voice or None,
    }
