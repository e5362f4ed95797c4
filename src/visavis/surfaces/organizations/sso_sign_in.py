"""Signing in through the identity provider of an organization, and webhooks of WorkOS."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Cookie, Header, Request, Response
from starlette.responses import RedirectResponse

from visavis.core import sign_in_tries
from visavis.core.identity import keys
from visavis.core.identity.tokens import SESSION_BEGIN
from visavis.core.organizations import sso, sso_tests
from visavis.core.organizations.sso import Begun, SignedIn
from visavis.core.schema import SsoConnection
from visavis.errors import RequestError, SsoConnectionError, SsoRefusal, SsoRefusedError, VisavisError
from visavis.ports.identity_provider import Identity, Returned
from visavis.surfaces.organizations import error_responses, sign_in_pages, sso_wire
from visavis.surfaces.organizations.context import SIGN_IN_PATH, Given, OrganizationsContext, client_address
from visavis.surfaces.organizations.error_responses import documented
from visavis.surfaces.organizations.sign_in_pages import is_browser
from visavis.surfaces.shared.connections import owner_of
from visavis.surfaces.shared.sign_in_cookie import CONSOLE_RATE, set_sign_in

COOKIE: Final = "visavis_sso"
_MAX_CHARS: Final = 4096
_MAX_SLUG_CHARS: Final = 100
_SEE_OTHER: Final = 303
_ACTIVATED: Final = "connection.activated"
_ENDED: Final = frozenset({"connection.deactivated", "connection.deleted"})

router = APIRouter(prefix=SIGN_IN_PATH, tags=["Signing in"])


@router.get(
    "",
    response_model=sso_wire.AuthorizationAnswer,
    responses=documented(error_responses.NOT_FOUND, error_responses.SSO_UNAVAILABLE),
)
async def begin(request: Request, response: Response, context: Given, org_slug: str = "") -> Any:
    """Begin to sign in, with the short name of an organization.

    Open `authorization_url` in the same browser: a cookie binds it to the sign-in. Browsers that ask for a
    page are led there.
    """
    try:
        await _count(request, context)
        if not org_slug or not org_slug.isprintable():
            raise RequestError("Missing required fields: org_slug.")
        async with context.database.transaction() as tx:
            _, row = await sso.connection_for(tx, org_slug)
        if not is_browser(request):
            url = await begin_attempt(request, response, context, row)
            return sso_wire.AuthorizationAnswer(authorization_url=url)
        leads = RedirectResponse("", _SEE_OTHER)
        leads.headers["Location"] = await begin_attempt(request, leads, context, row)
    except VisavisError as error:
        if not is_browser(request):
            raise
        return sign_in_pages.failed(error, org_slug[:_MAX_SLUG_CHARS])
    return leads


@router.get(
    "/callback", response_model=sso_wire.SessionAnswer, responses=documented(error_responses.SSO_UNAVAILABLE)
)
async def callback(
    request: Request,
    context: Given,
    code: str = "",
    state: str = "",
    error: str = "",
    iss: str | None = None,
    cookie: Annotated[str, Cookie(alias=COOKIE)] = "",
) -> Any:
    """End a sign-in: the identity provider sends the browser here.

    Browsers are led to the console, where they are signed in, or to a page that says why not. Others get a
    token. `iss` is compared with the provider's issuer (RFC 9207).
    """
    begun = None
    try:
        await _count(request, context)
        if not state:
            raise RequestError("Missing required fields: state.")
        if max(map(len, (code, state, iss or "", cookie))) > _MAX_CHARS:
            raise RequestError("This is no answer of an identity provider.")
        async with context.database.transaction() as tx:
            begun = await sso.take(tx, state, cookie)
        returned = Returned("" if error else code, iss)
        if begun.tester_id is not None:
            return await _test(request, context, begun, returned)
        identity = await _finish(request, context, begun, returned)
        return _answer(request, context, await _sign_in(request, context, begun, identity))
    except VisavisError as problem:
        if not is_browser(request):
            raise
        return sign_in_pages.failed(problem, begun.organization.slug if begun else None)


@router.post("/webhook", responses=documented())
async def webhook(
    request: Request,
    context: Given,
    signature: Annotated[str, Header(alias="WorkOS-Signature", max_length=_MAX_CHARS)] = "",
) -> sso_wire.Received:
    """Take an event of WorkOS: a connection became active, inactive, or was deleted. Each is handled once."""
    if context.workos is None:
        raise SsoRefusedError("This server has no account at WorkOS.")
    event = await context.workos.event(await request.body(), signature)
    event_id, kind, data = event.get("id"), event.get("event"), event.get("data")
    if not isinstance(event_id, str) or not isinstance(data, dict):
        raise RequestError("The event has no id or no data.")
    async with context.database.transaction() as tx:
        if await sso.is_new_event(tx, event_id) and kind in {_ACTIVATED, *_ENDED}:
            await sso.follow_workos(
                tx,
                str(data.get("organization_id")),
                remote_id=str(data.get("id")),
                is_active=kind == _ACTIVATED,
                type_name=str(data.get("connection_type") or data.get("type") or ""),
            )
    return sso_wire.Received()


async def begin_attempt(
    request: Request,
    response: Response,
    context: OrganizationsContext,
    row: SsoConnection,
    *,
    tester_id: int | None = None,
) -> str:
    """Begin a sign-in in the browser of a request, which the answer gives a cookie.

    Args:
        request: The request.
        response: Its answer.
        context: What the surface is given.
        row: The connection.
        tester_id: ID of the user who tests the connection; `None` for a sign-in.

    Returns:
        Where the browser goes.

    Raises:
        SsoConnectionError: The provider cannot be reached or is not understood.
    """
    async with context.database.transaction() as tx:
        connection = await sso.opened(tx, row)
    attempt = await context.identity_provider(row.kind).begin(connection, callback_url(request, context))
    async with context.database.transaction() as tx:
        cookie = await sso.begin(tx, row, attempt, tester_id=tester_id)
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=sso.ATTEMPT_TTL_S,
        path=SIGN_IN_PATH,
        httponly=True,
        samesite="lax",  # the provider's page leads back here
        secure=_is_secure(request, context),
    )
    return attempt.url


def callback_url(request: Request, context: OrganizationsContext) -> str:
    """Where identity providers lead back to."""
    return f"{context.base_url(request)}{SIGN_IN_PATH}/callback"


async def _finish(
    request: Request, context: OrganizationsContext, begun: Begun, returned: Returned
) -> Identity:
    """Ask the provider who it was that came back."""
    if not returned.code:
        raise SsoRefusedError("The identity provider did not sign you in. Start again.", SsoRefusal.DENIED)
    async with context.database.transaction() as tx:
        connection = await sso.opened(tx, begun.row)
    provider = context.identity_provider(begun.row.kind)
    return await provider.finish(connection, callback_url(request, context), returned, begun.attempt)


async def _sign_in(
    request: Request, context: OrganizationsContext, begun: Begun, identity: Identity
) -> SignedIn:
    async with context.database.transaction() as tx:
        signed_in = await sso.sign_in(tx, begun, identity, address=client_address(request))
        rate = CONSOLE_RATE * context.requests.requests_per_minute
        account_id = signed_in.organization.account_id
        await keys.console_key(tx, signed_in.user, account_id, requests_per_minute=rate)
    return signed_in


async def _test(
    request: Request, context: OrganizationsContext, begun: Begun, returned: Returned
) -> Response:
    """End a sign-in that only tests the connection: its result is kept, and nobody is signed in."""
    email, reason = None, None
    try:
        identity = await _finish(request, context, begun, returned)
        email = identity.email
        async with context.database.transaction() as tx:
            await sso.test(tx, begun, identity)
    except (SsoRefusedError, SsoConnectionError) as error:
        reason = sign_in_pages.reason_of(error)
    async with context.database.transaction() as tx:
        await sso_tests.record(tx, begun, email=email, reason=reason, address=client_address(request))
    return sign_in_pages.tested(begun.organization.id)


async def _count(request: Request, context: OrganizationsContext) -> None:
    """Count a request of a stranger, or refuse it."""
    async with context.database.transaction() as tx:
        await sign_in_tries.count(tx, machine=owner_of(request.client))


def _is_secure(request: Request, context: OrganizationsContext) -> bool:
    return context.base_url(request).startswith("https:")


def _answer(request: Request, context: OrganizationsContext, signed_in: SignedIn) -> Response | Any:
    if is_browser(request):
        response = sign_in_pages.signed_in()
        set_sign_in(response, signed_in.secret, is_secure=_is_secure(request, context))
        response.delete_cookie(COOKIE, path=SIGN_IN_PATH, httponly=True, samesite="lax")
        return response
    member, organization = signed_in.membership, signed_in.organization
    return sso_wire.SessionAnswer(
        session_token=SESSION_BEGIN + signed_in.secret,
        user=sso_wire.SsoUser(
            id=signed_in.user.public_id, email=member.email, name=member.name, role=member.role
        ),
        organization=sso_wire.SsoOrganization(
            id=organization.id, name=organization.name, slug=organization.slug
        ),
    )
