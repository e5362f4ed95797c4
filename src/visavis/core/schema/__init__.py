"""The tables, as the code sees them; `migrations` makes them. A file an area."""

from visavis.core.schema.billing import LedgerEntry
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
    REALTIME,
    TTS,
    VIDEO,
    Delivery,
    Job,
)
from visavis.core.schema.sessions import ACTIVE, ENDED, Session, SessionMessage, Share
from visavis.core.schema.table import Table

__all__ = [
    "ACTIVE",
    "COMPLETED",
    "ENDED",
    "FAILED",
    "ORGANIZATION",
    "PENDING",
    "PROCESSING",
    "REALTIME",
    "SERVICE",
    "TTS",
    "USER",
    "VIDEO",
    "WALLET",
    "Account",
    "ApiKey",
    "Delivery",
    "Job",
    "KeyMonth",
    "LedgerEntry",
    "RigFile",
    "Secret",
    "Session",
    "SessionMessage",
    "Share",
    "SignIn",
    "SignInLink",
    "Table",
    "User",
    "Worker",
]
