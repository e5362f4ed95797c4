"""A client of a visavis server's API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Self

import httpx
from mcp.server.mcpserver.exceptions import ToolError

from visavis.whole_file import whole_file

_TIMEOUT_S: Final = 60.0
_CONSOLE: Final = "/console/api"


class Api:
    """Sends requests to one server, each with the key of whoever asks."""

    def __init__(self, url: str) -> None:
        """Prepare; this connects to nothing yet.

        Args:
            url: Base URL of the server.
        """
        self._url = url.rstrip("/")
        self._client = httpx.AsyncClient(base_url=self._url, timeout=_TIMEOUT_S)

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def send(self, key: str, method: str, path: str, **content: Any) -> dict[str, Any]:
        """Send a request.

        Args:
            key: API key.
            method: Method of HTTP.
            path: Path below the base URL.
            content: Body or query, as httpx takes it.

        Returns:
            The JSON object of the answer.

        Raises:
            ToolError: The server does not answer, or refuses; the message is the server's.
        """
        try:
            answer = await self._client.request(
                method, path, headers={"Authorization": f"Bearer {key}"}, **content
            )
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        return _read(answer)

    async def save(self, url: str, target: Path) -> None:
        """Download a result.

        Args:
            url: Its link, which needs no key.
            target: File to write, which appears when it is whole.
        """
        try:
            with whole_file(target) as part:
                async with self._client.stream("GET", url) as answer:
                    answer.raise_for_status()
                    with part.open("wb") as file:
                        async for block in answer.aiter_bytes():
                            file.write(block)
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        except OSError as error:
            raise ToolError(f"{target} cannot be written: {error.strerror}.") from error

    async def share(self, key: str, session_id: str) -> str:
        """Create a link with which people watch a session in a browser, until it ends.

        Args:
            key: API key.
            session_id: ID of the session.
        """
        async with self._signed_in(key) as client:
            answer = _read(await client.post(f"{_CONSOLE}/sessions/{session_id}/share"))
        return str(answer["url"])

    @asynccontextmanager
    async def _signed_in(self, key: str) -> AsyncIterator[httpx.AsyncClient]:
        """The console signs in with a key, too: its API makes the links for viewers."""
        async with httpx.AsyncClient(base_url=self._url, timeout=_TIMEOUT_S) as client:
            try:
                _read(await client.post(f"{_CONSOLE}/session", json={"api_key": key}))
                yield client
                await client.delete(f"{_CONSOLE}/session")
            except httpx.HTTPError as error:
                raise self._unreachable(error) from error

    def _unreachable(self, error: httpx.HTTPError) -> ToolError:
        reason = str(error) or type(error).__name__
        return ToolError(
            f"The visavis server at {self._url} does not answer ({reason}). Set VISAVIS_API_URL."
        )


def _read(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ToolError(f"The answer is not one of a visavis server (status {answer.status_code}).")
    if answer.is_error:
        raise ToolError(f"{body.get('error', answer.status_code)}: {body.get('message', 'refused')}")
    return body
