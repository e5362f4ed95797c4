"""The webhooks of the surfaces: whoever adds a surface with webhooks lists them here."""

from collections.abc import Callable
from typing import Final

from visavis.core.webhooks import EventRenderer
from visavis.ports import ObjectStore
from visavis.surfaces import agents, atlas, avatars
from visavis.surfaces.agents.webhooks import AgentWebhooks
from visavis.surfaces.atlas.webhooks import JobWebhooks
from visavis.surfaces.avatars.webhooks import AvatarWebhooks

_WEBHOOKS: Final[dict[str, Callable[[ObjectStore, int], EventRenderer]]] = {
    agents.NAME: AgentWebhooks,
    atlas.NAME: JobWebhooks,
    avatars.NAME: AvatarWebhooks,
}


def event_renderers(store: ObjectStore, *, result_ttl_s: int) -> dict[str, EventRenderer]:
    """What renders and signs the events of each surface, by its name, for the worker, which knows none.

    Apart from `SURFACES`, as the worker would load the applications of all surfaces with them.

    Args:
        store: The files, which makes links to results.
        result_ttl_s: How long such a link works.
    """
    return {name: create(store, result_ttl_s) for name, create in _WEBHOOKS.items()}
