"""Pictures by any service with OpenAI's `/images/generations` and `/images/edits`."""

import asyncio
import base64
import binascii
import json
import math
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError

from visavis.errors import (
    CallbackError,
    InputError,
    ProviderBusyError,
    ProviderError,
    ProviderTimeoutError,
)
from visavis.ports.images import SCENE, TRANSPARENT, CharacterRequest, Understood
from visavis.settings import ImageSettings

if TYPE_CHECKING:
    import httpx

_CONNECT_TIMEOUT_S: Final = 5.0
_MAX_ANSWER_BYTES: Final = 96 * 2**20
_MAX_PICTURE_BYTES: Final = 64 * 2**20
_BUSY: Final = frozenset({408, 409, 425, 429, *range(500, 600)})
_SETTING: Final = {
    401: "VISAVIS_IMAGES_API_KEY",
    403: "VISAVIS_IMAGES_API_KEY",
    404: "VISAVIS_IMAGES_URL and VISAVIS_IMAGES_MODEL",
}
_OK: Final = 200
_REFUSED_WORDS: Final = frozenset({"moderation_blocked", "content_policy_violation", "content_filter"})
_SENDS_BASE64: Final = "gpt-image"  # models of this family send nothing else, and refuse to be asked for it
_QUALITY: Final = {"minimal": "low", "high": "high"}
# What a face needs to speak. It is said last, because the last words of a prompt weigh most.
_FRAMING: Final = (
    "A portrait of one person, head and shoulders, who looks straight into the camera. The whole head is in "
    "the picture, the mouth is closed, the eyes are open, and nothing covers the face. Even light. No text."
)
_INSPIRED: Final = "A new person, inspired by the pictures, and nobody who is shown in them."


class _Picture(BaseModel):
    b64_json: str | None = None
    url: str | None = None


class _Answer(BaseModel):
    data: list[_Picture] = Field(min_length=1)


class ImageEndpoint:
    """The service at `VISAVIS_IMAGES_URL`. It is asked once for each picture.

    What it answers never gets into messages: it may repeat the key or the prompt.

    Args:
        settings: Settings of the service.
        fetch: Gets what lies at a public address, if it has no more than so many bytes; raises
            `CallbackError`.
    """

    def __init__(self, settings: ImageSettings, fetch: Callable[[str, int], Awaitable[bytes]]) -> None:
        self._url = (settings.url or "").rstrip("/")
        self._model = settings.model or ""
        self._sizes = tuple(_size(each) for each in settings.sizes)
        self._timeout_s = settings.timeout_s
        key = settings.api_key
        self._headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        self._fetch = fetch
        self._name = f"The image service at {urlsplit(self._url).hostname}"
        self._opened: httpx.AsyncClient | None = None

    async def generate(self, wanted: CharacterRequest, target: Path) -> Understood:
        """Ask for one picture; see the port. The service does not tell what it understood."""
        prompt = _prompt(wanted)
        width, height = self._closest(wanted)
        fields: dict[str, Any] = {
            "model": self._model,
            "prompt": prompt,
            "n": 1,
            "size": f"{width}x{height}",
        }
        if not self._model.startswith(_SENDS_BASE64):
            fields["response_format"] = "b64_json"
        else:
            fields |= {"quality": _QUALITY[wanted.effort]} if wanted.effort else {}
            fields |= {"background": "transparent"} if wanted.background == TRANSPARENT else {}
        try:
            async with asyncio.timeout(self._timeout_s):
                content = await self._picture(await self._ask(fields, wanted.references))
        except TimeoutError as error:
            raise ProviderTimeoutError(
                f"{self._name} did not answer in time. Try again, or raise VISAVIS_IMAGES_TIMEOUT_S."
            ) from error
        await asyncio.to_thread(target.write_bytes, content)
        return {"prompt": prompt}

    async def close(self) -> None:
        """Close the connections; see the port."""
        if self._opened is not None:
            await self._opened.aclose()
            self._opened = None

    def _closest(self, wanted: CharacterRequest) -> tuple[int, int]:
        """The size whose shape is closest to that of the wanted picture."""
        shape = math.log(wanted.width_px / wanted.height_px)
        return min(self._sizes, key=lambda size: abs(math.log(size[0] / size[1]) - shape))

    async def _ask(self, fields: dict[str, Any], references: tuple[Path, ...]) -> bytes:
        if not references:
            return await self._post("/images/generations", json=fields)
        name = "image[]" if len(references) > 1 else "image"
        files = []
        for number, path in enumerate(references, start=1):
            content = await asyncio.to_thread(path.read_bytes)
            suffix = _kind(content)
            files.append((name, (f"reference-{number}.{suffix}", content, f"image/{suffix}")))
        data = {key: str(value) for key, value in fields.items()}
        return await self._post("/images/edits", data=data, files=files)

    async def _post(self, path: str, **content: Any) -> bytes:
        return await self._read("POST", f"{self._url}{path}", _MAX_ANSWER_BYTES, **content)

    async def _read(self, method: str, url: str, max_bytes: int, **content: Any) -> bytes:
        import httpx

        body = bytearray()
        try:
            async with self._client.stream(method, url, **content) as answer:
                async for block in answer.aiter_bytes():
                    body += block
                    if len(body) > max_bytes:
                        raise self._unreadable()
                if answer.status_code != _OK:
                    raise self._refusal(answer.status_code, bytes(body))
        except httpx.TimeoutException as error:
            raise TimeoutError from error
        except httpx.TransportError as error:
            raise ProviderBusyError(
                f"{self._name} cannot be reached, or broke off. Check VISAVIS_IMAGES_URL."
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._unreadable() from error
        return bytes(body)

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
            return await self._read("GET", first.url, _MAX_PICTURE_BYTES)
        try:
            return await self._fetch(first.url, _MAX_PICTURE_BYTES)
        except CallbackError as error:
            raise ProviderBusyError(
                f"{self._name} sent a link to a picture that cannot be fetched."
            ) from error

    def _refusal(self, status: int, body: bytes) -> ProviderError | InputError:
        if _error_code(body) in _REFUSED_WORDS:
            return InputError(
                "The image service refuses this description. Change the prompt or the pictures."
            )
        if status in _BUSY:
            return ProviderBusyError(f"{self._name} is too busy or failed ({status}). Try again later.")
        setting = _SETTING.get(status, "VISAVIS_IMAGES_MODEL and VISAVIS_IMAGES_SIZES")
        return ProviderError(f"{self._name} refused the request ({status}). Check {setting}.")

    def _unreadable(self) -> ProviderError:
        return ProviderError(f"{self._name} did not send a picture. Check VISAVIS_IMAGES_URL.")

    @property
    def _client(self) -> "httpx.AsyncClient":
        if self._opened is None:
            import httpx

            timeout = httpx.Timeout(self._timeout_s, connect=_CONNECT_TIMEOUT_S)
            self._opened = httpx.AsyncClient(headers=self._headers, timeout=timeout)
        return self._opened


def _prompt(wanted: CharacterRequest) -> str:
    """The description as the service gets it."""
    background = {
        SCENE: "",
        TRANSPARENT: "Nothing behind the person: a transparent background.",
    }.get(wanted.background, f"Behind the person only the colour {wanted.background}.")
    inspired = _INSPIRED if wanted.references else ""
    parts = (wanted.prompt, _hints(wanted.hints), inspired, background, _FRAMING)
    return "\n\n".join(part for part in parts if part)


def _hints(hints: Mapping[str, str | tuple[str, ...]]) -> str:
    said = {
        name.replace("_", " "): value if isinstance(value, str) else ", ".join(value)
        for name, value in hints.items()
    }
    return "\n".join(f"{name.capitalize()}: {value}." for name, value in said.items() if value)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


def _kind(content: bytes) -> str:
    """What a picture is: its subtype as a media type, by its first bytes."""
    if content.startswith(b"\x89PNG"):
        return "png"
    return "jpeg" if content.startswith(b"\xff\xd8") else "webp"


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
