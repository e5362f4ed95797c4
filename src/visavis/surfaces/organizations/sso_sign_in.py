"""Signing in through the identity provider of an organization, and webhooks of WorkOS."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Cookie, Header, Query, Request, Response
from starlette.responses import RedirectResponse

from visavis.core import sign_in_tries
from visavis.core.identity import keys
from visavis.core.identity.tokens import SESSION_BEGIN
from visavis.core.organizations import sso
from visavis.core.organizations.sso import SignedIn
from visavis.errors import RequestError, SsoRefusedError
from visavis.surfaces.organizations import error_responses, sso_wire
from visavis.surfaces.organizations.context import SIGN_IN_PATH, Given, OrganizationsContext, client_address
from visavis.surfaces.organizations.error_responses import documented
from visavis.surfaces.shared.connections import owner_of
from visavis.surfaces.shared.sign_in_cookie import CONSOLE_RATE, set_sign_in

COOKIE: Final = "visavis_sso"
_MAX_CHARS: Final = 4096
_ACTIVATED: Final = "connection.activated"
_ENDED: Final = frozenset({"connection.deactivated", "connection.deleted"})
Text = Annotated[str | None, Query(max_length=_MAX_CHARS)]

router = APIRouter(prefix=SIGN_IN_PATH, tags=["Signing in"])


@router.get("", responses=documented(error_responses.NOT_FOUND, error_responses.SSO_UNAVAILABLE))
async def begin(
    request: Request,
    response: Response,
    context: Given,
    org_slug: Annotated[str, Query(min_length=1, max_length=100)],
) -> sso_wire.AuthorizationAnswer:
    """Begin to sign in. Open `authorization_url` in the same browser: a cookie binds it to the sign-in."""
    await _count(request, context)
    async with context.database.transaction() as tx:
        _, row = await sso.connection_for(tx, org_slug)
        connection = await sso.opened(tx, row)
    attempt = await context.identity_providers[row.kind].begin(connection, _callback(request, context))
    async with context.database.transaction() as tx:
        cookie = await sso.begin(tx, row, attempt)
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=sso.ATTEMPT_TTL_S,
        path=SIGN_IN_PATH,
        httponly=True,
        samesite="lax",  # the provider's page leads back here
        secure=_is_secure(request, context),
    )
    return sso_wire.AuthorizationAnswer(authorization_url=attempt.url)


@router.get(
    "/callback", response_model=sso_wire.SessionAnswer, responses=documented(error_responses.SSO_UNAVAILABLE)
)
async def callback(
    request: Request,
    context: Given,
    code: Text = None,
    state: Text = None,
    error: Text = None,
    cookie: Annotated[str, Cookie(alias=COOKIE)] = "",
) -> Any:
    """End a sign-in: the identity provider sends the browser here.

    Browsers are led to the console, where they are signed in. Others get a token.
    """
    await _count(request, context)
    if not state:
        raise RequestError("Missing required fields: state.")
    async with context.database.transaction() as tx:
        begun = await sso.take(tx, state, cookie)
        connection = await sso.opened(tx, begun.row)
    if error or not code:
        raise SsoRefusedError("The identity provider did not sign you in. Start again.")
    provider = context.identity_providers[begun.row.kind]
    identity = await provider.finish(connection, _callback(request, context), code, begun.attempt)
    async with context.database.transaction() as tx:
        signed_in = await sso.sign_in(tx, begun, identity, address=client_address(request))
        rate = CONSOLE_RATE * context.requests.requests_per_minute
        account_id = signed_in.organization.account_id
        await keys.console_key(tx, signed_in.user, account_id, requests_per_minute=rate)
    return _answer(request, context, signed_in)


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


async def _count(request: Request, context: OrganizationsContext) -> None:
    """Count a request of a stranger, or refuse it."""
    async with context.database.transaction() as tx:
        await sign_in_tries.count(tx, machine=owner_of(request.client))


def _callback(request: Request, context: OrganizationsContext) -> str:
    return f"{context.base_url(request)}{SIGN_IN_PATH}/callback"


def _is_secure(request: Request, context: OrganizationsContext) -> bool:
    return context.base_url(request).startswith("https:")


def _answer(request: Request, context: OrganizationsContext, signed_in: SignedIn) -> Response | Any:
    if "text/html" in request.headers.get("accept", ""):
        response: Response = RedirectResponse("/", status_code=303)
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
