"""The surfaces of the server: whoever adds one lists it here."""

from typing import Any, Final

from visavis.surfaces.agents import app as agents
from visavis.surfaces.atlas import app as atlas
from visavis.surfaces.avatars import app as avatars
from visavis.surfaces.console import app as console
from visavis.surfaces.console import pages
from visavis.surfaces.console.context import ConsoleContext
from visavis.surfaces.mirrorstage import app as mirrorstage
from visavis.surfaces.mirrorstage.context import PaidContext
from visavis.surfaces.organizations import app as organizations
from visavis.surfaces.organizations.context import OrganizationsContext
from visavis.surfaces.plugins import app as plugins
from visavis.surfaces.scim import app as scim
from visavis.surfaces.scim.context import ScimContext
from visavis.surfaces.shared.context import Context
from visavis.surfaces.shared.dispatcher import Dispatcher, Surface

SURFACES: Final[list[Surface]] = [
    *(console.SURFACE, pages.SURFACE, organizations.SURFACE, scim.SURFACE),
    *plugins.SURFACES,
    avatars.SURFACE,
    agents.SURFACE,
    mirrorstage.SURFACE,
    atlas.SURFACE,
]
"""In the order in which they are asked; the last one answers what no other does."""


def dispatcher(
    context: Context,
    console_context: ConsoleContext,
    organizations_context: OrganizationsContext,
    scim_context: ScimContext,
    paid_context: PaidContext,
) -> Dispatcher:
    """What answers requests.

    Args:
        context: What every surface works with.
        console_context: What the console works with.
        organizations_context: What the surface of organizations works with.
        scim_context: What the surface of their directories works with.
        paid_context: What paid sessions work with.
    """
    own: dict[str, object] = {
        console.SURFACE.name: console_context,
        organizations.SURFACE.name: organizations_context,
        scim.SURFACE.name: scim_context,
        mirrorstage.SURFACE.name: paid_context,
    }
    return Dispatcher([(each, each.serve(own.get(each.name, context), context.metrics)) for each in SURFACES])


def openapi_documents() -> dict[str, dict[str, Any]]:
    """The OpenAPI documents of the surfaces that have one, by name; nothing needs to run for them."""
    found = {each.name: each.openapi() for each in SURFACES}
    return {name: document for name, document in found.items() if document is not None}
