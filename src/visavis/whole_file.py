"""Files that others see whole or not at all."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def whole_file(path: Path, *, suffix: str = ".part") -> Iterator[Path]:
    """A path beside `path`: what is written there comes to `path` by one rename when the `with` is left.

    If it is left by an exception, a cancellation or Ctrl-C among them, `path` is as it was and nothing lies
    beside it. Several may write the same file at once; the last one wins.

    Args:
        path: Where the file will be.
        suffix: Of the path beside it, for writers that go by it.

    Raises:
        OSError: The file cannot be put in its place, or was not written.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{suffix}")
    try:
        yield part
        part.replace(path)
    except BaseException:
        with suppress(OSError):  # the failure itself is what should be told
            part.unlink()
        raise
