"""The avatars that plugins name by ID."""

from typing import Final

from visavis.core import avatars
from visavis.core.identity.principals import Principal
from visavis.errors import AvatarMissingError
from visavis.surfaces.shared import faces
from visavis.surfaces.shared.context import Context
from visavis.surfaces.shared.texts import shown

BUILT_IN: Final = "default"
"""Name of the built-in face, for plugins that demand an ID."""


async def rig_of_avatar(
    context: Context, principal: Principal, avatar_id: str, *, stock: frozenset[str]
) -> str:
    """The rig of an avatar.

    Args:
        context: What the surface was given.
        principal: For whom.
        avatar_id: ID or name of the avatar, as the plugin sent it.
        stock: IDs that stand for the built-in face, unless an avatar has such a name.

    Raises:
        AvatarMissingError: The account has no such avatar.
    """
    if avatar_id == BUILT_IN:
        return await faces.default_rig(context, principal)
    try:
        async with context.database.transaction() as tx:
            avatar = await avatars.find_named(tx, principal, avatar_id)
        return await faces.rig_of_avatar(context, principal, avatar.id)
    except AvatarMissingError as error:
        if avatar_id in stock:
            return await faces.default_rig(context, principal)
        raise AvatarMissingError(f"There is no avatar {shown(avatar_id)}.") from error
