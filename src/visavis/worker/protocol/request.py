"""What all requests to rendering processes have in common."""

from typing import ClassVar, Generic, Literal, TypeVar

from visavis.worker.protocol.message import Message

_Result = TypeVar("_Result", bound=Message)

SoundFormat = Literal["mp3", "wav", "flac", "opus", "aac", "pcm"]


class Request(Message, Generic[_Result]):
    """A request.

    Attributes:
        result: Kind of the answer to a request that succeeds.
    """

    result: ClassVar[type[Message]]
