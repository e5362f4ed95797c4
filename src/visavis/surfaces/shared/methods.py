"""Which methods a path has: for `Allow`, and for whoever asks with OPTIONS."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_NO_CONTENT: Final = 204


def other_method(request: Request, refusal: Response) -> Response:
    """The answer to a method that no route of a path has: to OPTIONS which it has, to others a refusal.

    Args:
        request: The request.
        refusal: The surface's own 405.
    """
    found = [method for method in _METHODS if _has(request, method)]
    if "GET" in found:
        found.insert(1, "HEAD")  # the middleware makes it of GET
    said = Response(status_code=_NO_CONTENT) if request.method == "OPTIONS" else refusal
    said.headers["Allow"] = ", ".join([*found, "OPTIONS"])
    return said


def _has(request: Request, method: str) -> bool:
    scope = {**request.scope, "method": method}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes)
