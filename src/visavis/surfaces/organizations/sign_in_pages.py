"""Where browsers are led at the end of a sign-in through an identity provider.

A page says in its own words why a sign-in failed: it is given a word, and no text that could be anybody's.
"""

from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from visavis import errors
from visavis.errors import SsoRefusedError, VisavisError

_FAILED: Final = "/sign-in/failed"
_TESTED: Final = "/organizations"
_SEE_OTHER: Final = 303
_UNAVAILABLE: Final = "unavailable"
_REASONS: Final[tuple[tuple[type[VisavisError], str], ...]] = (
    (errors.SsoConnectionError, "unreachable"),
    (errors.OrganizationMissingError, "no_sso"),
    (errors.RateLimitError, "too_many"),
    (errors.NotPermittedError, errors.SsoRefusal.NOT_MEMBER),
    (errors.RequestError, errors.SsoRefusal.NOT_BEGUN),
)


def is_browser(request: Request) -> bool:
    """Whether whoever asks shows pages."""
    return "text/html" in request.headers.get("accept", "")


def reason_of(error: VisavisError) -> str:
    """Why a sign-in failed, as one word."""
    if isinstance(error, SsoRefusedError):
        return error.reason
    return next((word for kind, word in _REASONS if isinstance(error, kind)), _UNAVAILABLE)


def failed(error: VisavisError, slug: str | None) -> Response:
    """Lead a browser to the page that says why a sign-in failed.

    Args:
        error: What happened.
        slug: Short name of the organization, to try again; `None` if it is not known.
    """
    said = {"reason": reason_of(error)} | ({"org": slug} if slug else {})
    return RedirectResponse(f"{_FAILED}?{urlencode(said)}", _SEE_OTHER)


def tested(organization_id: str) -> Response:
    """Lead a browser back to the settings of an organization, which show how the test went."""
    said = {"id": organization_id, "section": "sso"}
    return RedirectResponse(f"{_TESTED}?{urlencode(said)}", _SEE_OTHER)


def signed_in() -> RedirectResponse:
    """Lead a browser to the console."""
    return RedirectResponse("/", _SEE_OTHER)
