"""What the surface is given."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from visavis.settings import OrganizationSettings
from visavis.surfaces.shared.context import Context, context_of


@dataclass(frozen=True)
class ScimContext(Context):
    """What the surface is given.

    Attributes:
        organizations: Settings of organizations.
    """

    organizations: OrganizationSettings


Given = Annotated[ScimContext, Depends(context_of(ScimContext))]
