"""Sockets to listen on: IPv4 or IPv6, on one port or the first free one of several."""

import contextlib
import resource
import socket
import sys
from collections.abc import Sequence
from typing import Final

from visavis.errors import AddressTakenError, SettingsError

_BACKLOG: Final = 512
_RESERVED_DESCRIPTORS: Final = 64


def raise_descriptor_limit() -> int:
    """Raise the limit of open sockets to the maximum that the system allows.

    Returns:
        Number of sockets for clients.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS allows less than it reports
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    return sys.maxsize if soft == resource.RLIM_INFINITY else max(2, soft - _RESERVED_DESCRIPTORS)


def parse_ports(text: str) -> range:
    """Parse `7882`, or `7882-7890`; 0 is any port.

    Raises:
        SettingsError: It is neither.
    """
    first, dash, last = text.partition("-")
    numbers = [first, last] if dash else [first, first]
    if not all(number.isascii() and number.isdecimal() and int(number) < 1 << 16 for number in numbers):
        raise SettingsError(f"“{text}” is neither a port nor a range of ports. Use 7882 or 7882-7890.")
    ports = range(int(numbers[0]), int(numbers[1]) + 1)
    if not ports:
        raise SettingsError(f"The range of ports {text} is empty.")
    return ports


def bind(kind: socket.SocketKind, host: str, ports: Sequence[int]) -> socket.socket:
    """Open a non-blocking socket on the first free port; a TCP socket listens.

    An IPv6 socket on `::` accepts IPv4 too.

    Raises:
        AddressTakenError: All ports are in use, or the address is not on this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in ports:
        made = socket.socket(family, kind)
        try:
            if family == socket.AF_INET6:
                made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            if kind == socket.SOCK_STREAM:
                made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind((host, port))
            if kind == socket.SOCK_STREAM:
                made.listen(_BACKLOG)
        except OSError as error:
            made.close()
            if port != ports[-1]:
                continue
            name = "UDP" if kind == socket.SOCK_DGRAM else "TCP"
            where = f"{ports[0]}" if len(ports) == 1 else f"{ports[0]}-{ports[-1]}"
            raise AddressTakenError(f"{name} {host}:{where} cannot be used: {error.strerror}.") from error
        made.setblocking(False)
        return made
    raise AddressTakenError("No port was free to listen on.")


def port_of(bound: socket.socket) -> int:
    """Port of a socket."""
    return int(bound.getsockname()[1])
