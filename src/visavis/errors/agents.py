"""Errors of agents, and of the credits that they cost."""

from visavis.errors.accounts import RateLimitError
from visavis.errors.base import InputError, VisavisError


class AgentMissingError(VisavisError):
    """The account has no agent with that code."""

    code = "agent_missing"


class AgentExistsError(InputError):
    """The account has an agent with that code already."""

    code = "agent_exists"


class AgentNotReadyError(VisavisError):
    """The agent is still being made, or could not be made."""

    code = "agent_not_ready"


class NoActiveRoomsError(VisavisError):
    """The agent is in no live session that is meant."""

    code = "no_active_rooms"


class TooManyMessagesError(RateLimitError):
    """Too many messages wait until a room takes them."""

    code = "too_many_messages"


class AgentFormatError(VisavisError):
    """The client asks for an agent in a format of another engine."""

    code = "agent_format"


class CreditsError(VisavisError):
    """The account has too few credits."""

    code = "insufficient_credits"


class EmbedTokenError(VisavisError):
    """The embed token does not exist, has expired, or is for another page."""

    code = "embed_token_invalid"


class EmbedTokenMissingError(VisavisError):
    """The account has no embed token with that ID."""

    code = "embed_token_missing"


class EmbedLimitError(VisavisError):
    """As many sessions were opened with the embed token as it allows, or the account has too many tokens."""

    code = "embed_limit_reached"


class DocumentMissingError(VisavisError):
    """The agent has no document with that ID."""

    code = "document_missing"


class KnowledgeLimitError(InputError):
    """The agent knows as much as it may."""

    code = "knowledge_limit"
