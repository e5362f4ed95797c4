"""Errors of agents, and of the credits that they cost."""

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


class CreditsError(VisavisError):
    """The account has too few credits."""

    code = "insufficient_credits"
