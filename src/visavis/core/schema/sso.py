"""Tables of single sign-on: identity providers, their people, sign-ins on their way, webhook events."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from visavis.core.schema.table import Table, now

OIDC, WORKOS = "oidc", "workos"
CONNECTION_ACTIVE, CONNECTION_INACTIVE = "active", "inactive"


class SsoConnection(Table):
    """The identity provider of an organization.

    Attributes:
        kind: `OIDC` or `WORKOS`.
        state: `CONNECTION_ACTIVE` or `CONNECTION_INACTIVE`.
        address: Discovery URL of an OpenID Connect provider; ID of the organization at WorkOS.
        remote_id: ID of the connection at WorkOS; `None` otherwise, or while there is none.
        type: Name of the protocol or product, such as `OpenIDConnect` or `OktaSAML`.
        domains: E-mail domains of the organization at WorkOS, separated by spaces.
        version: Number that each change increments: a sign-in ends with the connection with which it began.
    """

    __tablename__ = "sso_connections"
    __table_args__ = (
        Index("sso_connections_at_workos", "address", unique=True, postgresql_where=sql("kind = 'workos'")),
    )

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    state: Mapped[str]
    address: Mapped[str]
    client_id: Mapped[str] = mapped_column(server_default=sql("''"))
    sealed_secret: Mapped[bytes | None]
    remote_id: Mapped[str | None]
    type: Mapped[str]
    domains: Mapped[str] = mapped_column(server_default=sql("''"))
    version: Mapped[int] = mapped_column(server_default=sql("1"))
    created_at: Mapped[datetime] = now()
    updated_at: Mapped[datetime] = now()


class SsoIdentity(Table):
    """Who a person of an identity provider is here. The provider's ID counts; addresses may change."""

    __tablename__ = "sso_identities"
    __table_args__ = (Index("sso_identities_of_member", "membership_id"),)

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    membership_id: Mapped[str] = mapped_column(ForeignKey("memberships.id"))
    created_at: Mapped[datetime] = now()


class SsoAttempt(Table):
    """A sign-in that has begun at an identity provider. It ends once, in the browser in which it began.

    Attributes:
        digest: Digest of the state.
        browser: Digest of the cookie that the browser was given.
        sealed: Nonce and code verifier, sealed.
        version: Version of the connection.
    """

    __tablename__ = "sso_attempts"
    __table_args__ = (Index("sso_attempts_by_age", "expires_at"),)

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    browser: Mapped[bytes]
    sealed: Mapped[bytes]
    version: Mapped[int]
    expires_at: Mapped[datetime]


class SsoEvent(Table):
    """A webhook event of WorkOS that was handled, so that it is not handled again."""

    __tablename__ = "sso_events"
    __table_args__ = (Index("sso_events_by_age", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = now()
