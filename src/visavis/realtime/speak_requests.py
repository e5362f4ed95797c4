"""Data messages of clients.

`{"type": "speak", "text": …}` has the avatar say a text, and `{"type": "interrupt"}` stops it.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog
from livekit import rtc

from visavis.errors import RequestError

RESULT_TOPIC: Final = "visavis.speak"
MAX_TEXT: Final = 5000
"""Longest text, in characters."""
_MAX_MESSAGE_BYTES: Final = 64_000

_log = structlog.get_logger()


@dataclass(frozen=True)
class SpeakRequest:
    """A text to be spoken word for word.

    Attributes:
        text: The text.
        id: Client's name for the request; `None` if it wants no answer.
        sender: Identity of the client.
    """

    text: str
    id: str | None
    sender: str


def read_speak_request(packet: rtc.DataPacket) -> SpeakRequest | None:
    """A data message as a request to speak; `None` for any other message."""
    sent = _read_message(packet)
    if packet.participant is None or sent.get("type") != "speak":
        return None
    identifier, text = sent.get("id"), sent.get("text")
    return SpeakRequest(
        text.strip() if isinstance(text, str) else "",
        identifier if isinstance(identifier, str) else None,
        packet.participant.identity,
    )


def is_interruption(packet: rtc.DataPacket) -> bool:
    """Whether a data message of a client stops what the avatar says."""
    return packet.participant is not None and _read_message(packet).get("type") == "interrupt"


def _read_message(packet: rtc.DataPacket) -> dict[str, Any]:
    """A data message as an object of JSON; an empty one for anything else."""
    if len(packet.data) > _MAX_MESSAGE_BYTES:
        return {}
    try:
        sent = json.loads(packet.data)
    except ValueError:
        return {}
    return sent if isinstance(sent, dict) else {}


def check_text(text: str) -> None:
    """Refuse a text that cannot be spoken.

    Raises:
        RequestError: It is empty or too long.
    """
    if not text:
        raise RequestError("text: write something to speak.")
    if len(text) > MAX_TEXT:
        raise RequestError(f"text: use at most {MAX_TEXT} characters.")


async def answer_request(room: rtc.Room, request: SpeakRequest, error: RequestError | None) -> None:
    """Tell a client whether its text will be spoken, if it wants to know."""
    if request.id is None:
        return
    answer: dict[str, str] = {"type": "speak_result", "id": request.id, "status": "accepted"}
    if error is not None:
        answer |= {"status": "rejected", "code": error.code, "message": error.message}
    try:
        await room.local_participant.publish_data(
            json.dumps(answer), topic=RESULT_TOPIC, destination_identities=[request.sender]
        )
    except (rtc.participant.PublishDataError, RuntimeError) as failure:
        _log.warning("speak_not_answered", reason=type(failure).__name__)


class SpeakRequests:
    """Takes texts to speak from the clients of a room. Viewers may not send data."""

    def __init__(
        self, room: rtc.Room, on_speak: Callable[[str], None], *, is_ours: Callable[[], bool] = lambda: True
    ) -> None:
        """Prepare.

        Args:
            room: A room that is not connected yet.
            on_speak: Has the avatar say a text; raises `RequestError` if it will not.
            is_ours: Whether texts are to be taken here; asked when one comes.
        """
        self._room, self._on_speak, self._is_ours = room, on_speak, is_ours
        self._is_listening = False
        self._tasks: set[asyncio.Task[None]] = set()

    def listen(self) -> None:
        """Take texts from now on."""
        self._is_listening = True
        self._room.on("data_received", self._take)

    async def close(self) -> None:
        """Take no more; harmless when repeated."""
        if self._is_listening:
            self._room.off("data_received", self._take)
        self._is_listening = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _take(self, packet: rtc.DataPacket) -> None:
        request = read_speak_request(packet)
        if request is None or not self._is_ours():
            return
        refusal: RequestError | None = None
        try:
            check_text(request.text)
            self._on_speak(request.text)
        except RequestError as error:
            refusal = error
        task = asyncio.create_task(answer_request(self._room, request, refusal))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
