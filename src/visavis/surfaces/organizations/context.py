"""What the surface of organizations is given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from visavis.core.identity.principals import Principal
from visavis.settings import OrganizationSettings
from visavis.surfaces.shared.authentication import authenticated, bearer
from visavis.surfaces.shared.context import Context, context_of

SendMail = Callable[[str, str, str], Awaitable[None]]
"""Sends an email to an address, with a subject and a text; raises `MailError`."""


@dataclass(frozen=True)
class OrganizationsContext(Context):
    """What the surface of organizations is given.

    Attributes:
        organizations: Settings of organizations.
        send_mail: Sends email; `None` where no mail server is set.
    """

    organizations: OrganizationSettings
    send_mail: SendMail | None


Given = Annotated[OrganizationsContext, Depends(context_of(OrganizationsContext))]
KeyPrincipal = Annotated[Principal, Depends(authenticated(bearer("Use: Authorization: Bearer <api_key>")))]


def client_address(request: Request) -> str | None:
    """IP address of the client, for the audit log."""
    return request.client.host if request.client else None
