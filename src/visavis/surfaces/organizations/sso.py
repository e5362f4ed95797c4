"""Single sign-on of an organization: read, set up, required."""

from typing import Final

from fastapi import APIRouter, Request, Response

from visavis.core.organizations import acting, sso, sso_tests
from visavis.core.organizations.acting import Acting, user_of
from visavis.core.schema import CONNECTION_ACTIVE, OIDC, SsoConnection
from visavis.core.urls import parse_url
from visavis.errors import RequestError, SsoConnectionError, SsoNotActiveError, UrlError
from visavis.ports.identity_provider import Connection
from visavis.surfaces.organizations import error_responses, sso_wire
from visavis.surfaces.organizations.context import (
    SIGN_IN_PATH,
    Given,
    KeyPrincipal,
    OrganizationsContext,
    client_address,
)
from visavis.surfaces.organizations.error_responses import documented
from visavis.surfaces.organizations.organizations import PREFIX, OrganizationId
from visavis.surfaces.organizations.sso_sign_in import begin_attempt, callback_url

_WEB: Final = frozenset({"http", "https"})

router = APIRouter(prefix=f"{PREFIX}/{{org_id}}/sso", tags=["Single sign-on"])


@router.get("", responses=documented(error_responses.NOT_FOUND))
async def read_sso(
    org_id: OrganizationId, request: Request, principal: KeyPrincipal, context: Given
) -> sso_wire.SsoAnswer:
    """Read how the organization signs in, as an admin or owner."""
    async with context.database.transaction() as tx:
        inside = await acting.enter(tx, principal, org_id, address=client_address(request))
        inside.must_manage("see how the organization signs in")
        row = await sso.find(tx, org_id)
        tested = None if row is None else await sso_tests.last(tx, row)
    base_url = context.base_url(request)
    return sso_wire.SsoAnswer(
        configured=row is not None,
        enabled=inside.organization.sso_enabled,
        connection=None if row is None else _fields(row),
        domains=[] if row is None else row.domains.split(),
        last_test=None if tested is None else sso_wire.test_fields(tested),
        has_workos=context.workos is not None,
        redirect_uri=callback_url(request, context),
        webhook_url=f"{base_url}{SIGN_IN_PATH}/webhook",
        sign_in_url=f"{base_url}{SIGN_IN_PATH}?org_slug={inside.organization.slug}",
    )


@router.post("/setup", responses=documented(error_responses.NOT_FOUND, error_responses.SSO_UNAVAILABLE))
async def set_up_sso(
    org_id: OrganizationId,
    body: sso_wire.SsoSetup,
    request: Request,
    principal: KeyPrincipal,
    context: Given,
) -> sso_wire.SsoSetupAnswer:
    """Connect an identity provider, as an owner.

    With `discovery_url`, `client_id` and `client_secret`, the organization signs in through this OpenID
    Connect provider from now on. Without them, the answer has a link to the admin portal of WorkOS, if this
    server has an account there.
    """
    address = client_address(request)
    async with context.database.transaction() as tx:
        inside = await acting.enter(tx, principal, org_id, address=address)
        inside.must_own("set up single sign-on")
        row = await sso.find(tx, org_id)
    portal_url = None
    if body.discovery_url is not None:
        connection = await _checked(context, body, callback_url(request, context))
        async with context.database.transaction() as tx:
            inside = await acting.enter(tx, principal, org_id, address=address, writes=True)
            await sso.connect_oidc(tx, inside, connection)
    else:
        remote_id = await _remote(context, inside, row)
        async with context.database.transaction() as tx:
            inside = await acting.enter(tx, principal, org_id, address=address, writes=True)
            row = await sso.connect_workos(tx, inside, remote_id)
        portal_url = await _portal(context, row, body.return_url)
    return sso_wire.SsoSetupAnswer(portal_url=portal_url, redirect_uri=callback_url(request, context))


@router.post("/test", responses=documented(error_responses.NOT_FOUND, error_responses.SSO_NOT_ACTIVE))
async def test_sso(
    org_id: OrganizationId, request: Request, response: Response, principal: KeyPrincipal, context: Given
) -> sso_wire.SsoTestAnswer:
    """Test the connection, as an owner.

    This reads the provider's metadata and keys, and tries the client ID and the secret. To test the rest,
    open `authorization_url` in the same browser and sign in. Nobody is signed in here by it; `last_test` of
    `GET …/sso` says how it went.
    """
    async with context.database.transaction() as tx:
        inside = await acting.enter(tx, principal, org_id, address=client_address(request))
        inside.must_own("test single sign-on")
        row = await sso.find(tx, org_id)
        if row is None or row.state != CONNECTION_ACTIVE:
            raise SsoNotActiveError("Set up single sign-on first: there is no active connection.")
        connection = await sso.opened(tx, row)
    try:
        await context.identity_provider(row.kind).check(connection, callback_url(request, context))
        url = await begin_attempt(request, response, context, row, tester_id=user_of(principal))
    except SsoConnectionError as error:
        return sso_wire.SsoTestAnswer(passed=False, problem=error.message, authorization_url=None)
    return sso_wire.SsoTestAnswer(passed=True, problem=None, authorization_url=url)


@router.post("/enable", responses=documented(error_responses.NOT_FOUND, error_responses.SSO_NOT_ACTIVE))
async def enable_sso(
    org_id: OrganizationId,
    body: sso_wire.SsoEnable,
    request: Request,
    principal: KeyPrincipal,
    context: Given,
) -> sso_wire.SsoEnabled:
    """Require single sign-on, or no longer, as an owner.

    Browsers that signed in by password can then no longer act for the organization. Keys go on.
    """
    async with context.database.transaction() as tx:
        inside = await acting.enter(tx, principal, org_id, address=client_address(request), writes=True)
        await sso.enable(tx, inside, is_enabled=body.enabled)
    return sso_wire.SsoEnabled(enabled=body.enabled)


async def _checked(context: OrganizationsContext, body: sso_wire.SsoSetup, redirect_uri: str) -> Connection:
    secret = body.client_secret.get_secret_value() if body.client_secret else ""
    if not body.client_id or not secret:
        raise RequestError("Missing required fields: client_id, client_secret.")
    connection = Connection(body.discovery_url or "", body.client_id, secret)
    try:
        await context.identity_provider(OIDC).check(connection, redirect_uri)
    except SsoConnectionError as error:
        raise RequestError(error.message) from error
    return connection


async def _remote(context: OrganizationsContext, inside: Acting, row: SsoConnection | None) -> str:
    """ID of the organization at WorkOS, which is created there if it is not connected yet."""
    if context.workos is None:
        raise RequestError(
            "This server has no account at WorkOS. Send discovery_url, client_id and client_secret of an "
            "OpenID Connect provider."
        )
    if row is not None and row.kind != OIDC:
        return row.address
    return await context.workos.create_organization(inside.organization.name, inside.organization.id)


async def _portal(context: OrganizationsContext, row: SsoConnection, return_url: str | None) -> str:
    if context.workos is None:
        raise RequestError("This server has no account at WorkOS.")
    if return_url is not None:
        try:
            return_url = parse_url(return_url, "return_url", schemes=_WEB).text
        except UrlError as error:
            raise RequestError(error.message) from error
    return await context.workos.portal_url(row.address, return_url)


def _fields(row: SsoConnection) -> sso_wire.SsoConnectionFields:
    is_oidc = row.kind == OIDC
    fields = {
        "id": row.id,
        "state": row.state,
        "type": row.type,
        "discovery_url": row.address if is_oidc else None,
        "client_id": row.client_id if is_oidc else None,
    }
    return sso_wire.SsoConnectionFields.model_validate(fields)
