"""The cookie of a browser that is signed in: the pages of the console read it, wherever it was set.

Scripts cannot read it (HttpOnly), and pages of others do not send it along (SameSite=Strict).
"""

from typing import Final

from starlette.responses import Response

from visavis.core.identity import sign_ins

COOKIE: Final = "visavis_console"
PATH: Final = "/console"
CONSOLE_RATE: Final = 4
"""A key on which the work of a browser is counted may send this many times the requests of other keys."""


def set_sign_in(response: Response, secret: str, *, is_secure: bool) -> None:
    """Let a browser be signed in."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=sign_ins.SIGN_IN_TTL_S,
        path=PATH,
        httponly=True,
        samesite="strict",
        secure=is_secure,
    )
