"""Signing in and out, and the tokens that the pages call the public API with."""

from typing import Final

from fastapi import APIRouter, Request, Response

from visavis import __version__
from visavis.core import sign_in_tries
from visavis.core.database import Database, Tx
from visavis.core.identity import sign_ins, tokens, users
from visavis.errors import NotPermittedError, RequestError, SignedOutError
from visavis.surfaces.console import sign_in_wire, wire
from visavis.surfaces.console.context import PREFIX, ConsoleContext
from visavis.surfaces.console.signed_in import (
    PROOF,
    Given,
    MaybePrincipal,
    SignedIn,
    give_cookie,
    give_proof,
    machine_of,
    take_cookie,
)
from visavis.surfaces.shared.sign_in_cookie import CONSOLE_RATE

_NO_CONTENT: Final = 204

router = APIRouter(prefix=PREFIX, tags=["Signing in"])


@router.get("/session")
async def session(principal: MaybePrincipal, context: Given) -> sign_in_wire.SignInAnswer:
    """Who is signed in."""
    async with context.shared.database.transaction() as tx:
        if principal is not None:
            return answer(await sign_ins.holder(tx, principal), context)
        has_users = bool(await users.count(tx))
    return sign_in_wire.SignInAnswer(
        signed_in=False,
        has_users=has_users,
        version=__version__,
        limits=_limits(context),
        is_billed=context.shared.server.billing,
    )


@router.post("/session")
async def sign_in(
    body: sign_in_wire.SignInRequest, request: Request, response: Response, context: Given
) -> sign_in_wire.SignInAnswer:
    """Sign in with an e-mail address and a password, or with an API key."""
    database = context.shared.database
    if body.api_key:
        await count_try(database, request)
        async with database.transaction() as tx:
            secret = await sign_ins.with_key(tx, body.api_key.get_secret_value())
            holder = await holder_of(tx, secret)
    elif body.email and body.password:
        prober = await count_try(database, request, body.email)
        user = await users.check_password(database, body.email, body.password.get_secret_value())
        async with database.transaction() as tx:
            secret = await sign_ins.with_user(tx, user)
            await sign_in_tries.forgive(tx, prober)
            holder = await holder_of(tx, secret)
            proof = await sign_in_tries.browser_proof(tx, body.email)
        give_proof(request, response, context, proof)
    else:
        raise RequestError("Give email and password, or api_key.")
    give_cookie(request, response, context, secret)
    return answer(holder, context)


@router.post("/session/link/look")
async def look_at_link(
    body: sign_in_wire.LinkRequest, request: Request, context: Given
) -> sign_in_wire.LinkAnswer:
    """What a sign-in link is good for; looking does not spend it."""
    database = context.shared.database
    await count_try(database, request)
    async with database.transaction() as tx:
        purpose = await sign_ins.look_at_link(tx, body.link.get_secret_value())
    return sign_in_wire.LinkAnswer(
        makes_first_user=purpose.makes_first_user,
        email=purpose.email,
        needs_password=purpose.needs_password,
    )


@router.post("/session/link")
async def sign_in_by_link(
    body: sign_in_wire.LinkSignInRequest, request: Request, response: Response, context: Given
) -> sign_in_wire.SignInAnswer:
    """Sign in with a link, which is spent by it."""
    database = context.shared.database
    await count_try(database, request)
    password = body.password.get_secret_value() if body.password else ""
    secret = await sign_ins.with_link(
        database, body.link.get_secret_value(), email=body.email or "", password=password
    )
    async with database.transaction() as tx:
        holder = await holder_of(tx, secret)
    give_cookie(request, response, context, secret)
    return answer(holder, context)


@router.delete("/session", status_code=_NO_CONTENT)
async def sign_out(principal: MaybePrincipal, response: Response, context: Given) -> None:
    """Sign out."""
    if principal is not None:
        async with context.shared.database.transaction() as tx:
            await sign_ins.end(tx, principal)
    take_cookie(response)


@router.post("/password", status_code=_NO_CONTENT)
async def change_password(
    body: sign_in_wire.PasswordRequest, request: Request, principal: SignedIn, context: Given
) -> None:
    """Change your password; every other browser is signed out."""
    database = context.shared.database
    async with database.transaction() as tx:
        user = (await sign_ins.holder(tx, principal)).user
    if user is None:
        raise NotPermittedError("You are signed in with an API key, which has no password.")
    prober = await count_try(database, request, user.email)
    await users.check_password(database, user.email, body.current.get_secret_value())
    password_hash = await users.hash_password(body.new.get_secret_value())
    async with database.transaction() as tx:
        await sign_in_tries.forgive(tx, prober)
        await users.set_password(tx, user, password_hash)
        await sign_ins.end_others(tx, principal, user)


@router.post("/token")
async def token(
    body: sign_in_wire.TokenRequest, principal: SignedIn, context: Given
) -> sign_in_wire.TokenAnswer:
    """A bearer token for the public API, good for some minutes.

    It stands for the key that is named, or for your own: what is done with it is counted on that key.
    """
    rate = CONSOLE_RATE * context.shared.requests.requests_per_minute
    async with context.shared.database.transaction() as tx:
        made, key = await tokens.issue(tx, principal, body.key_id, console_requests_per_minute=rate)
    return sign_in_wire.TokenAnswer(
        token=made, expires_in=tokens.TOKEN_TTL_S, key_id=key.id, key_name=key.name, key_prefix=key.prefix
    )


async def count_try(database: Database, request: Request, email: str | None = None) -> str:
    """Count a try, in a transaction of its own: it counts, whatever becomes of it. By whom it was counted."""
    machine, proof = machine_of(request), request.cookies.get(PROOF, "")
    async with database.transaction() as tx:
        if email is None:
            await sign_in_tries.count(tx, machine=machine)
            return ""
        browser = proof if proof and await sign_in_tries.is_proven(tx, email, proof) else None
        prober = sign_in_tries.prober(machine, email, browser=browser)
        await sign_in_tries.count(tx, machine=machine, prober=prober)
    return prober


async def holder_of(tx: Tx, secret: str) -> sign_ins.Holder:
    """Find who signed in just now."""
    principal = await sign_ins.find(tx, secret)
    if principal is None:
        raise SignedOutError("You are already signed out.")
    return await sign_ins.holder(tx, principal)


def _limits(context: ConsoleContext) -> sign_in_wire.LimitsAnswer:
    limits = context.shared.requests
    return sign_in_wire.LimitsAnswer(
        max_upload_bytes=limits.max_upload_bytes,
        max_face_bytes=limits.max_face_bytes,
        max_text_chars=limits.max_text_chars,
        result_ttl_s=context.shared.storage.result_ttl_s,
    )


def answer(holder: sign_ins.Holder, context: ConsoleContext) -> sign_in_wire.SignInAnswer:
    """Who is signed in, for the pages."""
    user, key, acting = holder.user, holder.key, holder.organization
    return sign_in_wire.SignInAnswer(
        signed_in=True,
        has_users=True,
        version=__version__,
        limits=_limits(context),
        is_billed=context.shared.server.billing,
        user=sign_in_wire.UserAnswer(email=user.email, is_operator=user.is_operator) if user else None,
        key=wire.KeyName(id=key.id, prefix=key.prefix, name=key.name) if key else None,
        organization=sign_in_wire.OrganizationName(id=acting.id, name=acting.name, slug=acting.slug)
        if acting
        else None,
        is_bound=holder.is_bound,
    )
