"""Photos and sounds that tools are given: paths on this machine, or base64."""

import base64
import binascii
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mcp.server.mcpserver.exceptions import ToolError

MAX_FILE_BYTES: Final = 12_000_000
_DATA_URL: Final = re.compile(r"data:[\w.+/-]*(;[\w=-]+)*;base64,")
_MAX_PATH_CHARS: Final = 4096


@dataclass(frozen=True)
class FileAccess:
    """Whether tools may read and write files of this machine.

    Attributes:
        is_local: Whether they may: whoever asks is a program of this machine's user.
    """

    is_local: bool

    def read(self, name: str, given: str) -> bytes:
        """Read a file that a tool was given.

        Args:
            name: Name of the tool's argument, for errors.
            given: A path, base64, or a data URL.

        Raises:
            ToolError: It cannot be read, or is too large.
        """
        content = self._read_path(name, given) if self.is_local else None
        if content is None:
            content = _decode(name, given, self.is_local)
        if len(content) > MAX_FILE_BYTES:
            raise ToolError(f"{name}: the file is larger than {MAX_FILE_BYTES // 1_000_000} MB.")
        return content

    def output(self, given: str) -> Path:
        """The path of a video that is to be written.

        Raises:
            ToolError: Files cannot be written here, or there is a file already.
        """
        if not self.is_local:
            raise ToolError("output: this server writes no files. Download the video from its link.")
        path = Path(given).expanduser().absolute()
        if path.suffix != ".mp4":
            raise ToolError("output: choose a name that ends with .mp4.")
        if path.exists():
            raise ToolError(f"output: {path} exists already. Choose another name.")
        if not path.parent.is_dir():
            raise ToolError(f"output: the folder {path.parent} does not exist.")
        return path

    def _read_path(self, name: str, given: str) -> bytes | None:
        """The content of a file; `None` if the text is no path of one."""
        if len(given) > _MAX_PATH_CHARS or "\0" in given:
            return None
        path = Path(given).expanduser()
        try:
            if not path.is_file():
                return None
            if path.stat().st_size > MAX_FILE_BYTES:
                raise ToolError(f"{name}: the file is larger than {MAX_FILE_BYTES // 1_000_000} MB.")
            return path.read_bytes()
        except OSError as error:
            raise ToolError(f"{name}: {path} cannot be read: {error.strerror}.") from error


def _decode(name: str, given: str, is_local: bool) -> bytes:
    try:
        return base64.b64decode(_DATA_URL.sub("", given, count=1), validate=True)
    except binascii.Error as error:
        wanted = "the path of a file, or base64" if is_local else "a file in base64; paths are not read"
        raise ToolError(f"{name}: give {wanted}.") from error
