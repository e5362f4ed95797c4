"""How a request or a WebSocket proves who sends it.

A scheme says where the credential is; it is a FastAPI dependency that documents itself. `authenticated` makes
the principal of it.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import Depends
from fastapi.openapi.models import APIKey, APIKeyIn, HTTPBearer
from fastapi.openapi.models import SecurityBase as Documented
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection

from visavis.core import rates
from visavis.core.database import Tx
from visavis.core.identity.authentication import authenticate
from visavis.core.identity.principals import Principal
from visavis.errors import CredentialsMissingError, DatabaseError
from visavis.surfaces.shared.context import Context, Given

_A_KEY: Final = "A key: `visavis keys create NAME`."

Read = Callable[[HTTPConnection], str]
"""Finds the credential; raises `CredentialsMissingError` in the words of the surface."""

Count = Callable[[Tx, Principal, Context], Awaitable[None]]
"""Counts a request, or raises `RateLimitError`."""


class AuthUnavailableError(DatabaseError):
    """Credentials cannot be looked up."""


class Scheme(SecurityBase):
    """A place for credentials in requests."""

    def __init__(self, name: str, documented: Documented, read: Read) -> None:
        """Describe it.

        Args:
            name: Name in the OpenAPI document.
            documented: Its part of the OpenAPI document.
            read: Finds the credential.
        """
        self.scheme_name, self.model, self.read = name, documented, read

    async def __call__(self, connection: HTTPConnection) -> str:
        """The credential of a request or WebSocket."""
        return self.read(connection)


def bearer(use: str) -> Scheme:
    """`Authorization: Bearer …`, with a key or an access token.

    Args:
        use: What to send instead, for the error.
    """

    def read(connection: HTTPConnection) -> str:
        header = connection.headers.get("authorization")
        if not header:
            raise CredentialsMissingError(f"Missing Authorization header. {use}")
        scheme, _, key = header.partition(" ")
        if scheme.lower() != "bearer" or not key.strip() or " " in key.strip():
            raise CredentialsMissingError(f"Invalid Authorization format. {use}")
        return key.strip()

    return Scheme("HTTPBearer", HTTPBearer(description=_A_KEY), read)


def header(name: str) -> Scheme:
    """A header of its own that holds a key."""

    def read(connection: HTTPConnection) -> str:
        key = connection.headers.get(name)
        if not key:
            raise CredentialsMissingError(f"Missing {name} header.")
        return key

    return Scheme(name, _api_key(APIKeyIn.header, name, _A_KEY), read)


def either(first: Scheme, second: Scheme) -> Scheme:
    """One place or another: the second counts if nothing is in the first."""

    def read(connection: HTTPConnection) -> str:
        try:
            return first.read(connection)
        except CredentialsMissingError:
            return second.read(connection)

    return Scheme(first.scheme_name, first.model, read)


def cookie(name: str, description: str) -> Scheme:
    """A cookie; an empty credential where there is none, for routes that answer strangers too."""
    documented = _api_key(APIKeyIn.cookie, name, description)
    return Scheme(name, documented, lambda connection: connection.cookies.get(name, ""))


def _api_key(place: APIKeyIn, name: str, description: str) -> APIKey:
    return APIKey.model_validate({"in": place, "name": name, "description": description})


async def count_request(tx: Tx, principal: Principal, context: Context) -> None:
    """Count a request against the rate of its key.

    Raises:
        RateLimitError: It is one too many.
    """
    await rates.take(tx, principal, default_rate=context.requests.requests_per_minute)


def authenticated(scheme: Scheme, count: Count | None = count_request) -> Callable[..., Awaitable[Principal]]:
    """A dependency that gives the principal of a key.

    Args:
        scheme: Where the key is.
        count: Counts the request; `None` for routes that count by themselves.
    """

    async def principal(credential: Annotated[str, Depends(scheme)], context: Given) -> Principal:
        try:
            # A transaction of its own: the request counts, whatever becomes of it.
            async with context.database.transaction() as tx:
                found = await authenticate(tx, credential)
                if count is not None:
                    await count(tx, found, context)
        except DatabaseError as error:
            raise AuthUnavailableError("Keys cannot be looked up.") from error
        return found

    return principal
