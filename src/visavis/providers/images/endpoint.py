"""Pictures by any service with OpenAI's `/images/generations` and `/images/edits`."""

import asyncio
import base64
import binascii
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError

from visavis.errors import CallbackError, InputError, ProviderBusyError, ProviderError
from visavis.ports.images import TRANSPARENT, CharacterRequest
from visavis.providers.images.service import MAX_PICTURE_BYTES, ImageService, picture_kind
from visavis.settings import ImageSettings

_REFUSED_WORDS: Final = frozenset({"moderation_blocked", "content_policy_violation", "content_filter"})
_SENDS_BASE64: Final = "gpt-image"  # models of this family send nothing else, and refuse to be asked for it
_QUALITY: Final = {"minimal": "low", "high": "high"}


class _Picture(BaseModel):
    b64_json: str | None = None
    url: str | None = None


class _Answer(BaseModel):
    data: list[_Picture] = Field(min_length=1)


class ImageEndpoint(ImageService):
    """A service that speaks OpenAI's wire."""

    def __init__(self, settings: ImageSettings, fetch: Callable[[str, int], Awaitable[bytes]]) -> None:
        """Prepare.

        Args:
            settings: Settings of the service.
            fetch: Gets what lies at a public address, if it has no more than so many bytes; raises
                `CallbackError`.
        """
        key = settings.api_key
        super().__init__(settings, {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {})
        self._fetch = fetch

    async def _make(self, wanted: CharacterRequest, prompt: str, size_px: tuple[int, int]) -> bytes:
        fields: dict[str, Any] = {
            "model": self._model,
            "prompt": prompt,
            "n": 1,
            "size": f"{size_px[0]}x{size_px[1]}",
        }
        if not self._model.startswith(_SENDS_BASE64):
            fields["response_format"] = "b64_json"
        else:
            fields |= {"quality": _QUALITY[wanted.effort]} if wanted.effort else {}
            fields |= {"background": "transparent"} if wanted.background == TRANSPARENT else {}
        return await self._picture(await self._ask(fields, wanted.references))

    async def _ask(self, fields: dict[str, Any], references: tuple[Path, ...]) -> bytes:
        if not references:
            return await self._post("/images/generations", json=fields)
        name = "image[]" if len(references) > 1 else "image"
        files = []
        for number, path in enumerate(references, start=1):
            content = await asyncio.to_thread(path.read_bytes)
            suffix = picture_kind(content)
            files.append((name, (f"reference-{number}.{suffix}", content, f"image/{suffix}")))
        data = {key: str(value) for key, value in fields.items()}
        return await self._post("/images/edits", data=data, files=files)

    async def _picture(self, body: bytes) -> bytes:
        try:
            first = _Answer.model_validate_json(body).data[0]
            if first.b64_json:
                return base64.b64decode(first.b64_json, validate=True)
        except (ValidationError, binascii.Error, ValueError) as error:
            raise self._unreadable() from error
        if not first.url:
            raise self._unreadable()
        if _origin(first.url) == _origin(self._url):  # a server on this machine that keeps its pictures
            return await self._read("GET", first.url, MAX_PICTURE_BYTES)
        try:
            return await self._fetch(first.url, MAX_PICTURE_BYTES)
        except CallbackError as error:
            raise ProviderBusyError(
                f"{self._name} sent a link to a picture that cannot be fetched."
            ) from error

    def _refusal(self, status: int, body: bytes) -> ProviderError | InputError:
        if _error_code(body) in _REFUSED_WORDS:
            return InputError(
                "The image service refuses this description. Change the prompt or the pictures."
            )
        return super()._refusal(status, body)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()


def _error_code(body: bytes) -> str:
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    error = said.get("error") if isinstance(said, dict) else None
    return str(error.get("code") or "") if isinstance(error, dict) else ""
