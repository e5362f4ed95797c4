"""The tables, as the code sees them; `migrations` creates them. Each area has a file."""

from visavis.core.schema.billing import LedgerEntry
from visavis.core.schema.events import Delivery, Event
from visavis.core.schema.identity import (
    ORGANIZATION,
    SERVICE,
    USER,
    WALLET,
    Account,
    ApiKey,
    KeyMonth,
    SignIn,
    SignInLink,
    User,
)
from visavis.core.schema.installation import RigFile, Secret, Worker
from visavis.core.schema.jobs import (
    COMPLETED,
    FAILED,
    PENDING,
    PROCESSING,
    Job,
)
from visavis.core.schema.payments import Payment, Wallet
from visavis.core.schema.sessions import (
    ACTIVE,
    ENDED,
    RESERVED,
    Session,
    SessionMessage,
    Share,
    SpokenSegment,
)
from visavis.core.schema.table import Table

__all__ = [
    "ACTIVE",
    "COMPLETED",
    "ENDED",
    "FAILED",
    "ORGANIZATION",
    "PENDING",
    "PROCESSING",
    "RESERVED",
    "SERVICE",
    "USER",
    "WALLET",
    "Account",
    "ApiKey",
    "Delivery",
    "Event",
    "Job",
    "KeyMonth",
    "LedgerEntry",
    "Payment",
    "RigFile",
    "Secret",
    "Session",
    "SessionMessage",
    "Share",
    "SignIn",
    "SignInLink",
    "SpokenSegment",
    "Table",
    "User",
    "Wallet",
    "Worker",
]
