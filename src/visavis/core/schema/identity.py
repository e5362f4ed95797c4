"""Tables of accounts, users, keys and sign-ins."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from visavis.core.schema.table import Table, now

USER, ORGANIZATION, WALLET, SERVICE = "user", "organization", "wallet", "service"


class Account(Table):
    """An owner of jobs, sessions, keys and their cost. Each service key has an account of its own.

    Attributes:
        image_generator: What makes its pictures of characters: `painter` or `service`; `None` for what the
            installation has.
        may_choose_generator: Whether the account and its requests may choose another one.
    """

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    image_generator: Mapped[str | None]
    may_choose_generator: Mapped[bool] = mapped_column(server_default=sql("true"))
    created_at: Mapped[datetime] = now()


class User(Table):
    """A person, who acts for an account. An operator sees the whole installation.

    Attributes:
        public_id: `usr_` and 20 hexadecimal digits, for clients; `id` would show who was there first.
        email: Address that signs in with the password, in lower case.
        password_hash: Hash of the password; `None` for users who sign in only through an identity provider or
            a link.
        removed_at: Time at which an operator removed the user; `None` for all others.
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), unique=True)
    public_id: Mapped[str] = mapped_column(
        unique=True, server_default=sql("'usr_' || left(replace(gen_random_uuid()::text, '-', ''), 20)")
    )
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    is_operator: Mapped[bool] = mapped_column(server_default=sql("false"))
    created_at: Mapped[datetime] = now()
    removed_at: Mapped[datetime | None]


class ApiKey(Table):
    """An API key, of which only a digest is stored. It acts for its account.

    A key without a user is a service key. A key with the account of an organization ends with the membership
    of its user.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        Index("keys_of_account", "account_id"),
        Index("keys_of_user", "user_id"),
        Index(
            "console_keys",
            "user_id",
            "account_id",
            unique=True,
            postgresql_where=sql("tier = 'console' AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    prefix: Mapped[str]
    digest: Mapped[bytes] = mapped_column(unique=True)
    name: Mapped[str]
    tier: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    requests_per_minute: Mapped[int | None]
    monthly_cap: Mapped[int | None]
    allows_conversation: Mapped[bool] = mapped_column(server_default=sql("true"))
    created_at: Mapped[datetime] = now()
    revoked_at: Mapped[datetime | None]


class KeyMonth(Table):
    """Number of requests that a key made in a month."""

    __tablename__ = "key_months"

    key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"), primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    requests: Mapped[int]


class SignIn(Table):
    """A browser that is signed in, by a user or by a key. Only a digest of its cookie is stored.

    Attributes:
        organization_id: ID of the organization for which the browser acts; `None` for the user's own account.
        is_bound: Whether the browser acts for no other account: the identity provider of the organization,
            or a recovery link, signed the user in.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (Index("sign_ins_of_user", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    key_id: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id"))
    organization_id: Mapped[str | None] = mapped_column(ForeignKey("organizations.id"))
    is_bound: Mapped[bool] = mapped_column(server_default=sql("false"))
    created_at: Mapped[datetime] = now()
    expires_at: Mapped[datetime]


class SignInLink(Table):
    """A link that signs in once: an existing user, or the installation's first user, whom it creates.

    With an `organization_id` it is a recovery link: the sign-in is bound to that organization, and needs no
    identity provider.
    """

    __tablename__ = "sign_in_links"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    organization_id: Mapped[str | None] = mapped_column(ForeignKey("organizations.id"))
    expires_at: Mapped[datetime]
