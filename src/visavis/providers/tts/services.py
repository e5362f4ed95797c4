"""Requests to services that speak: their sound as it comes, their failures as errors of ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import numpy as np

from visavis.engine.arrays import Floats
from visavis.errors import ProviderBusyError, ProviderError, ProviderTimeoutError

if TYPE_CHECKING:
    import httpx

_CONNECT_TIMEOUT_S: Final = 5.0
_BUSY: Final = frozenset({408, 409, 425, 429, *range(500, 600)})
_KEY_REFUSED: Final = frozenset({401, 403})
_OK: Final = 200
_FULL_SCALE: Final = 32_768
SAMPLE_BYTES: Final = 2
MAX_SENTENCE_S: Final = 120
"""Length of the longest sound that is accepted for a sentence."""


class SpeechService:
    """A service at a URL. It sends each request once.

    Args:
        url: Base URL.
        headers: Headers that prove who asks.
        prefix: What the names of its settings begin with, for messages.
        timeout_s: Timeout for the first sound, and between two pieces.
    """

    def __init__(self, url: str, headers: dict[str, str], *, prefix: str, timeout_s: float) -> None:
        self._url = url.rstrip("/")
        self._headers = headers
        self._prefix = prefix
        self._timeout_s = timeout_s
        self._name = f"The speech service at {urlsplit(url).hostname}"
        self._opened: httpx.AsyncClient | None = None

    @asynccontextmanager
    async def post(self, path: str, body: dict[str, Any]) -> AsyncIterator["httpx.Response"]:
        """Send a request, and give the answer while it comes.

        Raises:
            ProviderTimeoutError: The service is too slow.
            ProviderBusyError: It has too much to do, failed, cannot be reached, or broke off.
            ProviderError: It refused the request.
        """
        import httpx

        try:
            async with self._client.stream("POST", f"{self._url}{path}", json=body) as response:
                if response.status_code != _OK:
                    raise self._refusal(response.status_code)
                yield response
        except httpx.TimeoutException as error:
            raise ProviderTimeoutError(
                f"{self._name} did not answer in time. Try again, or raise VISAVIS_SPEECH_TIMEOUT_S."
            ) from error
        except httpx.TransportError as error:
            raise ProviderBusyError(
                f"{self._name} cannot be reached, or broke off. Check {self._prefix}_URL."
            ) from error
        except httpx.HTTPError as error:
            raise self.unreadable() from error

    def unreadable(self) -> ProviderError:
        """The error for an answer that is not what this kind of service sends."""
        return ProviderError(f"{self._name} did not send sound. Check {self._prefix}_URL.")

    def broken_off(self) -> ProviderBusyError:
        """The error for an answer that ends too early."""
        return ProviderBusyError(f"{self._name} broke off.")

    async def close(self) -> None:
        """Close the connections; harmless when repeated."""
        if self._opened is not None:
            await self._opened.aclose()
            self._opened = None

    def _refusal(self, status: int) -> ProviderError:
        """The error for a status. The service's own text stays out of it: it may repeat the request."""
        if status in _BUSY:
            return ProviderBusyError(f"{self._name} is too busy or failed ({status}). Try again later.")
        if status in _KEY_REFUSED:
            return ProviderError(f"{self._name} refused the key ({status}). Check {self._prefix}_API_KEY.")
        return ProviderError(
            f"{self._name} refused the request ({status}). Check {self._prefix}_MODEL and "
            f"{self._prefix}_VOICES."
        )

    @property
    def _client(self) -> "httpx.AsyncClient":
        if self._opened is None:
            import httpx

            self._opened = httpx.AsyncClient(
                headers=self._headers, timeout=httpx.Timeout(self._timeout_s, connect=_CONNECT_TIMEOUT_S)
            )
        return self._opened


def samples_of(pcm: bytes) -> Floats:
    """The samples of little-endian 16-bit PCM; half a sample at the end is dropped."""
    whole = len(pcm) - len(pcm) % SAMPLE_BYTES
    return np.frombuffer(pcm[:whole], "<i2").astype(np.float32) / np.float32(_FULL_SCALE)
