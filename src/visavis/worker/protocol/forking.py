"""What a worker asks its fork server, and what the fork server tells. Each message is one packet."""

from typing import Annotated, Literal

from pydantic import Field

from visavis.worker.protocol.message import Message

MAX_PACKET_BYTES = 1 << 17


class Fork(Message):
    """Fork a process. Two files come with it: its standard input and its standard output.

    Attributes:
        module: Module whose `main` the process runs.
        environment: Environment of the process.
    """

    type: Literal["fork"] = "fork"
    module: str
    environment: dict[str, str] = Field(repr=False)


class Kill(Message):
    """Kill a process, unless it has ended.

    Attributes:
        pid: Its process ID.
    """

    type: Literal["kill"] = "kill"
    pid: int


ForkRequest = Annotated[Fork | Kill, Field(discriminator="type")]


class Forked(Message):
    """The process that was asked for runs; answers come in the order of requests.

    Attributes:
        pid: Its process ID.
    """

    type: Literal["forked"] = "forked"
    pid: int


class NotForked(Message):
    """The process that was asked for does not run.

    Attributes:
        reason: Why, for a log.
    """

    type: Literal["not_forked"] = "not_forked"
    reason: str


class Ended(Message):
    """A process has ended.

    Attributes:
        pid: Its process ID.
        exit_status: Exit status, or the number of the signal that ended it, negative.
    """

    type: Literal["ended"] = "ended"
    pid: int
    exit_status: int


ForkAnswer = Annotated[Forked | NotForked | Ended, Field(discriminator="type")]
