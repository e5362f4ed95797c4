"""What the vendors have in common: a request in one form, the session that it starts, and the surface."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, FastAPI, Request
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.types import Scope

from visavis import __version__
from visavis.core import sessions
from visavis.core.identity.principals import Principal
from visavis.core.schema import Session
from visavis.errors import SessionEndedError
from visavis.surfaces.plugins import avatars
from visavis.surfaces.plugins.error_responses import table
from visavis.surfaces.shared import faces
from visavis.surfaces.shared.bodies import ABSENT_IF_EMPTY, BodyType, SentBody
from visavis.surfaces.shared.context import Context
from visavis.surfaces.shared.dispatcher import Surface
from visavis.surfaces.shared.errors import Render
from visavis.surfaces.shared.external_sessions import ExternalRoom, open_external
from visavis.surfaces.shared.fields import JSON, MAX_TEXT_BYTES
from visavis.surfaces.shared.sent_faces import rig_of_request
from visavis.surfaces.shared.uploads import UploadedFile

_MAX_CHARS: Final = 4096  # of an address, a token or a name
_MAX_ID_CHARS: Final = 200
_BASE64_GROWTH: Final = 4 / 3

Text = Annotated[str, StringConstraints(min_length=1, max_length=_MAX_CHARS)]
"""An address, a token or a name."""

AvatarId = Annotated[str, StringConstraints(min_length=1, max_length=_MAX_ID_CHARS), ABSENT_IF_EMPTY]
"""The ID that a vendor gives an avatar."""

_Body = TypeVar("_Body", bound=BaseModel)


class Wire(BaseModel):
    """A part of a request. Fields that are not named are for the vendor's own service, and are ignored."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


@dataclass(frozen=True)
class AvatarRequest:
    """What a plugin asks for.

    Attributes:
        room: The room that the avatar is to join.
        avatar_id: ID of the avatar; `None` if the face is sent, or for the built-in one.
        face: A picture: a file, or base64, a data URL or an address as text.
        face_url: Address of a picture.
        max_duration_s: Longest time of the session; `None` for the server's own limit.
    """

    room: ExternalRoom
    avatar_id: str | None = None
    face: UploadedFile | str | None = None
    face_url: str | None = None
    max_duration_s: int | None = None


@dataclass(frozen=True)
class Vendor:
    """A vendor whose plugin works here.

    Attributes:
        name: Name of the vendor, as in `livekit-plugins-NAME`.
        prefixes: Beginnings of the paths that its plugin calls.
        router: The routes.
        render: Makes error answers in the vendor's shape.
        claims: Which requests under the prefixes are the vendor's, where others have the same; all if `None`.
        invalid_status: Status of a request that is not valid.
    """

    name: str
    prefixes: tuple[str, ...]
    router: APIRouter
    render: Render
    claims: Callable[[Scope], bool] | None = None
    invalid_status: int = 400

    def surface(self) -> Surface:
        """The surface of the vendor."""
        return Surface(
            f"plugins-{self.name}",
            prefixes=self.prefixes,
            create_app=self._create_app,
            errors=table(self.render, invalid_status=self.invalid_status),
            max_body_bytes=MAX_TEXT_BYTES,
            claims=self.claims,
        )

    def _create_app(self) -> FastAPI:
        app = FastAPI(
            title=f"visavis for livekit-plugins-{self.name}",
            version=__version__,
            docs_url=None,
            redoc_url=None,
            openapi_url=None,
            redirect_slashes=False,
        )
        app.include_router(self.router)
        return app


def json_body(model: type[_Body]) -> BodyType[_Body]:
    """The body of a route that takes JSON."""
    return BodyType(model, (JSON,), missing=None)


def read(
    body: BodyType[_Body], request: Request, context: Context, *, takes_pictures: bool = False
) -> AbstractAsyncContextManager[SentBody[_Body]]:
    """Read and validate the body of a request; its files exist for as long as the block runs.

    Args:
        body: The body that the route takes.
        request: The request.
        context: What the surface was given.
        takes_pictures: Whether JSON may hold a picture.
    """
    max_bytes = context.requests.max_face_bytes
    pictures_bytes = int(max_bytes * _BASE64_GROWTH) if takes_pictures else 0
    return body.read(
        request, folder=context.folder, max_bytes=max_bytes, max_json_bytes=MAX_TEXT_BYTES + pictures_bytes
    )


async def start(
    context: Context, principal: Principal, wanted: AvatarRequest, *, stock: frozenset[str] = frozenset()
) -> Session:
    """Let an avatar join a room.

    Args:
        context: What the surface was given.
        principal: For whom.
        wanted: What the plugin asks for.
        stock: IDs that the plugin sends by itself when its user names no avatar: the built-in face.

    Raises:
        AvatarMissingError: The account has no such avatar.
        InputError: The room or the face cannot be used.
        NoCapacityError: No worker has a free slot.
    """
    sent: dict[str, UploadedFile | str | None] = {"face": wanted.face, "face_url": wanted.face_url}

    async def find_rig() -> str:
        rig = await rig_of_request(context, principal, sent, url_field="face_url")
        if rig is not None:
            return rig
        if wanted.avatar_id is None:
            return await faces.default_rig(context, principal)
        return await avatars.rig_of_avatar(context, principal, wanted.avatar_id, stock=stock)

    return await open_external(
        context, principal, wanted.room, find_rig, max_duration_s=wanted.max_duration_s
    )


async def end(context: Context, principal: Principal, session_id: str) -> bool:
    """End a session. Returns whether it was still running.

    Raises:
        SessionMissingError: The key has no such session.
    """
    try:
        async with context.database.transaction() as tx:
            await sessions.end_by_key(tx, principal, session_id)
    except SessionEndedError:
        return False
    return True


def has_header(name: str) -> Callable[[Scope], bool]:
    """A claim to requests that carry a header."""
    wanted = name.lower().encode()
    return lambda scope: any(header == wanted for header, _ in scope["headers"])
