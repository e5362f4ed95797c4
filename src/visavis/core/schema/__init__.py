"""The tables, as the code sees them; `migrations` creates them. Each area has a file."""

from visavis.core.schema.agents import GENERATING, READY, Agent
from visavis.core.schema.avatars import Avatar
from visavis.core.schema.billing import LedgerEntry
from visavis.core.schema.directory import DirectoryGroup, DirectoryGroupMember
from visavis.core.schema.events import Delivery, Event, Webhook
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
from visavis.core.schema.organizations import (
    ACTIVE_MEMBER,
    ADMIN,
    DEACTIVATED,
    MEMBER,
    OWNER,
    AuditEntry,
    Invitation,
    Membership,
    Organization,
    ScimToken,
)
from visavis.core.schema.payments import Payment, Wallet
from visavis.core.schema.sessions import (
    ACTIVE,
    CONTEXT,
    ENDED,
    RESERVED,
    SPEAK,
    SWAP,
    Session,
    SessionMessage,
    Share,
    SpokenSegment,
)
from visavis.core.schema.table import Table

__all__ = [
    "ACTIVE",
    "ACTIVE_MEMBER",
    "ADMIN",
    "COMPLETED",
    "CONTEXT",
    "DEACTIVATED",
    "ENDED",
    "FAILED",
    "GENERATING",
    "MEMBER",
    "ORGANIZATION",
    "OWNER",
    "PENDING",
    "PROCESSING",
    "READY",
    "RESERVED",
    "SERVICE",
    "SPEAK",
    "SWAP",
    "USER",
    "WALLET",
    "Account",
    "Agent",
    "ApiKey",
    "AuditEntry",
    "Avatar",
    "Delivery",
    "DirectoryGroup",
    "DirectoryGroupMember",
    "Event",
    "Invitation",
    "Job",
    "KeyMonth",
    "LedgerEntry",
    "Membership",
    "Organization",
    "Payment",
    "RigFile",
    "ScimToken",
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
    "Webhook",
    "Worker",
]
