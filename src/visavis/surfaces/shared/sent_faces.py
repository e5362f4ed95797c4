"""The face that a request for a live session sends: a file, an address, or a picture written as text.

Whatever a field of a face holds is understood or refused. The built-in face is for requests that send none.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final

from visavis.core.identity.principals import Principal
from visavis.errors import InputError, UploadTooLargeError
from visavis.surfaces.shared import faces
from visavis.surfaces.shared.context import Context
from visavis.surfaces.shared.uploads import UploadedFile

_DATA_URL: Final = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)  # no base64 has a colon
_AS_SENT: Final = str.maketrans(" ", "+", "\t\r\n")  # lines, and what urlencoded forms make of a plus


async def rig_of_request(
    context: Context,
    principal: Principal,
    sent: Mapping[str, UploadedFile | str | None],
    *,
    url_field: str,
    takes_urls: bool = True,
) -> str | None:
    """The rig of the face that was sent.

    Args:
        context: What the surface was given.
        principal: For whom.
        sent: Fields that may hold a face: a file; a picture in base64, a data URL, or an address as text.
        url_field: The one of them that holds an address, and nothing else.
        takes_urls: Whether faces at an address are taken.

    Returns:
        `None` if no face was sent.

    Raises:
        InputError: There are several, it is no picture, or shows no face that can be used.
        FaceUrlError: It is at an address that cannot be used.
        MediaTypeError: It is no PNG, JPEG or WebP.
        UploadTooLargeError: It is too large.
    """
    given = {name: face for name, face in sent.items() if face is not None}
    if len(given) > 1:
        raise InputError(f"Send one face, not {' and '.join(given)}.")
    for name, face in given.items():
        if isinstance(face, UploadedFile):
            return await faces.rig_of_upload(context, principal, face, name)
        if name == url_field or (_ADDRESS.match(face) and not _DATA_URL.match(face)):
            if not takes_urls:
                raise InputError(f"{name}: URLs are not accepted here. Upload a face.")
            return await faces.rig_of_url(context, principal, face, name)
        content = _decoded(face, name, max_bytes=context.requests.max_face_bytes)
        return await faces.rig_of_bytes(context, principal, content, name)
    return None


def _decoded(text: str, name: str, *, max_bytes: int) -> bytes:
    """The bytes of a picture in base64, or in a data URL."""
    begin = _DATA_URL.match(text)
    packed = text[begin.end() if begin else 0 :].translate(_AS_SENT)
    if len(packed) // 4 * 3 > max_bytes + 3:
        raise UploadTooLargeError(f"{name}: at most {max_bytes / 2**20:g} MB.")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError(
            f"{name}: it is not a picture. Send a file, the picture in base64 or as a data URL, or its URL."
        ) from error
