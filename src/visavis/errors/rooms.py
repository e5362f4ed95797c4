"""Errors of the embedded room server."""

from visavis.errors.base import InputError, VisavisError


class RoomsError(VisavisError):
    """The room server cannot do what was asked."""

    code = "rooms_error"


class WireError(RoomsError, InputError):
    """A packet, description or message from the network is malformed."""

    code = "malformed_message"


class TokenError(RoomsError):
    """The access token is missing, forged or expired, or does not fit."""

    code = "invalid_token"


class NotAllowedError(RoomsError):
    """The token does not grant the permission."""

    code = "not_allowed"


class NotThereError(RoomsError):
    """The room, participant or track does not exist."""

    code = "not_found"


class RoomLimitError(RoomsError):
    """A limit of the room server is reached."""

    code = "limit_reached"
    retryable = True


class AddressTakenError(RoomsError):
    """The address to listen on is in use, or does not belong to this machine."""

    code = "address_taken"
