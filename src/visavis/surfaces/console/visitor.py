"""Who is at the browser: the cookie of a request, and whether the request comes from a page of ours.

The cookie is for scripts out of reach (HttpOnly) and not sent along from foreign pages (SameSite=Strict).
What changes something must besides come from our own origin, which browsers say and pages cannot forge.
"""

from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response

from visavis.core import sign_ins
from visavis.core.sign_ins import Visitor
from visavis.errors import ForeignOriginError, NotPermittedError, SignedOutError
from visavis.surfaces.console.context import ConsoleContext

COOKIE: Final = "visavis_console"
_PATH: Final = "/console"
_SAFE: Final = ("GET", "HEAD", "OPTIONS")


def context(request: Request) -> ConsoleContext:
    """What the console was given."""
    given = request.app.state.context
    if not isinstance(given, ConsoleContext):
        raise TypeError("The application was made without its context.")
    return given


Given = Annotated[ConsoleContext, Depends(context)]


def refuse_foreign(request: Request, context: Given) -> None:
    """Refuse what changes something and was sent by a page that is not ours.

    Browsers send `Origin` with every such request; what sends none is no browser and carries no cookie
    that it was not given on purpose.

    Raises:
        ForeignOriginError: It was.
    """
    if request.method in _SAFE:
        return
    origin = request.headers.get("origin")
    if origin is None:
        return
    ours = {request.headers.get("host", ""), urlsplit(context.shared.base_url(request)).netloc}
    if urlsplit(origin).netloc not in ours:
        raise ForeignOriginError("This request was sent by a page of another origin.")


async def found_visitor(request: Request, context: Given) -> Visitor | None:
    """Who is signed in; nobody, if so."""
    secret = request.cookies.get(COOKIE)
    if not secret:
        return None
    async with context.shared.database.transaction() as session:
        return await sign_ins.find(session, secret)


MaybeVisitor = Annotated[Visitor | None, Depends(found_visitor)]


def signed_in(visitor: MaybeVisitor) -> Visitor:
    """Who is signed in.

    Raises:
        SignedOutError: Nobody.
    """
    if visitor is None:
        raise SignedOutError("Sign in first.")
    return visitor


SignedIn = Annotated[Visitor, Depends(signed_in)]


def operator(visitor: SignedIn) -> Visitor:
    """The operator who is signed in.

    Raises:
        NotPermittedError: It is somebody else.
    """
    if not visitor.is_operator:
        raise NotPermittedError("Only operators may see this.")
    return visitor


Operator = Annotated[Visitor, Depends(operator)]


def give_cookie(request: Request, response: Response, context: ConsoleContext, secret: str) -> None:
    """Let the browser be signed in."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=sign_ins.SIGN_IN_LIFE_S,
        path=_PATH,
        httponly=True,
        samesite="strict",
        secure=context.shared.base_url(request).startswith("https:"),
    )


def take_cookie(response: Response) -> None:
    """Let the browser forget."""
    response.delete_cookie(COOKIE, path=_PATH, httponly=True, samesite="strict")
