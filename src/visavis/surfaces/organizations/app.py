"""The application of the surface."""

from typing import Final

from fastapi import FastAPI

from visavis import __version__
from visavis.surfaces.organizations import (
    audit_log,
    invitations,
    members,
    organizations,
    scim_tokens,
    sso,
    sso_sign_in,
)
from visavis.surfaces.organizations.context import SIGN_IN_PATH
from visavis.surfaces.organizations.error_responses import TABLE
from visavis.surfaces.shared.dispatcher import Surface

_MAX_BODY_BYTES: Final = 64 * 1024
_DESCRIPTION: Final = """
Organizations: several users who share keys, jobs, live sessions, usage and balance. An owner can do
everything, an admin manages the other members, and a member works with keys of the organization.

These requests need an API key that belongs to a user. A key of the user's own account acts for all of the
user's organizations, a key of an organization only for that one. Whoever is not an active member gets the
same answer as for an organization that does not exist.
"""


def create_app() -> FastAPI:
    """Make the application."""
    app = FastAPI(
        title="visavis organizations",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{organizations.PREFIX}/openapi.json",
        redirect_slashes=False,
    )
    for router in (
        organizations.router,
        members.router,
        invitations.router,
        audit_log.router,
        scim_tokens.router,
        sso.router,
        sso_sign_in.router,
    ):
        app.include_router(router)
    return app


SURFACE: Final = Surface(
    "organizations",
    prefixes=(organizations.PREFIX, SIGN_IN_PATH),
    create_app=create_app,
    errors=TABLE,
    max_body_bytes=_MAX_BODY_BYTES,
)
