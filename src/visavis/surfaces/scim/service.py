"""The protocol, by scim2-server: what is read, checked and answered around the database."""

from typing import Any, Final

from scim2_models import Context, Resource, ResponseParameters, SCIMException
from scim2_server.handler import AsyncScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.routing import Operation
from scim2_server.service import ScimService

from visavis.core.database import Database
from visavis.core.organizations.acting import Acting
from visavis.surfaces.scim.kinds import kinds_of
from visavis.surfaces.scim.resources import describe
from visavis.surfaces.scim.storage import DirectoryStorage

_WRITES: Final = frozenset({Operation.create, Operation.replace, Operation.patch, Operation.delete})


class _Protocol(ScimService):
    """As the library has it; but PATCH answers with the whole resource, which Okta expects."""

    def patch_response(
        self, base_url: str, resource: Resource[Any], response_parameters: ResponseParameters[Any]
    ) -> ScimResponse:
        """The answer to a PATCH."""
        published = self.publish(base_url, resource)
        return self.resource_response(published, Context.RESOURCE_REPLACEMENT_RESPONSE, response_parameters)


class ScimServer:
    """Answers requests of all organizations."""

    def __init__(self, *, max_members: int) -> None:
        """Prepare.

        Args:
            max_members: Maximum number of active members of an organization.
        """
        provider = describe()
        self._protocol = _Protocol(provider)
        self._kinds = kinds_of(provider, max_members=max_members)

    async def answer(self, request: ScimRequest, database: Database, acting: Acting | None) -> ScimResponse:
        """Answer a request.

        Args:
            request: The request.
            database: The state.
            acting: Whoever has the token; `None` for requests about the surface itself.
        """
        try:
            is_write = self._protocol.match(request).operation in _WRITES
            storage = DirectoryStorage(database, acting, self._kinds, is_write=is_write)
            return await AsyncScimHandler(self._protocol, storage).handle(request)
        except SCIMException as error:
            return self._protocol.error_response(error)
