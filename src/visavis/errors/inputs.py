"""Errors of what people send: photos, sounds, rigs, texts and addresses."""

from typing import Final

from visavis.errors.base import InputError, VisavisError, error_class


class PhotoError(InputError):
    """The photo is empty, damaged, too large or of an unsupported format."""

    code = "invalid_photo"


class NoFaceError(PhotoError):
    """No face was found in the photo."""

    code = "no_face"


class FaceTooSmallError(PhotoError):
    """The face has too few pixels."""

    code = "face_too_small"


class FaceTurnedAwayError(PhotoError):
    """The face is turned too far to the side, up or down."""

    code = "face_turned_away"


class MouthCoveredError(PhotoError):
    """Something covers the mouth: a mask, a hand, a microphone."""

    code = "mouth_covered"


class MouthOpenError(PhotoError):
    """The mouth is open too wide for the lips to be closed."""

    code = "mouth_wide_open"


class SoundError(InputError):
    """The audio is empty, damaged or of an unsupported format."""

    code = "invalid_sound"


class NoSoundError(SoundError):
    """The file has no audio track, or an empty one."""

    code = "no_sound"


class RigFileError(InputError):
    """The rig file is damaged, or was written by an unknown version."""

    code = "invalid_rig"


class VideoError(InputError):
    """The video is damaged, too large or of an unsupported format."""

    code = "invalid_video"


class DocumentError(InputError):
    """The document is damaged, protected, too long, or has no text."""

    code = "invalid_document"


class TooMuchMemoryError(InputError):
    """The input needs more memory than a rendering process may have."""

    code = "too_much_memory"


class UrlError(InputError):
    """The URL is malformed, ambiguous, or has an unsupported scheme."""

    code = "invalid_url"


class FaceUrlError(InputError):
    """The URL of a face is not valid, or leads to no picture."""

    code = "invalid_face_url"


class CallbackError(InputError):
    """The URL for webhooks cannot be used."""

    code = "invalid_callback"


class RequestError(VisavisError):
    """The request lacks a field, or a field has a value that is not valid."""

    code = "invalid_request"


class JsonError(RequestError):
    """The body is not valid JSON."""

    code = "invalid_json"


class UploadTooLargeError(VisavisError):
    """The upload is larger than allowed."""

    code = "upload_too_large"


class MediaTypeError(VisavisError):
    """The format of the upload is not supported."""

    code = "unsupported_media"


_FOUND_IN_FILES: Final = (
    *(PhotoError, SoundError, RigFileError, TooMuchMemoryError, VideoError, DocumentError),
)


def input_error(code: str, message: str) -> InputError | None:
    """The error that a rendering process found in an input; `None` if the code is of no such error.

    Errors of other kinds are not passed on: their messages may say something of this machine.
    """
    kind = error_class(code)
    is_told = kind is InputError or issubclass(kind, _FOUND_IN_FILES)
    return kind(message) if is_told and issubclass(kind, InputError) else None
