"""Whoever signs in the members of an organization: an OpenID Connect provider, or WorkOS."""

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Connection:
    """How an organization's identity provider is reached.

    Attributes:
        address: Discovery URL of an OpenID Connect provider; ID of the organization at WorkOS.
        client_id: Client ID that the provider gave; empty for WorkOS, where the installation has one.
        client_secret: Its secret.
    """

    address: str
    client_id: str = ""
    client_secret: str = ""


@dataclass(frozen=True)
class Attempt:
    """A sign-in that has begun. The browser knows only `url` and `state`.

    Attributes:
        url: Where the browser goes.
        state: Random text that the provider sends back.
        nonce: Random text that has to be in the provider's answer; empty where the provider has none.
        code_verifier: Secret that proves that whoever began is whoever ends (PKCE).
    """

    url: str
    state: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True)
class Returned:
    """What the browser brings back from the provider.

    Attributes:
        code: Code that is good for one exchange.
        issuer: Who says to have made the code (RFC 9207); `None` if the provider does not say it.
    """

    code: str
    issuer: str | None = None


@dataclass(frozen=True)
class Identity:
    """Who signed in, as the provider says.

    Attributes:
        subject: ID at the provider; it never changes.
        email: E-mail address in lower case; `None` if the provider gives none.
    """

    subject: str
    email: str | None


class IdentityProvider(Protocol):
    """Signs people in."""

    async def check(self, connection: Connection, redirect_uri: str) -> None:
        """Look whether a connection can be used for sign-ins that end at `redirect_uri`.

        Raises:
            SsoConnectionError: It cannot; the message says why.
        """
        ...

    async def begin(self, connection: Connection, redirect_uri: str) -> Attempt:
        """Begin a sign-in that ends at `redirect_uri`.

        Raises:
            SsoConnectionError: The provider cannot be reached or is not understood.
        """
        ...

    async def finish(
        self, connection: Connection, redirect_uri: str, returned: Returned, attempt: Attempt
    ) -> Identity:
        """End a sign-in.

        Args:
            connection: The connection with which it began.
            redirect_uri: The same as at the beginning.
            returned: What the browser brought from the provider.
            attempt: What `begin` returned, without the URL.

        Raises:
            SsoRefusedError: The provider does not confirm it.
            SsoConnectionError: The provider cannot be reached or is not understood.
        """
        ...


class HostedConnections(Protocol):
    """A service that holds the connections of organizations to their identity providers, such as WorkOS."""

    async def create_organization(self, name: str, organization_id: str) -> str:
        """Create an organization there, which knows ours by its ID. Returns its ID there.

        Raises:
            SsoConnectionError: The service cannot be reached.
            SsoRefusedError: It refuses.
        """
        ...

    async def portal_url(self, remote_organization: str, return_url: str | None) -> str:
        """A link to the pages on which the administrators of an organization set up their connection.

        Raises:
            SsoConnectionError: The service cannot be reached.
            SsoRefusedError: It refuses.
        """
        ...

    async def event(self, body: bytes, signature: str) -> dict[str, Any]:
        """A webhook event, if the service signed it in the last minutes.

        Raises:
            SsoRefusedError: It did not.
        """
        ...
