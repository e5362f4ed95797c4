"""Links to files in the object store."""

from starlette.requests import Request

from visavis.errors import LinkError, StoreError
from visavis.surfaces.shared.context import Context


async def link_to(context: Context, request: Request, path: str) -> str:
    """A link to a file, for the client of a request. It needs no authorization, and expires.

    Raises:
        LinkError: It could not be made.
    """
    try:
        link = await context.store.link(path, ttl_s=context.storage.result_ttl_s)
    except StoreError as error:
        raise LinkError("Failed to generate the download URL.") from error
    return context.base_url(request) + link if link.startswith("/") else link
