"""Single sign-on of an organization: read, set up, required."""

from typing import Final

from fastapi import APIRouter, Request

from visavis.core.organizations import acting, sso
from visavis.core.organizations.acting import Acting
from visavis.core.schema import OIDC, SsoConnection
from visavis.core.urls import parse_url
from visavis.errors import RequestError, SsoConnectionError, UrlError
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
    base_url = context.base_url(request)
    return sso_wire.SsoAnswer(
        configured=row is not None,
        enabled=inside.organization.sso_enabled,
        connection=None if row is None else _fields(row),
        domains=[] if row is None else row.domains.split(),
        redirect_uri=f"{base_url}{SIGN_IN_PATH}/callback",
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
        connection = await _checked(context, body)
        async with context.database.transaction() as tx:
            inside = await acting.enter(tx, principal, org_id, address=address, writes=True)
            await sso.connect_oidc(tx, inside, connection)
    else:
        remote_id = await _remote(context, inside, row)
        async with context.database.transaction() as tx:
            inside = await acting.enter(tx, principal, org_id, address=address, writes=True)
            row = await sso.connect_workos(tx, inside, remote_id)
        portal_url = await _portal(context, row, body.return_url)
    return sso_wire.SsoSetupAnswer(
        portal_url=portal_url, redirect_uri=f"{context.base_url(request)}{SIGN_IN_PATH}/callback"
    )


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


async def _checked(context: OrganizationsContext, body: sso_wire.SsoSetup) -> Connection:
    secret = body.client_secret.get_secret_value() if body.client_secret else ""
    if not body.client_id or not secret:
        raise RequestError("Missing required fields: client_id, client_secret.")
    connection = Connection(body.discovery_url or "", body.client_id, secret)
    try:
        await context.identity_providers[OIDC].check(connection)
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
    return sso_wire.SsoConnectionFields.model_validate({"id": row.id, "state": row.state, "type": row.type})
