"""Links to files in the object store."""

from starlette.requests import Request

from visavis.errors import LinkError, StoreError
from visavis.ports import ObjectStore
from visavis.surfaces.shared.context import Context


async def link_to(context: Context, request: Request, path: str) -> str:
    """A link to a file, for the client of a request. It needs no authorization, and expires.

    Raises:
        LinkError: It could not be made.
    """
    base_url, ttl_s = context.base_url(request), context.storage.result_ttl_s
    try:
        return await absolute_link(context.store, path, base_url=base_url, ttl_s=ttl_s)
    except StoreError as error:
        raise LinkError("Failed to generate the download URL.") from error


async def absolute_link(store: ObjectStore, path: str, *, base_url: str, ttl_s: int) -> str:
    """The same outside a request, such as for a webhook.

    Args:
        store: The files.
        path: Path of the file.
        base_url: Address of this server, for stores whose files it serves itself.
        ttl_s: How long the link works, in seconds.

    Raises:
        StoreError: It could not be made.
    """
    link = await store.link(path, ttl_s=ttl_s)
    return base_url + link if link.startswith("/") else link
