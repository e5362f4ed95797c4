"""What all image services share: the words they get, the sizes they make, and how their failures read."""

import asyncio
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from visavis.errors import InputError, ProviderBusyError, ProviderError, ProviderTimeoutError
from visavis.ports.images import SCENE, TRANSPARENT, CharacterRequest, Understood
from visavis.settings import ImageSettings

if TYPE_CHECKING:
    import httpx

_CONNECT_TIMEOUT_S: Final = 5.0
MAX_ANSWER_BYTES: Final = 96 * 2**20
MAX_PICTURE_BYTES: Final = 64 * 2**20
_BUSY: Final = frozenset({408, 409, 425, 429, *range(500, 600)})
_SETTING: Final = {
    401: "VISAVIS_IMAGES_API_KEY",
    403: "VISAVIS_IMAGES_API_KEY",
    404: "VISAVIS_IMAGES_URL and VISAVIS_IMAGES_MODEL",
}
_OK: Final = 200
# What a face needs to speak. It is said last, because the last words of a prompt weigh most.
_FRAMING: Final = (
    "A portrait of one person, head and shoulders, who looks straight into the camera. The whole head is in "
    "the picture, the mouth is closed, the eyes are open, and nothing covers the face. Even light. No text."
)
_INSPIRED: Final = "A new person, inspired by the pictures, and nobody who is shown in them."
UNWANTED: Final = (
    "several people, profile, open mouth, teeth, closed eyes, hand before the face, cropped head, text, "
    "watermark, blurred, deformed"
)
"""What a picture must not show, for services that take that apart."""


class ImageService(ABC):
    """The service at `VISAVIS_IMAGES_URL`. It is asked once for each picture.

    What it answers never gets into messages: it may repeat the key or the prompt.
    """

    def __init__(self, settings: ImageSettings, headers: Mapping[str, str]) -> None:
        """Prepare; the connection is opened with the first picture.

        Args:
            settings: Settings of the service.
            headers: Headers of each request to it.
        """
        self._settings = settings
        self._url = (settings.url or "").rstrip("/")
        self._model = settings.model or ""
        self._sizes = tuple(_size(each) for each in settings.sizes)
        self._headers = dict(headers)
        self._name = f"The image service at {urlsplit(self._url).hostname}"
        self._opened: httpx.AsyncClient | None = None

    async def generate(self, wanted: CharacterRequest, target: Path) -> Understood:
        """Ask for one picture; see the port. The service does not tell what it understood."""
        prompt = _prompt(wanted)
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                content = await self._make(wanted, prompt, self._closest(wanted))
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

    @abstractmethod
    async def _make(self, wanted: CharacterRequest, prompt: str, size_px: tuple[int, int]) -> bytes:
        """The picture of a request, at that size, as the service encodes it."""

    def _closest(self, wanted: CharacterRequest) -> tuple[int, int]:
        """The size whose shape is closest to that of the wanted picture."""
        shape = math.log(wanted.width_px / wanted.height_px)
        return min(self._sizes, key=lambda size: abs(math.log(size[0] / size[1]) - shape))

    async def _post(self, path: str, **content: Any) -> bytes:
        return await self._read("POST", f"{self._url}{path}", MAX_ANSWER_BYTES, **content)

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

    def _refusal(self, status: int, body: bytes) -> ProviderError | InputError:
        del body
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

            timeout = httpx.Timeout(self._settings.timeout_s, connect=_CONNECT_TIMEOUT_S)
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


def picture_kind(content: bytes) -> str:
    """What a picture is: its subtype as a media type, by its first bytes."""
    if content.startswith(b"\x89PNG"):
        return "png"
    return "jpeg" if content.startswith(b"\xff\xd8") else "webp"
