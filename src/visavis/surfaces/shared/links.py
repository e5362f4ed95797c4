"""Links to files in the object store, for the client of a request."""

from starlette.requests import Request

from visavis.errors import LinkError, StoreError
from visavis.surfaces.shared.absolute_links import absolute_link
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
