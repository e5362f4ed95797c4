"""Commands to the process that takes a client's sound to an avatar, and the events that it reports."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from visavis.ports.sound import SoundEnd
from visavis.worker.protocol.message import Message


class BeginSound(Message):
    """Join a room and take sound to its avatar; given once.

    Attributes:
        server_url: Address of the room server, which is ours.
        token: Access token of the room.
        avatar: Identity of the avatar.
    """

    type: Literal["begin_sound"] = "begin_sound"
    server_url: str
    token: str = Field(repr=False)
    avatar: str


class SoundPart(Message):
    """Bytes of an utterance.

    Attributes:
        data: The bytes; in JSON, as Base64.
    """

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
    type: Literal["part"] = "part"
    data: bytes = Field(repr=False)


class FinishUtterance(Message):
    """The utterance is complete."""

    type: Literal["finish"] = "finish"


class ClearSound(Message):
    """Drop all sound that was not played yet."""

    type: Literal["clear"] = "clear"


class EndSound(Message):
    """Leave the room and end."""

    type: Literal["end_sound"] = "end_sound"


SoundCommand = Annotated[
    BeginSound | SoundPart | FinishUtterance | ClearSound | EndSound, Field(discriminator="type")
]


class BytesTaken(Message):
    """The decoder has taken bytes; as many more may be sent.

    Attributes:
        count: Number of bytes.
    """

    type: Literal["taken"] = "taken"
    count: int


class UtterancePlayed(Message):
    """How much of an utterance was played; see `visavis.ports.sound.SoundPlayed`."""

    type: Literal["played"] = "played"
    utterance: int
    position_s: float
    is_last: bool
    is_interrupted: bool


class UtteranceRefused(Message):
    """An utterance cannot be decoded.

    Attributes:
        code: Stable code of the error.
        message: What happened, and what to do.
    """

    type: Literal["refused"] = "refused"
    code: str
    message: str


class SoundOver(Message):
    """No more sound is taken; the process ends.

    Attributes:
        reason: Why.
    """

    type: Literal["sound_over"] = "sound_over"
    reason: SoundEnd


SoundReport = Annotated[
    BytesTaken | UtterancePlayed | UtteranceRefused | SoundOver, Field(discriminator="type")
]
