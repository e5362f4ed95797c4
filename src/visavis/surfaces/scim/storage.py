"""Users and groups as scim2-server reads and writes them, kept by `core`."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from scim2_models import Resource, ResourceType, ResponseParameters, ScimFilter, SearchRequest
from scim2_server.storage import AsyncScimStorage, SearchPage

from visavis.core.database import Database, Tx
from visavis.core.organizations import directory_groups
from visavis.core.organizations.acting import Acting, lock
from visavis.errors import DirectoryTooManyError
from visavis.surfaces.scim.filters import indexed
from visavis.surfaces.scim.kinds import Kind, Row

MAX_SCANNED: Final = 2000
"""Maximum number of entries that a filter may look at, where the database has no index for it."""


class DirectoryStorage(AsyncScimStorage):
    """The directory of one organization, for one request, in one transaction."""

    def __init__(
        self, database: Database, acting: Acting | None, kinds: Mapping[str, Kind], *, is_write: bool
    ) -> None:
        """Prepare.

        Args:
            database: The state.
            acting: Whoever has the token; `None` for requests about the surface itself.
            kinds: Kinds of resources, by the names of their types.
            is_write: Whether the request changes something: changes of one organization wait for each other.
        """
        self._database, self._acting, self._kinds = database, acting, kinds
        self._is_write = is_write
        self._tx: Tx | None = None

    @asynccontextmanager
    async def operation(self) -> AsyncIterator[None]:
        """The transaction of the request."""
        async with self._database.transaction() as tx:
            if self._is_write and self._acting is not None:
                await lock(tx, self._acting.organization.id)
            self._tx = tx
            yield

    async def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        """A resource."""
        del response_parameters  # the protocol leaves out what is not asked for
        tx, acting, kind = self._open(resource_type)
        row = await kind.find(tx, acting, resource_id)
        return (await _resources(tx, acting, kind, [row]))[0]

    async def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,
    ) -> SearchPage:
        """One page of the resources that match, one type after the other."""
        del position  # of cursors, which are not offered
        start, count = search_request.start_index_0 or 0, search_request.count or 0
        total = 0
        found: list[Resource[Any]] = []
        for resource_type in resource_types:
            offset, limit = max(0, start - total), count - len(found)
            matching, page = await self._search(resource_type, search_request.filter, offset, limit)
            total += matching
            found += page
        return SearchPage(total, found)

    async def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """Keep a new resource."""
        tx, acting, kind = self._open(resource_type)
        described = kind.described(resource)
        row = await kind.create(tx, acting, described)
        return (await _resources(tx, acting, kind, [row]))[0]

    async def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        """Replace a resource. It still has the expected version: the organization is locked."""
        del expected_version
        tx, acting, kind = self._open(resource_type)
        described = kind.described(resource)
        row = await kind.change(tx, acting, resource.id, described)
        return (await _resources(tx, acting, kind, [row]))[0]

    async def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        """Delete a resource. It still has the expected version: the organization is locked."""
        del expected_version
        tx, acting, kind = self._open(resource_type)
        await kind.remove(tx, acting, resource_id)

    async def _search(
        self, resource_type: ResourceType, wanted: ScimFilter[Any] | None, offset: int, limit: int
    ) -> tuple[int, list[Resource[Any]]]:
        """Number of the resources of a type that match, and some of them."""
        tx, acting, kind = self._open(resource_type)
        conditions, is_exact = indexed(wanted, kind.name_attribute)
        if wanted is None or is_exact:
            total, rows = await kind.search(tx, acting, conditions, offset=offset, limit=limit)
            return total, await _resources(tx, acting, kind, rows)
        total, rows = await kind.search(tx, acting, conditions, offset=0, limit=MAX_SCANNED)
        if total > MAX_SCANNED:
            raise DirectoryTooManyError(
                f"This filter would look at more than {MAX_SCANNED} entries. "
                f"Filter by {kind.name_attribute}, externalId or id with eq."
            )
        every = await _resources(tx, acting, kind, rows)
        bound = ScimFilter[kind.model](str(wanted))  # type: ignore[name-defined]  # known at run time only
        matching = await asyncio.to_thread(lambda: [each for each in every if bound.match(each)])
        return len(matching), matching[offset : offset + limit]

    def _open(self, resource_type: ResourceType) -> tuple[Tx, Acting, Kind]:
        if self._tx is None or self._acting is None:
            raise RuntimeError("Resources are read and written with a token, in an operation.")
        return self._tx, self._acting, self._kinds[str(resource_type.name)]


async def _resources(tx: Tx, acting: Acting, kind: Kind, rows: Sequence[Row]) -> list[Resource[Any]]:
    groups = await directory_groups.of_members(tx, acting, [row.id for row in rows])
    return [kind.resource(row, groups.get(row.id, ())) for row in rows]
