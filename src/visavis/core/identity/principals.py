"""Principals: an account, and the credential that acts for it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from visavis.errors import NotPermittedError

DEFAULT_TIER: Final = "starter"


class CredentialKind(StrEnum):
    """Kind of a credential."""

    KEY = "key"
    SIGN_IN = "sign_in"
    WALLET = "wallet"  # a signature of the wallet
    SESSION = "session"  # the token of one live session


class Role(StrEnum):
    """What a principal can read."""

    MEMBER = "member"  # its account
    OPERATOR = "operator"  # reads the whole installation


class Scope(StrEnum):
    """Permissions in addition to the account's own work."""

    KEYS = "keys"  # create and revoke own keys of the account
    MEMBERS_KEYS = "members_keys"  # see and revoke the keys of other members of the organization


@dataclass(frozen=True)
class Allowance:
    """What a key may do, and how often.

    Attributes:
        tier: Name for people.
        requests_per_minute: Rate of the key; `None` for the server's.
        monthly_cap: Requests a month; `None` for no limit.
        allows_conversation: Whether it may open live sessions in which the avatar listens and answers.
    """

    tier: str = DEFAULT_TIER
    requests_per_minute: int | None = None
    monthly_cap: int | None = None
    allows_conversation: bool = True


@dataclass(frozen=True)
class Credential:
    """Proof of identity.

    Attributes:
        kind: Kind of the proof.
        id: ID of the key or the sign-in; of a wallet and of a session's token, ID of the account.
        allowance: What it may do, and how often.
    """

    kind: CredentialKind
    id: int
    allowance: Allowance = Allowance()


@dataclass(frozen=True)
class Principal:
    """Who makes a request.

    Attributes:
        account_id: ID of the account that owns what is created, and whose data may be read.
        credential: Proof of identity.
        scopes: Permissions in addition to the account's own work.
        role: What the principal can read.
        session_id: ID of the live session that it may act on; `None` for those of its credential.
        user_id: ID of the user who acts; `None` for service keys.
    """

    account_id: int
    credential: Credential
    scopes: frozenset[Scope] = frozenset()
    role: Role = Role.MEMBER
    session_id: str | None = None
    user_id: int | None = None

    @property
    def is_operator(self) -> bool:
        """Whether the principal may read the whole installation."""
        return self.role is Role.OPERATOR

    @property
    def key_id(self) -> int:
        """ID of the principal's key.

        Raises:
            NotPermittedError: The credential is not a key.
        """
        if self.credential.kind is not CredentialKind.KEY:
            raise NotPermittedError("This needs an API key.")
        return self.credential.id

    @property
    def owner(self) -> str:
        """Name of the account, for the fair use of processes."""
        return f"account {self.account_id}"
