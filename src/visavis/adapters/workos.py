"""Sign-ins through WorkOS, which speaks SAML and OpenID Connect with identity providers, by its own SDK."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from visavis.errors import ExtraMissingError, SsoConnectionError, SsoRefusedError
from visavis.ports.identity_provider import Attempt, Connection, Identity, Returned

if TYPE_CHECKING:
    from workos import AsyncWorkOSClient

_TIMEOUT_S: Final = 10
_MAX_RETRIES: Final = 1
_TOLERANCE_S: Final = 180
_REFUSED: Final = range(400, 500)


class WorkOsProvider:
    """An `IdentityProvider` for organizations at WorkOS, and what else WorkOS does for them."""

    def __init__(
        self, *, api_key: str, client_id: str, webhook_secret: str | None, base_url: str | None
    ) -> None:
        """Prepare; this connects to nothing yet.

        Args:
            api_key: API key of the environment at WorkOS.
            client_id: Its client ID.
            webhook_secret: Secret with which WorkOS signs webhooks; `None` to refuse all.
            base_url: Address of the API; `None` for the usual one.
        """
        self._api_key, self._client_id, self._base_url = api_key, client_id, base_url
        self._webhook_secret = webhook_secret

    async def check(self, connection: Connection, redirect_uri: str) -> None:
        """Nothing to look at: WorkOS says by webhooks whether a connection is active."""

    async def begin(self, connection: Connection, redirect_uri: str) -> Attempt:
        """Begin a sign-in."""
        async with self._client() as client:
            begun = await client.sso.get_authorization_url_with_pkce(
                redirect_uri=redirect_uri, organization=connection.address
            )
        return Attempt(begun["url"], begun["state"], "", begun["code_verifier"])

    async def finish(
        self, connection: Connection, redirect_uri: str, returned: Returned, attempt: Attempt
    ) -> Identity:
        """End a sign-in."""
        del redirect_uri  # WorkOS knows it from the beginning
        async with self._client() as client:
            found = await client.sso.get_profile_and_token_pkce(
                code=returned.code, code_verifier=attempt.code_verifier
            )
        profile = found.profile
        if profile.organization_id != connection.address:
            raise SsoRefusedError("You signed in to another organization. Start again.")
        return Identity(profile.id, profile.email.strip().lower() if profile.email else None)

    async def create_organization(self, name: str, organization_id: str) -> str:
        """Create an organization at WorkOS, which knows ours by its ID. Returns its ID there."""
        async with self._client() as client:
            found = await client.organizations.create_organization(name=name, external_id=organization_id)
        return str(found.id)

    async def portal_url(self, remote_organization: str, return_url: str | None) -> str:
        """A link to the portal in which the administrators of an organization set up their connection."""
        async with self._client() as client:
            found = await client.admin_portal.generate_link(
                organization=remote_organization, return_url=return_url, intent="sso"
            )
        return str(found.link)

    async def event(self, body: bytes, signature: str) -> dict[str, Any]:
        """A webhook event, if WorkOS signed it in the last minutes.

        Raises:
            SsoRefusedError: It did not.
        """
        if not self._webhook_secret:
            raise SsoRefusedError("No secret for webhooks of WorkOS is set.")
        try:
            async with self._client() as client:
                client.webhooks.verify_header(
                    event_body=body,
                    event_signature=signature,
                    secret=self._webhook_secret,
                    tolerance=_TOLERANCE_S,
                )
            found = json.loads(body)
        except (ValueError, TypeError, RecursionError) as error:
            raise SsoRefusedError("The signature of the webhook is not valid.") from error
        if not isinstance(found, dict):
            raise SsoRefusedError("The webhook is not an event.")
        return found

    @asynccontextmanager
    async def _client(self) -> AsyncIterator["AsyncWorkOSClient"]:
        try:
            from workos import AsyncWorkOSClient, WorkOSError
        except ImportError as error:
            raise ExtraMissingError("Sign-ins through WorkOS need the extra: visavis[workos].") from error
        try:
            async with AsyncWorkOSClient(
                api_key=self._api_key,
                client_id=self._client_id,
                base_url=self._base_url,
                request_timeout=_TIMEOUT_S,
                max_retries=_MAX_RETRIES,
            ) as client:
                yield client
        except WorkOSError as error:
            if getattr(error, "status_code", None) in _REFUSED:
                raise SsoRefusedError("WorkOS does not confirm this. Start again.") from error
            raise SsoConnectionError("WorkOS cannot be reached. Try again in a moment.") from error
