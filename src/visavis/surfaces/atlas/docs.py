"""The page at `/docs`: Swagger UI from the package, so that it works without the internet."""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.responses import FileResponse, HTMLResponse, Response

from visavis.errors import ExtraMissingError

_DAY_S: Final = 86_400
_FILES: Final = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png")
# The page shows what is there and calls this server, and nothing else. Swagger UI sets styles on elements.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>visavis: API</title>
<link rel="icon" href="/docs/favicon.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head><body>
<div id="swagger-ui"><noscript>This page needs JavaScript. The description is at
<a href="/openapi.json">/openapi.json</a>.</noscript></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body></html>
"""
_START: Final = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
});
"""

router = APIRouter(prefix="/docs", include_in_schema=False)


@router.get("")
async def page() -> Response:
    """The page."""
    return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _POLICY})


@router.get("/start.js")
async def start() -> Response:
    """The page's script: it stands apart, so that the page needs none inside."""
    return Response(_START, media_type="text/javascript")


def _file(name: str) -> None:
    async def read() -> FileResponse:
        return FileResponse(_folder() / name, headers={"Cache-Control": f"public, max-age={_DAY_S}"})

    router.add_api_route(f"/{name}", read, methods=["GET"], response_class=FileResponse)


def _folder() -> Path:
    """Where the package `fastapi-offline` has the files; nothing of its code is used."""
    found = find_spec("fastapi_offline")
    if found is None or not found.submodule_search_locations:
        raise ExtraMissingError("The server is not installed. Run `pip install 'visavis[serve]'`.")
    return Path(found.submodule_search_locations[0]) / "static"


for _name in _FILES:
    _file(_name)
