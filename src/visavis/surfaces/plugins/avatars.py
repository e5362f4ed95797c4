"""The avatars that plugins name by ID."""

from typing import Final

from visavis.core import agents, avatars
from visavis.core.identity.principals import Principal
from visavis.errors import AgentMissingError, AvatarMissingError
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
        avatar_id: ID or name of a saved avatar, or code of an agent, as the plugin sent it.
        stock: IDs that stand for the built-in face, unless an avatar has such a name.

    Raises:
        AvatarMissingError: The account has no such avatar.
        AgentNotReadyError: It is the code of an agent that is still being made.
    """
    if avatar_id == BUILT_IN:
        return await faces.default_rig(context, principal)
    rig = await _saved(context, principal, avatar_id) or await _of_agent(context, principal, avatar_id)
    if rig is not None:
        return rig
    if avatar_id in stock:
        return await faces.default_rig(context, principal)
    raise AvatarMissingError(f"There is no avatar {shown(avatar_id)}.")


async def _saved(context: Context, principal: Principal, avatar_id: str) -> str | None:
    """The rig of a saved avatar; `None` if there is none with that ID or name."""
    try:
        async with context.database.transaction() as tx:
            avatar = await avatars.find_named(tx, principal, avatar_id)
        return await faces.rig_of_avatar(context, principal, avatar.id)
    except AvatarMissingError:
        return None


async def _of_agent(context: Context, principal: Principal, code: str) -> str | None:
    """The rig of an agent; `None` if there is none with that code."""
    try:
        async with context.database.transaction() as tx:
            return (await agents.find_ready(tx, principal, code)).rig_id
    except AgentMissingError:
        return None
