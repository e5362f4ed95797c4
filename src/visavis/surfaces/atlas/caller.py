"""Who asks: the principal behind the key of a request, counted against its rate."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from visavis.core import rates
from visavis.core.database import Tx
from visavis.core.identity.authentication import authenticate as authenticate_key
from visavis.core.identity.principals import Principal
from visavis.errors import (
    CredentialsMissingError,
    DatabaseError,
    MonthlyCapError,
    RateLimitError,
    SessionRateError,
)
from visavis.surfaces.atlas.error_responses import AuthUnavailableError
from visavis.surfaces.shared.context import Context, Given

_USE: Final = "Use: Authorization: Bearer <api_key>"

# For the documentation alone: it looks at nothing.
_documented = HTTPBearer(auto_error=False, description="A key: `visavis keys create NAME`.")


def _key_of(request: Request) -> str:
    header = request.headers.get("authorization")
    if not header:
        raise CredentialsMissingError(f"Missing Authorization header. {_USE}")
    scheme, _, key = header.partition(" ")
    if scheme.lower() != "bearer" or not key.strip() or " " in key.strip():
        raise CredentialsMissingError(f"Invalid Authorization format. {_USE}")
    return key.strip()


def _authenticated(*, polling: bool = False, counted: bool = True) -> Callable[..., Awaitable[Principal]]:
    async def authenticate(
        request: Request,
        context: Given,
        _: Annotated[object, Depends(_documented)],
    ) -> Principal:
        word = _key_of(request)
        try:
            # A transaction of its own: the request counts, whatever becomes of it.
            async with context.database.transaction() as tx:
                principal = await authenticate_key(tx, word)
                if counted:
                    await _count(tx, principal, context, polling=polling)
        except DatabaseError as error:
            raise AuthUnavailableError("Keys cannot be looked up.") from error
        return principal

    return authenticate


async def count(context: Context, principal: Principal) -> None:
    """Count a request of an `UncountedCaller`.

    Raises:
        RateLimitError: It is one too many.
    """
    async with context.database.transaction() as tx:
        await _count(tx, principal, context, polling=False)


async def _count(tx: Tx, principal: Principal, context: Context, *, polling: bool) -> None:
    await rates.take(tx, principal, default_rate=context.limits.requests_per_minute, polling=polling)


async def _authenticated_for_sessions(
    request: Request,
    context: Given,
    _: Annotated[object, Depends(_documented)],
) -> Principal:
    """As any caller; but the API has a word of its own for too many sessions."""
    try:
        return await _authenticated()(request, context, None)
    except MonthlyCapError:
        raise
    except RateLimitError as error:
        raise SessionRateError(error.message, retry_after_s=error.retry_after_s) from error


Caller = Annotated[Principal, Depends(_authenticated())]
SessionCaller = Annotated[Principal, Depends(_authenticated_for_sessions)]
UncountedCaller = Annotated[Principal, Depends(_authenticated(counted=False))]
PollingCaller = Annotated[Principal, Depends(_authenticated(polling=True))]
