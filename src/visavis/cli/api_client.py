"""A running server, as commands ask it."""

from dataclasses import dataclass
from typing import Any, Final

from visavis.errors import InputError, TryLaterError

_TIMEOUT_S: Final = 60.0
_UNAUTHORIZED: Final = 401
_SERVER_ERROR: Final = 500
_RETRY_AFTER_S: Final = 30


@dataclass(frozen=True)
class Server:
    """A server, and the key with which it is asked.

    Attributes:
        url: Address.
        key: API key.
    """

    url: str
    key: str

    async def ask(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        """Send a request.

        Args:
            method: HTTP method.
            path: Path, with its query.
            given: What httpx takes besides, such as `json`.

        Raises:
            InputError: The server cannot be reached, or refuses the request.
            TryLaterError: It cannot answer now.
        """
        import httpx

        if not self.key:
            raise InputError("Set VISAVIS_API_KEY, or give --key. `visavis keys create NAME` makes a key.")
        headers = {"Authorization": f"Bearer {self.key}"}
        try:
            async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=_TIMEOUT_S) as client:
                answer = await client.request(method, path, **given)
                body = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise InputError(
                f"No visavis server answers at {self.url}. Start one with `visavis serve`, or set "
                "VISAVIS_API_URL."
            ) from error
        if answer.is_success and isinstance(body, dict):
            return body
        if answer.status_code == _UNAUTHORIZED:
            raise InputError(f"The server at {self.url} refuses this API key. Check VISAVIS_API_KEY.")
        message = _message_of(body) or f"The server answered with status {answer.status_code}."
        if answer.status_code < _SERVER_ERROR:
            raise InputError(message)
        raise TryLaterError(message, retry_after_s=_RETRY_AFTER_S)


def _message_of(body: Any) -> str:
    """What an answer says, in the shape of any of our APIs."""
    if not isinstance(body, dict):
        return ""
    error = body.get("error")
    inner = error.get("message") if isinstance(error, dict) else None
    return str(inner or body.get("message") or "")
