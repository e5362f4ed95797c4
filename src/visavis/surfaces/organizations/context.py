"""What the surface of organizations is given."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request

from visavis.core.identity.principals import Principal
from visavis.errors import SsoConnectionError
from visavis.ports.identity_provider import HostedConnections, IdentityProvider
from visavis.settings import OrganizationSettings
from visavis.surfaces.shared.authentication import authenticated, bearer
from visavis.surfaces.shared.context import Context, context_of

SIGN_IN_PATH: Final = "/v1/auth/sso"

SendMail = Callable[[str, str, str], Awaitable[None]]
"""Sends an email to an address, with a subject and a text; raises `MailError`."""


@dataclass(frozen=True)
class OrganizationsContext(Context):
    """What the surface of organizations is given.

    Attributes:
        organizations: Settings of organizations.
        send_mail: Sends email; `None` where no mail server is set.
        identity_providers: Sign members in, by the kind of the connection.
        workos: Sets up connections at WorkOS; `None` without an account there.
    """

    organizations: OrganizationSettings
    send_mail: SendMail | None
    identity_providers: Mapping[str, IdentityProvider]
    workos: HostedConnections | None

    def identity_provider(self, kind: str) -> IdentityProvider:
        """Whoever signs in the members of an organization.

        Args:
            kind: Kind of the organization's connection.

        Raises:
            SsoConnectionError: The server has no account at WorkOS any more.
        """
        found = self.identity_providers.get(kind)
        if found is None:
            raise SsoConnectionError("This server has no account at WorkOS.")
        return found


Given = Annotated[OrganizationsContext, Depends(context_of(OrganizationsContext))]
KeyPrincipal = Annotated[Principal, Depends(authenticated(bearer("Use: Authorization: Bearer <api_key>")))]


def client_address(request: Request) -> str | None:
    """IP address of the client, for the audit log."""
    return request.client.host if request.client else None
