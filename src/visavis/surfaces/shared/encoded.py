"""Pictures that are written as text: base64 and data URLs."""

import base64
import binascii
import re
from typing import Final

from visavis.errors import InputError, UploadTooLargeError

_DATA_URL: Final = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)
_AS_SENT: Final = str.maketrans(" ", "+", "\t\r\n")  # lines, and what urlencoded forms make of a plus


def is_data_url(text: str) -> bool:
    """Whether a text is a data URL in base64."""
    return _DATA_URL.match(text) is not None


def decoded_picture(text: str, name: str, *, max_bytes: int, wanted: str) -> bytes:
    """The bytes of a picture in base64, or in a data URL.

    Args:
        text: The text.
        name: Name of the field, for messages.
        max_bytes: Maximum size of the picture.
        wanted: What to send instead, for messages: a sentence.

    Raises:
        UploadTooLargeError: It is larger.
        InputError: It is neither.
    """
    begin = _DATA_URL.match(text)
    packed = text[begin.end() if begin else 0 :].translate(_AS_SENT)
    if len(packed) // 4 * 3 > max_bytes + 3:
        raise UploadTooLargeError(f"{name}: at most {max_bytes / 2**20:g} MB.")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError(f"{name}: it is not a picture. {wanted}") from error
