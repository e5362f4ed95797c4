"""Tables of accounts, users, keys and sign-ins."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from visavis.core.schema.table import Table, now

USER, ORGANIZATION, WALLET, SERVICE = "user", "organization", "wallet", "service"


class Account(Table):
    """An owner of jobs, sessions, keys and their cost. Each service key has an account of its own."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    created_at: Mapped[datetime] = now()


class User(Table):
    """A person with a password, who acts for an account. An operator sees the whole installation."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), unique=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    is_operator: Mapped[bool] = mapped_column(server_default=sql("false"))
    created_at: Mapped[datetime] = now()


class ApiKey(Table):
    """An API key, of which only a digest is stored. It acts for its account.

    A key without a user is a service key.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        Index("keys_of_account", "account_id"),
        Index(
            "console_keys",
            "user_id",
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
    """A browser that is signed in, by a user or by a key. Only a digest of its cookie is stored."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    key_id: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id"))
    created_at: Mapped[datetime] = now()
    expires_at: Mapped[datetime]


class SignInLink(Table):
    """A link that signs in once: an existing user, or the installation's first user, whom it creates."""

    __tablename__ = "sign_in_links"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]
