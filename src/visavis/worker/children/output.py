"""The way of a process's messages to its parent: its standard output, kept for them alone."""

import os
import resource
from typing import BinaryIO, Final

from visavis.worker.protocol import Message

_STDOUT_FD: Final = 1
_STDERR_FD: Final = 2


def claim_output() -> BinaryIO:
    """Take standard output for messages. What libraries print goes to standard error from now on.

    Also forbids core files: they would hold a face and a voice.
    """
    messages = os.fdopen(os.dup(_STDOUT_FD), "wb")
    os.dup2(_STDERR_FD, _STDOUT_FD)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return messages


def send(messages: BinaryIO, message: Message) -> None:
    """Send a message to the parent at once."""
    messages.write(message.to_line())
    messages.flush()
