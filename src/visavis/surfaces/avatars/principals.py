"""The principal of a request: it comes from the request's key, and the request counts against its rate."""

from typing import Annotated, Final

from fastapi import Depends

from visavis.core import rates
from visavis.core.database import Tx
from visavis.core.identity.principals import Principal
from visavis.surfaces.shared.authentication import authenticated, bearer
from visavis.surfaces.shared.context import Context

_BEARER: Final = bearer("Use: Authorization: Bearer <api_key>")


async def _count_poll(tx: Tx, principal: Principal, context: Context) -> None:
    await rates.take(tx, principal, default_rate=context.requests.requests_per_minute, polling=True)


KeyPrincipal = Annotated[Principal, Depends(authenticated(_BEARER))]
PollingPrincipal = Annotated[Principal, Depends(authenticated(_BEARER, _count_poll))]
