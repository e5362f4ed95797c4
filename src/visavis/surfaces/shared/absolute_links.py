"""Links to files in the object store, outside a request. The worker makes them too."""

from visavis.ports import ObjectStore


async def absolute_link(store: ObjectStore, path: str, *, base_url: str, ttl_s: int) -> str:
    """A link to a file, such as for a webhook. It needs no authorization, and expires.

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
