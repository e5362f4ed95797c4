"""The one tree of errors.

Every error that visavis raises on purpose derives from `VisavisError`. Each class carries a stable
`code` that surfaces translate into their own wire shape, and `retryable`: whether the same request can
succeed later without being changed. The message is written for the person who sent the input and says
what to do.
"""

from typing import ClassVar


class VisavisError(Exception):
    """Something went wrong that we can name."""

    code: ClassVar[str] = "internal_error"
    retryable: ClassVar[bool] = False

    @property
    def message(self) -> str:
        """The text for the person who sent the input."""
        return str(self)


class InputError(VisavisError):
    """What was sent cannot be used as it is."""

    code = "invalid_input"


class PhotoError(InputError):
    """The picture is empty, corrupt, too large or of no known kind."""

    code = "invalid_photo"


class NoFaceError(PhotoError):
    """No face was found in the picture."""

    code = "no_face"


class FaceTooSmallError(PhotoError):
    """The face has too few pixels to be brought to life."""

    code = "face_too_small"


class FaceTurnedAwayError(PhotoError):
    """The face looks too far to the side, up or down."""

    code = "face_turned_away"


class MouthCoveredError(PhotoError):
    """Something is before the mouth: a mask, a hand, a microphone."""

    code = "mouth_covered"


class MouthOpenError(PhotoError):
    """The mouth stands so wide open that its lips cannot be brought together."""

    code = "mouth_wide_open"


class SoundError(InputError):
    """The sound is empty, corrupt or of no known kind."""

    code = "invalid_sound"


class NoSoundError(SoundError):
    """The file holds no audio stream, or an empty one."""

    code = "no_sound"


class RigFileError(InputError):
    """The rig file is damaged, or was written by an unknown version."""

    code = "invalid_rig"


class OutputError(VisavisError):
    """The result cannot be written where it was asked for."""

    code = "output_not_writable"


class ModelsMissingError(VisavisError):
    """The landmark models are not on this machine and may not be fetched."""

    code = "models_missing"


class ModelsCorruptError(VisavisError):
    """A fetched model does not have the pinned checksum."""

    code = "models_corrupt"


class ModelsUnreachableError(VisavisError):
    """The landmark models could not be fetched."""

    code = "models_unreachable"
    retryable = True


class ExtraMissingError(VisavisError):
    """An optional part of visavis is not installed."""

    code = "extra_missing"


class SpeakerMissingError(ExtraMissingError):
    """The speech synthesiser is not installed, or cannot be used here."""

    code = "speaker_missing"


class SettingsError(VisavisError):
    """A setting is unknown or has a value that cannot be used."""

    code = "invalid_settings"


class DatabaseError(VisavisError):
    """The database cannot be reached, or refuses to work."""

    code = "database_unavailable"
    retryable = True


class PartLostError(VisavisError):
    """A part of the server died and could not be started again."""

    code = "part_lost"
    retryable = True


class StoreError(VisavisError):
    """A file could not be stored or fetched."""

    code = "store_failed"
    retryable = True


class StoreFullError(StoreError):
    """There is no room left for files."""

    code = "store_full"


class StoredFileMissingError(StoreError):
    """The file is not, or no longer, in the store."""

    code = "stored_file_missing"
    retryable = False


class LinkError(StoreError):
    """A download link could not be made."""

    code = "link_failed"


class RequestError(VisavisError):
    """The request misses a field, or a field has a value that cannot be used."""

    code = "invalid_request"


class UploadTooLargeError(VisavisError):
    """What was sent is larger than allowed."""

    code = "upload_too_large"


class MediaTypeError(VisavisError):
    """What was sent is of a kind that is not taken."""

    code = "unsupported_media"


class CallbackError(InputError):
    """The address for notifications cannot be used."""

    code = "invalid_callback"


class UrlError(InputError):
    """The address is none, is of a scheme that is not taken, or could be read in more than one way."""

    code = "invalid_url"


class CredentialsMissingError(VisavisError):
    """The request carries no key, or not in the form it should."""

    code = "credentials_missing"


class KeyRefusedError(VisavisError):
    """The key is unknown or was revoked."""

    code = "key_refused"


class TryLaterError(VisavisError):
    """It cannot be done now.

    Attributes:
        retry_after_s: When to try again.
    """

    retryable = True

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class BusyError(TryLaterError):
    """Whoever could do it has other things to do."""

    code = "busy"


class RateLimitError(TryLaterError):
    """Too many requests in a minute."""

    code = "rate_limited"


class MonthlyCapError(RateLimitError):
    """The key has used up what it may in a month."""

    code = "monthly_cap"


class JobMissingError(VisavisError):
    """There is no such job among those of the key."""

    code = "job_missing"


class JobNotReadyError(VisavisError):
    """The job has no result yet."""

    code = "job_not_ready"
    retryable = True


class ResultMissingError(VisavisError):
    """The job failed, or its result has expired."""

    code = "result_missing"


class IdempotencyError(VisavisError):
    """The idempotency key was used before, for another request."""

    code = "idempotency_mismatch"


class ChildError(VisavisError):
    """A rendering process died, or was ended because it took too long or too much."""

    code = "child_failed"
    retryable = True


class TakingTooLongError(ChildError):
    """The work went past its time limit and was ended."""

    code = "took_too_long"


class MarkError(VisavisError):
    """The content credentials could not be written or read."""

    code = "mark_failed"


class FaceUrlError(InputError):
    """The address of a face cannot be used, or leads to no picture."""

    code = "invalid_face_url"


class SessionModeError(InputError):
    """There is no such mode of a session."""

    code = "invalid_mode"


class ConversationDisabledError(VisavisError):
    """The key may not open sessions that converse."""

    code = "conversation_disabled"


class NoCapacityError(TryLaterError):
    """No worker has a free slot for a session."""

    code = "no_capacity"


class SessionMissingError(VisavisError):
    """There is no such session among those of the key."""

    code = "session_missing"


class SessionNotActiveError(VisavisError):
    """The session has ended, and can neither be watched nor changed."""

    code = "session_not_active"


class SessionEndedError(SessionNotActiveError):
    """The session was to be ended and is so already."""

    code = "session_ended"


class SessionRateError(RateLimitError):
    """Too many sessions were opened, or too many faces swapped, within a minute."""

    code = "session_rate_limited"


class LiveRoomError(VisavisError):
    """The room cannot be joined, or was lost."""

    code = "room_unavailable"
    retryable = True


class AccountError(InputError):
    """A user or key cannot be made or found as asked for."""

    code = "invalid_account"


class SignInLinkError(VisavisError):
    """The sign-in link is unknown, was used before, or is too old."""

    code = "invalid_sign_in_link"


class SignedOutError(VisavisError):
    """The browser is not signed in, or no longer."""

    code = "signed_out"


class NotPermittedError(VisavisError):
    """Whoever is signed in may not do this."""

    code = "not_permitted"


class ForeignOriginError(VisavisError):
    """The request comes from a page that is not ours."""

    code = "foreign_origin"


class ShareMissingError(VisavisError):
    """There is nothing to see behind this link, or no longer."""

    code = "share_not_found"


class RoomsError(VisavisError):
    """The room server cannot do what was asked for."""

    code = "rooms_error"


class WireError(RoomsError, InputError):
    """A packet, description or message from the network is malformed."""

    code = "malformed_message"


class TokenError(RoomsError):
    """The access token is missing, forged, expired or not for this."""

    code = "invalid_token"


class NotAllowedError(RoomsError):
    """The token does not grant this."""

    code = "not_allowed"


class NotThereError(RoomsError):
    """There is no such room, participant or track."""

    code = "not_found"


class RoomLimitError(RoomsError):
    """A limit of the room server is reached."""

    code = "limit_reached"
    retryable = True


class AddressTakenError(RoomsError):
    """The address to listen on is taken, or is not this machine's."""

    code = "address_taken"
