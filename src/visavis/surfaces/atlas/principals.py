"""The principal of a request: it comes from the request's key, and the request counts against its rate."""

from typing import Annotated, Final

from fastapi import Depends

from visavis.core import rates
from visavis.core.database import Tx
from visavis.core.identity.principals import Principal
from visavis.errors import MonthlyCapError, RateLimitError, SessionRateError
from visavis.surfaces.shared.authentication import authenticated, bearer, count_request
from visavis.surfaces.shared.context import Context

_BEARER: Final = bearer("Use: Authorization: Bearer <api_key>")


async def count(context: Context, principal: Principal) -> None:
    """Count a request of an `UncountedPrincipal`.

    Raises:
        RateLimitError: It is one too many.
    """
    async with context.database.transaction() as tx:
        await count_request(tx, principal, context)


async def _count_poll(tx: Tx, principal: Principal, context: Context) -> None:
    await rates.take(tx, principal, default_rate=context.requests.requests_per_minute, polling=True)


async def _count_session(tx: Tx, principal: Principal, context: Context) -> None:
    """As any request; but the API has a code of its own for too many sessions."""
    try:
        await count_request(tx, principal, context)
    except MonthlyCapError:
        raise
    except RateLimitError as error:
        raise SessionRateError(error.message, retry_after_s=error.retry_after_s) from error


KeyPrincipal = Annotated[Principal, Depends(authenticated(_BEARER))]
SessionPrincipal = Annotated[Principal, Depends(authenticated(_BEARER, _count_session))]
UncountedPrincipal = Annotated[Principal, Depends(authenticated(_BEARER, None))]
PollingPrincipal = Annotated[Principal, Depends(authenticated(_BEARER, _count_poll))]
