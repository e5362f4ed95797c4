"""The principal of a request: it comes from the request's secret, in any of the places that clients use."""

from typing import Annotated, Final

from fastapi import Depends
from fastapi.openapi.models import APIKey, APIKeyIn
from starlette.requests import HTTPConnection

from visavis.core import rates
from visavis.core.database import Tx
from visavis.core.identity.principals import Principal
from visavis.errors import CredentialsMissingError
from visavis.surfaces.shared.authentication import Scheme, authenticated
from visavis.surfaces.shared.context import Context

HEADERS: Final = ("api-secret", "x-api-key")
_BEARER: Final = "bearer"


def _read(connection: HTTPConnection) -> str:
    for name in HEADERS:
        if key := connection.headers.get(name, "").strip():
            return key
    scheme, _, key = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != _BEARER or not key.strip():
        raise CredentialsMissingError("Missing api-secret header.")
    return key.strip()


_SECRET: Final = Scheme(
    "api-secret",
    APIKey.model_validate(
        {
            "in": APIKeyIn.header,
            "name": "api-secret",
            "description": "A key: `visavis keys create NAME`. `x-api-key` and a bearer token do as well.",
        }
    ),
    _read,
)


async def _count_poll(tx: Tx, principal: Principal, context: Context) -> None:
    await rates.take(tx, principal, default_rate=context.requests.requests_per_minute, polling=True)


KeyPrincipal = Annotated[Principal, Depends(authenticated(_SECRET))]
PollingPrincipal = Annotated[Principal, Depends(authenticated(_SECRET, _count_poll))]
