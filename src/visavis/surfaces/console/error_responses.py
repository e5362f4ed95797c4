"""The errors of the console: what each error class becomes on the wire, in the shape of the public API."""

from typing import Final

from visavis import errors
from visavis.surfaces.shared.errors import ErrorResponse, ErrorTable, render_flat

_INVALID_INPUT: Final = ErrorResponse(400, "invalid_input", "That is not an email address.")
_UNREADABLE: Final = ErrorResponse(400, "invalid_request", "The request cannot be read.")
_SIGNED_OUT: Final = ErrorResponse(401, "signed_out", "Sign in first.")
_SIGN_IN_REFUSED: Final = ErrorResponse(401, "sign_in_refused", "The email address or the password is wrong.")
_FOREIGN_ORIGIN: Final = ErrorResponse(
    403, "foreign_origin", "The request comes from a page of another origin."
)
_NOT_PERMITTED: Final = ErrorResponse(403, "not_permitted", "Only operators have access to this.")
_NOT_FOUND: Final = ErrorResponse(404, "not_found", "There is nothing here.")
_METHOD_NOT_ALLOWED: Final = ErrorResponse(405, "method_not_allowed", "Method not allowed.")
_SESSION_NOT_ACTIVE: Final = ErrorResponse(409, "session_not_active", "The session has ended.")
_ALREADY_MEMBER: Final = ErrorResponse(
    409, "already_member", "You are a member of this organization already."
)
_LAST_OPERATOR: Final = ErrorResponse(
    409, "last_operator", "This is the only operator. Make somebody else an operator first."
)
_LAST_OWNER: Final = ErrorResponse(
    409, "last_owner", "This is the last owner. Make somebody else an owner first."
)
_LIMIT: Final = ErrorResponse(409, "limit_reached", "An organization can have at most 10000 members.")
_INVALID_LINK: Final = ErrorResponse(410, "invalid_link", "This link is no longer valid.")
_TOO_LARGE: Final = ErrorResponse(413, "payload_too_large", "The body is too large.")
_UNSUPPORTED: Final = ErrorResponse(415, "unsupported_media_type", "Send the request as multipart/form-data.")
_VALIDATION: Final = ErrorResponse(422, "validation_error", "email: must be text.")
_RATE_LIMITED: Final = ErrorResponse(429, "rate_limited", "Too many attempts. Wait a minute.")
_INTERNAL: Final = ErrorResponse(
    500, "internal_error", "Something went wrong on the server. Its log says what.", is_fixed=True
)
_BUSY: Final = ErrorResponse(503, "busy", "The server is busy. Try again in a moment.", is_fixed=True)
_STORAGE: Final = ErrorResponse(
    503,
    "storage_unavailable",
    "There is no space for files at the moment. Try again later.",
    is_fixed=True,
)
_UNAVAILABLE: Final = ErrorResponse(
    503,
    "temporarily_unavailable",
    "The database cannot be reached. Try again in a moment.",
    is_fixed=True,
)

# Each has its own code, so that pages can say it in their language.
_FILES: Final = (
    (errors.NoFaceError, ErrorResponse(400, "no_face", "No face was found in the photo.")),
    (errors.FaceTooSmallError, ErrorResponse(400, "face_too_small", "The face is too small.")),
    (errors.FaceTurnedAwayError, ErrorResponse(400, "face_turned_away", "The face is turned away.")),
    (errors.MouthCoveredError, ErrorResponse(400, "mouth_covered", "Something covers the mouth.")),
    (errors.MouthOpenError, ErrorResponse(400, "mouth_wide_open", "The mouth is open too wide.")),
    (errors.PhotoError, ErrorResponse(400, "invalid_photo", "The photo cannot be read.")),
    (errors.NoSoundError, ErrorResponse(400, "no_sound", "The file has no sound.")),
    (errors.SoundError, ErrorResponse(400, "invalid_sound", "The sound cannot be read.")),
)

TABLE: Final = ErrorTable(
    rows=(
        *_FILES,
        (errors.SignedOutError, _SIGNED_OUT),
        (errors.KeyRefusedError, _SIGN_IN_REFUSED),
        (errors.SignInLinkError, _INVALID_LINK),
        (errors.InvitationUsedError, _INVALID_LINK),
        (errors.MemberExistsError, _ALREADY_MEMBER),
        (errors.LastOperatorError, _LAST_OPERATOR),
        (errors.LastOwnerError, _LAST_OWNER),
        (errors.OrganizationLimitError, _LIMIT),
        (errors.ForeignOriginError, _FOREIGN_ORIGIN),
        (errors.NotPermittedError, _NOT_PERMITTED),
        (errors.UserMissingError, _NOT_FOUND),
        (errors.ShareMissingError, _NOT_FOUND),
        (errors.SessionMissingError, _NOT_FOUND),
        (errors.SessionNotActiveError, _SESSION_NOT_ACTIVE),
        (errors.RateLimitError, _RATE_LIMITED),
        (errors.UploadTooLargeError, _TOO_LARGE),
        (errors.MediaTypeError, _UNSUPPORTED),
        (errors.BusyError, _BUSY),
        (errors.ChildError, _BUSY),
        (errors.StoreError, _STORAGE),
        (errors.InputError, _INVALID_INPUT),
        (errors.RequestError, _VALIDATION),
        (errors.DatabaseError, _UNAVAILABLE),
        (errors.VisavisError, _INTERNAL),
    ),
    by_status={404: _NOT_FOUND, 405: _METHOD_NOT_ALLOWED, 413: _TOO_LARGE},
    other=_UNREADABLE,
    malformed=_INVALID_INPUT,
    invalid=_VALIDATION,
    internal=_INTERNAL,
    render=render_flat,
)
