"""Messages from a child process to its parent, on standard output, which is reserved for them."""

import os
import resource
from typing import BinaryIO, Final

from visavis.worker.protocol import Message

_STDOUT_FD: Final = 1
_STDERR_FD: Final = 2


def claim_output() -> BinaryIO:
    """Reserve standard output for messages. Output of libraries goes to standard error from now on.

    This also disables core files, because they would contain a face and a voice.
    """
    messages = os.fdopen(os.dup(_STDOUT_FD), "wb")
    os.dup2(_STDERR_FD, _STDOUT_FD)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return messages


def send(messages: BinaryIO, message: Message) -> None:
    """Send a message to the parent and flush it."""
    messages.write(message.to_line())
    messages.flush()
