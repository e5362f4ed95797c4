"""How many files and connections a process may open."""

import contextlib
import resource
from typing import Final

from visavis.settings import ServerSettings

_RESERVED_DESCRIPTORS: Final = 256  # for the database, files, children
_MIN_CONNECTIONS: Final = 16


def raise_descriptor_limit() -> int:
    """Let this process, and those that it starts, open as many files as the system allows it.

    Returns:
        How many these are.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS promises more than it gives
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def within_descriptor_limit(settings: ServerSettings) -> ServerSettings:
    """The settings, with fewer connections where this process may not open so many files."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return settings
    possible = max(_MIN_CONNECTIONS, soft - _RESERVED_DESCRIPTORS)
    return settings.model_copy(update={"max_connections": min(settings.max_connections, possible)})
