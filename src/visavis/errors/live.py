"""Errors of live sessions."""

from visavis.errors.accounts import RateLimitError
from visavis.errors.base import InputError, TryLaterError, VisavisError


class SessionModeError(InputError):
    """The session mode is unknown."""

    code = "invalid_mode"


class ConversationDisabledError(VisavisError):
    """The key may not open conversation sessions."""

    code = "conversation_disabled"


class NoCapacityError(TryLaterError):
    """No worker has a free slot for a session."""

    code = "no_capacity"


class SessionMissingError(VisavisError):
    """The key has no such session."""

    code = "session_missing"


class RecordingMissingError(SessionMissingError):
    """The session is not being recorded."""

    code = "recording_missing"


class SessionNotActiveError(VisavisError):
    """The session has ended, and can be neither watched nor changed."""

    code = "session_not_active"


class SessionEndedError(SessionNotActiveError):
    """The session to be ended has already ended."""

    code = "session_ended"


class SessionRateError(RateLimitError):
    """Too many sessions were opened, or too many faces swapped, within a minute."""

    code = "session_rate_limited"


class LiveRoomError(VisavisError):
    """The room cannot be joined, or the connection to it was lost."""

    code = "room_unavailable"
    retryable = True


class ShareMissingError(VisavisError):
    """The viewer link is not valid or has expired."""

    code = "share_not_found"
