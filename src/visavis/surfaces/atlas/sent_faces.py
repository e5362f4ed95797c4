"""The face that a request for a live session sends: a file, an address, or a picture written as text.

Whatever a field of a face holds is understood or refused. The built-in face is for requests that send none.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from visavis.core.identity.principals import Principal
from visavis.errors import InputError, RequestError, UploadTooLargeError
from visavis.surfaces.shared import faces
from visavis.surfaces.shared.context import Context
from visavis.surfaces.shared.uploads import UploadedFile

_SAVED: Final = "avatar_id"
_DATA_URL: Final = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)  # no base64 has a colon
_AS_SENT: Final = str.maketrans(" ", "+", "\t\r\n")  # lines, and what urlencoded forms make of a plus


@dataclass(frozen=True)
class FaceFields:
    """What the fields of a face are called.

    Attributes:
        file: Uploaded; as text it holds a picture in base64, a data URL, or an address.
        url: An address.
        texts: Others that hold what `file` may hold as text.
    """

    file: str
    url: str
    texts: tuple[str, ...] = ()


SESSION: Final = FaceFields("face", "face_url")
EXTERNAL: Final = FaceFields("avatar_image", "avatar_image_url", ("image",))


async def rig_of_request(
    context: Context,
    caller: Principal,
    names: FaceFields,
    fields: Mapping[str, Any],
    file: UploadedFile | None,
    *,
    takes_urls: bool = True,
) -> str | None:
    """The rig of the face that was sent.

    Args:
        context: What the surface was given.
        caller: For whom.
        names: Of the fields.
        fields: That were sent as text.
        file: That was uploaded.
        takes_urls: Whether faces at an address are taken.

    Returns:
        Nothing if no face was sent.

    Raises:
        InputError: There are several, it is no picture, or shows no face that can be used.
        FaceUrlError: It is at an address that cannot be used.
        MediaTypeError: It is no PNG, JPEG or WebP.
        RequestError: A field is no text.
        UploadTooLargeError: It is too large.
    """
    if fields.get(_SAVED) not in (None, ""):
        raise InputError(f"{_SAVED}: there is no such saved avatar.")
    texts = {
        name: _text(fields, name)
        for name in (names.file, *names.texts, names.url)
        if fields.get(name) is not None and not (name == names.url and fields[name] == "")
    }
    if len(texts) + (file is not None) > 1:
        sent = [names.file] * (file is not None) + list(texts)
        raise InputError(f"Send one face, not {' and '.join(dict.fromkeys(sent))}.")
    if file is not None:
        return await faces.rig_of_upload(context, caller, file, names.file)
    for name, text in texts.items():
        if name == names.url or (_ADDRESS.match(text) and not _DATA_URL.match(text)):
            if not takes_urls:
                raise InputError(f"{name}: addresses are not accepted here. Upload a face.")
            return await faces.rig_of_url(context, caller, text, name)
        content = _decoded(text, name, max_bytes=context.live.max_face_bytes)
        return await faces.rig_of_bytes(context, caller, content, name)
    return None


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields[name]
    if not isinstance(value, str):
        raise RequestError(f"{name}: must be a picture in base64 or its address.")
    return value.strip()


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
            f"{name}: it is no picture. Send a file, the picture in base64 or as a data URL, or its address."
        ) from error
