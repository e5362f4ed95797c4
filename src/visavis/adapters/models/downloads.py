"""Downloading files from public addresses, with resumption of what was cut off."""

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Final

from visavis.adapters.models.progress import Meter
from visavis.adapters.models.registry import ModelFile
from visavis.adapters.models.store import is_genuine
from visavis.errors import ModelsCorruptError, ModelsUnreachableError

_TIMEOUT_S: Final = 30.0  # without a byte
_BLOCK_BYTES: Final = 1 << 18
_WAITS_S: Final = (1.0, 2.0, 5.0, 10.0)  # after each failure in a row that brought nothing


class _RetryError(Exception):
    """The same request can succeed."""


def download(
    url: str, file: ModelFile, part: Path, meter: Meter, *, wait: Callable[[float], None] = time.sleep
) -> None:
    """Download a file.

    What is cut off is continued, also by a later call, if the server can send the rest of a file.

    Args:
        url: Its address.
        file: What it must be.
        part: Where to write it. It stays there if the download ends early.
        meter: Told how far the download is.
        wait: Waits for some seconds before another try.

    Raises:
        ModelsUnreachableError: The server did not give it.
        ModelsCorruptError: The server gave something else.
        OSError: The file cannot be written.
    """
    for is_second in (False, True):
        was_continued = _receive_all(url, file, part, meter, wait)
        if is_genuine(part, file):
            meter.add(file.size_bytes)
            return
        part.unlink()
        if is_second or not was_continued:
            break
        # The first piece may have been of another file: once more, from the start.
    raise ModelsCorruptError(f"{url} returned a different file than expected.")


def _receive_all(url: str, file: ModelFile, part: Path, meter: Meter, wait: Callable[[float], None]) -> bool:
    """Receive until the file has its size; whether it took more than one piece."""
    pieces, failures = int(_size(part) > 0), 0
    while (before := _size(part)) < file.size_bytes:
        pieces += 1
        try:
            _receive(url, file, part, meter)
        except _RetryError as error:
            failures = 0 if _size(part) > before else failures + 1
            if failures > len(_WAITS_S):
                raise ModelsUnreachableError(
                    f"{url} could not be downloaded ({error}). Try again."
                ) from error
            wait(_WAITS_S[max(failures - 1, 0)])
    return pieces > 1


def _receive(url: str, file: ModelFile, part: Path, meter: Meter) -> None:
    """One request for what is missing; what comes is written, whatever happens."""
    start = _size(part)
    headers = {"User-Agent": "visavis", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - an address of the registry
    try:
        answer = urllib.request.urlopen(request, timeout=_TIMEOUT_S)  # noqa: S310
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and start:
            part.unlink()
            return
        if error.code >= HTTPStatus.INTERNAL_SERVER_ERROR or error.code == HTTPStatus.TOO_MANY_REQUESTS:
            raise _RetryError(f"HTTP status {error.code}") from error
        raise ModelsUnreachableError(f"{url} could not be downloaded (HTTP status {error.code}).") from error
    except (OSError, http.client.HTTPException) as error:
        raise _RetryError(_reason(error)) from error
    with answer:
        is_rest = answer.status == HTTPStatus.PARTIAL_CONTENT
        _write(answer, file, part, meter, append=is_rest)


def _write(
    answer: http.client.HTTPResponse, file: ModelFile, part: Path, meter: Meter, *, append: bool
) -> None:
    with part.open("ab" if append else "wb") as output:
        while output.tell() <= file.size_bytes:
            try:
                block = answer.read1(_BLOCK_BYTES)
            except (OSError, http.client.HTTPException) as error:
                raise _RetryError(_reason(error)) from error
            if not block:
                break
            output.write(block)
            meter.show(output.tell())
        size = output.tell()
    if size < file.size_bytes:
        raise _RetryError(f"the connection ended after {size} of {file.size_bytes} bytes")


def _size(part: Path) -> int:
    try:
        return part.stat().st_size
    except FileNotFoundError:
        return 0


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return str(getattr(reason, "strerror", None) or reason) or type(error).__name__
