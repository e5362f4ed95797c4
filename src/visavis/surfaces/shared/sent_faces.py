"""The face that a request for a live session sends: a file, an address, a picture as text, or an avatar.

Whatever a field of a face holds is understood or refused. The built-in face is for requests that send none.
"""

import re
from collections.abc import Mapping
from typing import Final

from visavis.core.identity.principals import Principal
from visavis.errors import InputError
from visavis.surfaces.shared import faces
from visavis.surfaces.shared.context import Context
from visavis.surfaces.shared.encoded import decoded_picture, is_data_url
from visavis.surfaces.shared.uploads import UploadedFile

AVATAR: Final = "avatar_id"
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)  # no base64 has a colon
_WANTED: Final = "Send a file, the picture in base64 or as a data URL, or its URL."


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
        url_field: The one of them that holds an address, and nothing else. `AVATAR` holds the ID of a saved
            avatar.
        takes_urls: Whether faces at an address are taken.

    Returns:
        `None` if no face was sent.

    Raises:
        AvatarMissingError: The account has no such avatar.
        InputError: There are several, it is no picture, or shows no face that can be used.
        FaceUrlError: It is at an address that cannot be used.
        MediaTypeError: It is no PNG, JPEG or WebP.
        UploadTooLargeError: It is too large.
    """
    given = {name: face for name, face in sent.items() if face is not None}
    if len(given) > 1:
        raise InputError(f"Send one face, not {' and '.join(given)}.")
    for name, face in given.items():
        if name == AVATAR:
            return await faces.rig_of_avatar(context, principal, str(face))
        if isinstance(face, UploadedFile):
            return await faces.rig_of_upload(context, principal, face, name)
        if name == url_field or (_ADDRESS.match(face) and not is_data_url(face)):
            if not takes_urls:
                raise InputError(f"{name}: URLs are not accepted here. Upload a face.")
            return await faces.rig_of_url(context, principal, face, name)
        max_bytes = context.requests.max_face_bytes
        content = decoded_picture(face, name, max_bytes=max_bytes, wanted=_WANTED)
        return await faces.rig_of_bytes(context, principal, content, name)
    return None
