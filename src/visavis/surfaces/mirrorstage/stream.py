"""The WebSocket on which a client streams sound to its session, and hears how it goes.

    client ─sound, commands─▶ this server ─sound─▶ the avatar
           ◀─chunk_done, time_warning, error, ended─┘

A client that sends faster than is spoken waits, as soon as a minute of sound waits to be played.
"""

import asyncio
import contextlib
from typing import Annotated, Final

from fastapi import APIRouter, Query, WebSocket
from pydantic import BaseModel, ValidationError
from starlette.websockets import WebSocketDisconnect, WebSocketState

from visavis.core import paid_sessions, sessions
from visavis.core.schema import ACTIVE, Session
from visavis.errors import CredentialsMissingError, SessionEndedError, VisavisError
from visavis.ports.sound import SoundEnd, SoundPlayed, SoundRefused, SoundStream
from visavis.surfaces.mirrorstage import stream_wire as wire
from visavis.surfaces.mirrorstage.context import Given
from visavis.surfaces.shared import faces
from visavis.surfaces.shared.context import Context
from visavis.surfaces.shared.encoded import decoded_picture

WARNINGS_S: Final = (60, 10)
"""Remaining paid time at which the client is warned."""

_FACE_FIELD: Final = "reference_image_b64"
_FACE_WANTED: Final = "Send a PNG, JPEG or WebP picture in base64."
_LOOK_EVERY_S: Final = 0.5
_ROOM_GONE_S: Final = 5.0  # within which the session is over whose room is gone

router = APIRouter()


@router.websocket("/v1/sessions/{session_id}/stream")
async def stream(
    websocket: WebSocket,
    session_id: str,
    context: Given,
    token: Annotated[str, Query(max_length=200)] = "",
) -> None:
    """Take sound and commands until the client leaves, or the session ends."""
    # Clients add the token to an address that has it already: ?token=…?token=…
    token = token.partition("?")[0] or websocket.headers.get("authorization", "").removeprefix("Bearer ")
    if not token:
        raise CredentialsMissingError("Add the session's token to the address, as ?token=… .")
    shared = context.shared
    async with shared.database.transaction() as tx:
        row = await paid_sessions.find(tx, session_id, token)
    if row.status != ACTIVE:
        raise SessionEndedError("The session has ended.")
    await websocket.accept()
    async with shared.sounds.connect(row.id, paid_sessions.own_room(row)) as sound:
        await _Connection(websocket, shared, row, sound).run()


class _Connection:
    """One client's connection to its session."""

    def __init__(self, websocket: WebSocket, context: Context, row: Session, sound: SoundStream) -> None:
        self._websocket, self._context, self._sound = websocket, context, sound
        self._row, self._principal = row, paid_sessions.principal_of(row)
        self._swapping: asyncio.Task[None] | None = None
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        """Serve the client until one of the two is over."""
        work = (self._receive(), self._report(), self._watch())
        tasks = [asyncio.create_task(each) for each in work]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    code = task.result()
                    if code is not None:
                        await self._close(code)
                    return
        finally:
            doing = [*tasks, *([self._swapping] if self._swapping else [])]
            for task in doing:
                task.cancel()
            await asyncio.gather(*doing, return_exceptions=True)

    async def _receive(self) -> int | None:
        """Take what the client sends, in order. Returns when it has left."""
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return None
            if data := message.get("bytes"):
                await self._sound.send(data)
            elif (text := message.get("text")) is not None:
                try:
                    await self._obey(wire.COMMANDS.validate_json(text))
                except ValidationError:
                    await self._tell(wire.UNKNOWN_MESSAGE)

    async def _obey(self, command: wire.Command) -> None:
        match command:
            case wire.SpeakDone():
                await self._sound.finish()
            case wire.Interrupt():
                await self._sound.interrupt()
            case wire.ChangeReference(reference_image_b64=image):
                if self._swapping is not None and not self._swapping.done():
                    await self._tell(wire.Error(error="busy", message="Another face is being prepared."))
                else:
                    self._swapping = asyncio.create_task(self._swap(image))
            case wire.Stop():
                with contextlib.suppress(SessionEndedError):
                    async with self._context.database.transaction() as tx:
                        await sessions.end_by_key(tx, self._principal, self._row.id)

    async def _swap(self, image: str) -> None:
        """Give the session another face; whatever is wrong with it, the session goes on with the old one."""
        context = self._context
        try:
            content = decoded_picture(
                image, _FACE_FIELD, max_bytes=context.requests.max_face_bytes, wanted=_FACE_WANTED
            )
            rig = await faces.rig_of_bytes(context, self._principal, content, _FACE_FIELD)
            per_minute = context.live.swaps_per_minute
            async with context.database.transaction() as tx:
                await sessions.swap_face(tx, self._principal, self._row.id, rig, max_per_minute=per_minute)
        except VisavisError as error:
            await self._tell(wire.Error(error=error.code, message=error.message))
        else:
            await self._tell(wire.ReferenceChanged())

    async def _report(self) -> int | None:
        """Tell the client what happens to its sound. Returns the code to close with."""
        async for event in self._sound.events():
            match event:
                case SoundPlayed():
                    await self._tell(wire.chunk_done(event))
                case SoundRefused(code=code, message=message):
                    await self._tell(wire.Error(error=code, message=message))
                case SoundEnd.REPLACED:
                    return wire.TAKEN_OVER
                case SoundEnd.LOST:
                    return wire.LOST
                case SoundEnd.ROOM_GONE:
                    await asyncio.sleep(_ROOM_GONE_S)  # `_watch` sees first that the session is over
                    return wire.LOST
        return None

    async def _watch(self) -> int:
        """Warn before the paid time is over, and tell when the session is. Returns the code to close with."""
        left_s = float("inf")
        while True:
            async with self._context.database.transaction() as tx:
                row = await sessions.find(tx, self._principal, self._row.id)
            if row.status != ACTIVE:
                await self._tell(wire.ended(row))
                await self._context.sounds.close(row.id)
                return wire.ENDED
            now_left_s = paid_sessions.remaining_s(row)
            for warning_s in WARNINGS_S:
                if now_left_s <= warning_s < left_s:
                    await self._tell(wire.TimeWarning(remaining_seconds=round(now_left_s)))
                    break
            left_s = now_left_s
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _tell(self, said: BaseModel) -> None:
        async with self._sending:
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # it has left meanwhile
                await self._websocket.send_text(said.model_dump_json())

    async def _close(self, code: int) -> None:
        if self._websocket.application_state is WebSocketState.CONNECTED:
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                await self._websocket.close(code, wire.CLOSE_REASONS[code])
