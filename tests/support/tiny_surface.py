"""A surface that only tests use, made as `docs/adding.md` describes."""

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, WebSocket
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from visavis import errors
from visavis.core.identity.principals import Principal
from visavis.surfaces.shared.authentication import authenticated, header
from visavis.surfaces.shared.dispatcher import Surface
from visavis.surfaces.shared.errors import ErrorResponse, ErrorTable

KeyPrincipal = Annotated[Principal, Depends(authenticated(header("api-secret")))]
router = APIRouter(prefix="/tiny")
FAULTS = {"tea": errors.MediaTypeError("This is no teapot."), "crash": RuntimeError("unforeseen")}


class Words(BaseModel):
    words: str = Field(min_length=1, max_length=20)


@router.post("/echo")
async def echo(body: Words, principal: KeyPrincipal) -> Words:
    if body.words in FAULTS:
        raise FAULTS[body.words]
    return body


@router.websocket("/echo")
async def talk(socket: WebSocket, principal: KeyPrincipal, first: str = "hello") -> None:
    await echo(Words(words=first), principal)
    await socket.accept()
    async for words in socket.iter_text():
        await socket.send_text((await echo(Words(words=words), principal)).words)


def create_app() -> FastAPI:
    app = FastAPI(title="tiny", docs_url=None, redoc_url=None, openapi_url="/tiny/openapi.json")
    app.include_router(router)
    return app


def render(response: ErrorResponse, message: str, retry_after_s: int | None) -> Response:
    return JSONResponse({"fault": response.code, "words": message}, response.status)


NO_KEY = ErrorResponse(401, "no-key", "Missing api-secret header.")
TEAPOT = ErrorResponse(418, "teapot", "This is no teapot.")
WRONG = ErrorResponse(422, "wrong", "words: is missing.")
BROKEN = ErrorResponse(500, "broken", "That is our fault.", is_fixed=True)
KEYS = ((errors.CredentialsMissingError, NO_KEY), (errors.KeyRefusedError, NO_KEY))
BY_STATUS = {code: ErrorResponse(code, "lost", "{method} {path} leads nowhere.") for code in (404, 405, 413)}
ROWS = (*KEYS, (errors.MediaTypeError, TEAPOT), (errors.VisavisError, BROKEN))
TABLE = ErrorTable(ROWS, WRONG, BROKEN, render, BY_STATUS)
SURFACE = Surface("tiny", ("/tiny/",), create_app, TABLE, max_body_bytes=1024, takes_websockets=True)
