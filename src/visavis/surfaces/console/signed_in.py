"""Who is at the browser: the cookie of a request, and whether the request comes from a page of ours.

The cookie is for scripts out of reach (HttpOnly) and not sent along from foreign pages (SameSite=Strict).
What changes something must besides come from our own origin, which browsers say and pages cannot forge.
"""

from typing import Annotated, Final

from fastapi import Depends, Request, Response

from visavis.core.identity import sign_ins
from visavis.core.identity.principals import Principal
from visavis.errors import ForeignOriginError, NotPermittedError, SignedOutError
from visavis.surfaces.console.context import ConsoleContext
from visavis.surfaces.shared.authentication import cookie
from visavis.surfaces.shared.connections import owner_of
from visavis.surfaces.shared.context import context_of
from visavis.surfaces.shared.origins import ORIGIN, is_own_origin
from visavis.surfaces.shared.sign_in_cookie import COOKIE, PATH, set_sign_in

PROOF: Final = "visavis_browser"
_SIGN_IN: Final = cookie(COOKIE, "A sign-in: `POST /console/api/session` sets it.")
_PROOF_TTL_S: Final = 365 * 86_400
_SAFE: Final = ("GET", "HEAD", "OPTIONS")


Given = Annotated[ConsoleContext, Depends(context_of(ConsoleContext))]


def refuse_foreign(request: Request, context: Given) -> None:
    """Refuse what changes something and was sent by a page that is not ours.

    Browsers send `Origin` with every such request; what sends none is no browser and carries no cookie
    that it was not given on purpose.

    Raises:
        ForeignOriginError: It was.
    """
    if request.method in _SAFE:
        return
    origin = request.headers.get(ORIGIN)
    if origin is not None and not is_own_origin(origin, request, context.shared):
        raise ForeignOriginError("The request comes from a page of another origin.")


def machine_of(request: Request) -> str:
    """Where a request comes from, as strangers are counted: by IPv4 address, or IPv6 network."""
    try:
        return owner_of(request.client)
    except ValueError:  # a proxy that is trusted, and named something that is no address
        return ""


async def found_principal(secret: Annotated[str, Depends(_SIGN_IN)], context: Given) -> Principal | None:
    """Who is signed in; `None` if nobody is."""
    if not secret:
        return None
    async with context.shared.database.transaction() as tx:
        return await sign_ins.find(tx, secret)


MaybePrincipal = Annotated[Principal | None, Depends(found_principal)]


def signed_in(principal: MaybePrincipal) -> Principal:
    """Who is signed in.

    Raises:
        SignedOutError: Nobody.
    """
    if principal is None:
        raise SignedOutError("Sign in first.")
    return principal


SignedIn = Annotated[Principal, Depends(signed_in)]


def operator(principal: SignedIn) -> Principal:
    """The operator who is signed in.

    Raises:
        NotPermittedError: It is somebody else.
    """
    if not principal.is_operator:
        raise NotPermittedError("Only operators have access to this.")
    return principal


Operator = Annotated[Principal, Depends(operator)]


def give_cookie(request: Request, response: Response, context: ConsoleContext, secret: str) -> None:
    """Let the browser be signed in."""
    set_sign_in(response, secret, is_secure=context.shared.base_url(request).startswith("https:"))


def give_proof(request: Request, response: Response, context: ConsoleContext, proof: str) -> None:
    """Let the browser be known again, also when it is signed out."""
    response.set_cookie(
        PROOF,
        proof,
        max_age=_PROOF_TTL_S,
        path=PATH,
        httponly=True,
        samesite="strict",
        secure=context.shared.base_url(request).startswith("https:"),
    )


def take_cookie(response: Response) -> None:
    """Let the browser forget."""
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="strict")
