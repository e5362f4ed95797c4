"""What recognition services have in common: addresses, keys, and how their failures are told."""

import asyncio
import io
import wave
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import numpy as np

from visavis.engine.arrays import Floats
from visavis.errors import ProviderBusyError, ProviderError, ProviderTimeoutError, RequestError
from visavis.ports import RECOGNITION_RATE_HZ
from visavis.providers.stt.whisper_languages import whisper_language
from visavis.settings import RecognitionSettings

_BUSY: Final = frozenset({408, 409, 425, 429, *range(500, 600)})
_SETTING: Final = {
    401: "VISAVIS_RECOGNITION_API_KEY",
    403: "VISAVIS_RECOGNITION_API_KEY",
    404: "VISAVIS_RECOGNITION_URL and VISAVIS_RECOGNITION_MODEL",
}
_FULL_SCALE: Final = 32_767


class Service:
    """A recognition service.

    What it answers never gets into messages: it may repeat the key.

    Args:
        settings: Settings of the service.
        url: Base URL if the settings have none.

    Attributes:
        url: Base URL, without a slash at the end.
        name: Name for messages.
        api_key: API key; empty for none.
        timeout_s: Timeout for an answer.
    """

    def __init__(self, settings: RecognitionSettings, url: str) -> None:
        self.url = (settings.url or url).rstrip("/")
        self.name = f"The speech recognition at {urlsplit(self.url).hostname}"
        self.api_key = settings.api_key.get_secret_value() if settings.api_key else ""
        self.timeout_s = settings.timeout_s
        self._client: httpx.AsyncClient | None = None

    async def post(self, path: str, **content: Any) -> bytes:
        """Post a request once.

        Args:
            path: Path below the base URL.
            content: Arguments of `httpx.AsyncClient.post`.

        Returns:
            The body of the answer.

        Raises:
            ProviderError: The service failed or refused.
        """
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=None)  # noqa: S113 - the whole request has one
        try:
            async with asyncio.timeout(self.timeout_s):
                answer = await self._client.post(self.url + path, **content)
        except TimeoutError as error:
            raise self.too_slow() from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self.unreachable() from error
        if not answer.is_success:
            raise self.refused(answer.status_code)
        return answer.content

    async def close(self) -> None:
        """Close the connections; harmless when repeated."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def refused(self, status: int) -> ProviderError:
        """The error for an answer with a status that is not a success."""
        if status in _BUSY:
            return ProviderBusyError(f"{self.name} is too busy or failed ({status}).")
        setting = _SETTING.get(status, "which VISAVIS_RECOGNITION_ settings it supports")
        return ProviderError(f"{self.name} refused the request ({status}). Check {setting}.")

    def too_slow(self) -> ProviderTimeoutError:
        """The error for no answer in time."""
        return ProviderTimeoutError(
            f"{self.name} did not answer in time. Choose a faster one, or raise "
            "VISAVIS_RECOGNITION_TIMEOUT_S."
        )

    def unreachable(self) -> ProviderBusyError:
        """The error for a connection that cannot be opened, or broke."""
        return ProviderBusyError(
            f"{self.name} cannot be reached, or broke the connection. Check VISAVIS_RECOGNITION_URL."
        )

    def unreadable(self) -> ProviderError:
        """The error for an answer that does not have the form of the interface."""
        return ProviderError(
            f"{self.name} sent what such an interface never sends. Check VISAVIS_RECOGNITION_PROVIDER and "
            "VISAVIS_RECOGNITION_URL."
        )


def check_language(language: str) -> None:
    """Refuse a tag that names no language. What a service knows is not known here.

    Raises:
        RequestError: It names none.
    """
    if language and whisper_language(language) is None:
        raise RequestError(
            f"language: {language!r} cannot be recognized. Use a BCP 47 tag such as en-US, de or es-MX, or "
            "none for detection."
        )


def pcm16(samples: Floats) -> bytes:
    """Samples as 16-bit integers, little-endian."""
    return (np.clip(samples, -1, 1) * _FULL_SCALE).astype("<i2").tobytes()


def wav(samples: Floats) -> bytes:
    """A WAV file of samples at `RECOGNITION_RATE_HZ`."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RECOGNITION_RATE_HZ)
        writer.writeframes(pcm16(samples))
    return file.getvalue()
