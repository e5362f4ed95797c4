"""Phonemes that an agent knows of its speech, sent beside the sound, so that the lips follow them.

For a byte stream of sound, the agent sends text streams under `TOPIC`, each with JSON such as

    {"stream": "STREAM_ID", "phonemes": [["h", 0.04, 0.1], ["ə", 0.1, 0.16]]}

where the times are seconds since the begin of the byte stream's sound. A text stream may come before its byte
stream, and there may be several, in the order of time. Without phonemes, the mouth goes by hearing alone.
"""

import json
import math
from collections.abc import Iterable
from typing import Final

from livekit import rtc

from visavis.engine.speech import Phoneme
from visavis.errors import InputError

TOPIC: Final = "visavis.phonemes"
MAX_BYTES: Final = 256 * 1024
"""Size of a text stream; at 12 phonemes a second, this is more than ten minutes."""

_MAX_NAME: Final = 16
_MAX_S: Final = 3600.0


async def send_phonemes(room: rtc.Room, avatar: str, stream_id: str, phonemes: Iterable[Phoneme]) -> None:
    """Send phonemes of a byte stream to an avatar.

    Args:
        room: The agent's room, connected.
        avatar: Identity of the avatar.
        stream_id: ID of the byte stream of the sound.
        phonemes: In order, with times since the begin of the byte stream's sound.
    """
    await room.local_participant.send_text(
        encode(stream_id, phonemes), topic=TOPIC, destination_identities=[avatar]
    )


async def receive_phonemes(reader: rtc.TextStreamReader) -> tuple[str, list[Phoneme]]:
    """Read a text stream. Returns the ID of the byte stream, and its phonemes.

    Raises:
        InputError: It is too long, or is not what `TOPIC` is for.
    """
    text = ""
    async for chunk in reader:
        text += chunk
        if len(text) > MAX_BYTES:
            raise InputError("The phonemes are too many.")
    return decode(text)


def encode(stream_id: str, phonemes: Iterable[Phoneme]) -> str:
    """The text that is sent for phonemes."""
    rows = [[each.ipa, round(each.start_s, 4), round(each.end_s, 4)] for each in phonemes]
    return json.dumps({"stream": stream_id, "phonemes": rows}, ensure_ascii=False)


def decode(text: str) -> tuple[str, list[Phoneme]]:
    """The ID of the byte stream, and its phonemes.

    Raises:
        InputError: It is not what `encode` makes.
    """
    try:
        sent = json.loads(text)
        stream_id, rows = sent["stream"], [Phoneme(*row) for row in sent["phonemes"]]
        is_right = isinstance(stream_id, str) and all(map(_is_right, rows))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError("The phonemes cannot be read.") from error
    if not is_right:
        raise InputError("The phonemes cannot be read.")
    return stream_id, sorted(rows, key=lambda row: row.start_s)


def _is_right(row: Phoneme) -> bool:
    return (
        isinstance(row.ipa, str)
        and len(row.ipa) <= _MAX_NAME
        and all(isinstance(each, int | float) and math.isfinite(each) for each in row[1:])
        and 0 <= row.start_s <= row.end_s <= _MAX_S
    )
