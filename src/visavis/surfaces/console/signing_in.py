"""Signing in and out, and the tokens that the pages call the public API with."""

from typing import Final

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from visavis import __version__
from visavis.core import access, accounts, sign_ins
from visavis.core.database import Database
from visavis.core.schema import ApiKey
from visavis.core.sign_ins import Visitor
from visavis.errors import NotPermittedError, RequestError
from visavis.surfaces.console import wire
from visavis.surfaces.console.context import PREFIX, ConsoleContext
from visavis.surfaces.console.visitor import (
    PROOF,
    Given,
    MaybeVisitor,
    SignedIn,
    give_cookie,
    give_proof,
    machine_of,
    take_cookie,
)

_NO_CONTENT: Final = 204
_CONSOLE_RATE: Final = 4  # the console's own keys may ask this many times as often as others

router = APIRouter(prefix=PREFIX, tags=["Signing in"])


@router.get("/session")
async def session(visitor: MaybeVisitor, context: Given) -> wire.SignInAnswer:
    """Who is signed in."""
    if visitor is None:
        async with context.shared.database.transaction() as db:
            has_users = bool(await accounts.count_users(db))
        return wire.SignInAnswer(
            signed_in=False, has_users=has_users, version=__version__, limits=_limits(context)
        )
    return _session_of(visitor, context)


@router.post("/session")
async def sign_in(
    body: wire.SignInRequest, request: Request, response: Response, context: Given
) -> wire.SignInAnswer:
    """Sign in with an e-mail address and a password, or with an API key."""
    database = context.shared.database
    if body.api_key:
        await _count_try(database, request)
        async with database.transaction() as db:
            _, secret = await sign_ins.with_key(db, body.api_key.get_secret_value())
            visitor = await sign_ins.find(db, secret)
    elif body.email and body.password:
        prober = await _count_try(database, request, body.email)
        async with database.transaction() as db:
            _, secret = await sign_ins.with_password(db, body.email, body.password.get_secret_value())
            await sign_ins.forgive(db, prober)
            visitor = await sign_ins.find(db, secret)
            proof = await sign_ins.browser_proof(db, body.email)
        give_proof(request, response, context, proof)
    else:
        raise RequestError("Give email and password, or api_key.")
    give_cookie(request, response, context, secret)
    return _session_of(_there(visitor), context)


@router.post("/session/link/look")
async def look_at_link(body: wire.LinkRequest, request: Request, context: Given) -> wire.LinkAnswer:
    """What a sign-in link is good for; looking does not spend it."""
    database = context.shared.database
    await _count_try(database, request)
    async with database.transaction() as db:
        return wire.LinkAnswer(
            makes_first_user=await sign_ins.is_first_link(db, body.link.get_secret_value())
        )


@router.post("/session/link")
async def sign_in_by_link(
    body: wire.LinkSignInRequest, request: Request, response: Response, context: Given
) -> wire.SignInAnswer:
    """Sign in with a link, which is spent by it."""
    database = context.shared.database
    await _count_try(database, request)
    async with database.transaction() as db:
        password = body.password.get_secret_value() if body.password else ""
        _, secret = await sign_ins.with_link(
            db, body.link.get_secret_value(), email=body.email or "", password=password
        )
        visitor = await sign_ins.find(db, secret)
    give_cookie(request, response, context, secret)
    return _session_of(_there(visitor), context)


@router.delete("/session", status_code=_NO_CONTENT)
async def sign_out(visitor: MaybeVisitor, response: Response, context: Given) -> None:
    """Sign out."""
    if visitor is not None:
        async with context.shared.database.transaction() as db:
            await sign_ins.end(db, visitor.sign_in)
    take_cookie(response)


@router.post("/password", status_code=_NO_CONTENT)
async def change_password(
    body: wire.PasswordRequest, request: Request, visitor: SignedIn, context: Given
) -> None:
    """Change your password; every other browser is signed out."""
    if visitor.user is None:
        raise NotPermittedError("You are signed in with a key; it has no password.")
    database = context.shared.database
    prober = await _count_try(database, request, visitor.user.email)
    async with database.transaction() as db:
        await accounts.check_password(db, visitor.user.email, body.current.get_secret_value())
        await sign_ins.forgive(db, prober)
        await accounts.change_password(db, visitor.user, body.new.get_secret_value())
        await sign_ins.end_others(db, visitor)


@router.post("/token")
async def token(body: wire.TokenRequest, visitor: SignedIn, context: Given) -> wire.TokenAnswer:
    """A bearer token for the public API, good for some minutes.

    It stands for the key that is named, or for your own: what is done with it is counted on that key.
    """
    async with context.shared.database.transaction() as db:
        key = await _acting_as(db, visitor, body.key_id, context.shared.limits.requests_per_minute)
        made = await access.token_for(db, visitor.sign_in, key)
    return wire.TokenAnswer(
        token=made, expires_in=access.TOKEN_TTL_S, key_id=key.id, key_name=key.name, key_prefix=key.prefix
    )


async def _acting_as(db: AsyncSession, visitor: Visitor, key_id: int | None, rate: int) -> ApiKey:
    if key_id is None:
        if visitor.key is not None:
            return visitor.key
        if visitor.user is None:
            raise NotPermittedError("There is no key to act as.")
        return await accounts.console_key(db, visitor.user, requests_per_minute=_CONSOLE_RATE * rate)
    found = await accounts.list_keys(db, [key_id]) if visitor.may_see(key_id) else []
    if not found or found[0].revoked_at is not None:
        raise NotPermittedError("This key is not yours, or was revoked.")
    return found[0]


async def _count_try(database: Database, request: Request, email: str | None = None) -> str:
    """Count a try, in a transaction of its own: it counts, whatever becomes of it. By whom it was counted."""
    machine, proof = machine_of(request), request.cookies.get(PROOF, "")
    async with database.transaction() as db:
        if email is None:
            await sign_ins.count_try(db, machine=machine)
            return ""
        browser = proof if proof and await sign_ins.is_proven(db, email, proof) else None
        prober = sign_ins.prober(machine, email, browser=browser)
        await sign_ins.count_try(db, machine=machine, prober=prober)
    return prober


def _there(visitor: Visitor | None) -> Visitor:
    if visitor is None:
        raise NotPermittedError("The sign-in has ended already.")
    return visitor


def _limits(context: ConsoleContext) -> wire.LimitsAnswer:
    limits = context.shared.limits
    return wire.LimitsAnswer(
        max_upload_bytes=limits.max_upload_bytes,
        max_face_bytes=context.shared.live.max_face_bytes,
        max_text_chars=limits.max_text_chars,
    )


def _session_of(visitor: Visitor, context: ConsoleContext) -> wire.SignInAnswer:
    user, key = visitor.user, visitor.key
    return wire.SignInAnswer(
        signed_in=True,
        has_users=True,
        version=__version__,
        limits=_limits(context),
        user=wire.UserAnswer(email=user.email, is_operator=user.is_operator) if user else None,
        key=wire.KeyName(id=key.id, prefix=key.prefix, name=key.name) if key else None,
    )
