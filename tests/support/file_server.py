"""A real HTTP server of files whose connections can be cut, for downloads."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from harness.http_server import serving_http


@dataclass
class FileServer:
    """What it serves, and what it was asked for.

    Attributes:
        url: Its address, without a slash at the end.
        files: Contents by path.
        cut_after: By path, after how many bytes each answer ends early, in turn.
        statuses: By path, statuses to answer with instead, in turn.
        ignores_ranges: Whether it always sends whole files.
        asked: Paths that were asked for, each with the range.
    """

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    cut_after: dict[str, list[int]] = field(default_factory=dict)
    statuses: dict[str, list[int]] = field(default_factory=dict)
    ignores_ranges: bool = False
    asked: list[tuple[str, str | None]] = field(default_factory=list)


@contextmanager
def file_server() -> Iterator[FileServer]:
    """Serve on a free port of this machine."""
    state = FileServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            wanted = self.headers.get("Range")
            state.asked.append((self.path, wanted))
            if state.statuses.get(self.path):
                self._refuse(state.statuses[self.path].pop(0))
            elif self.path not in state.files:
                self._refuse(404)
            else:
                self._send(state.files[self.path], None if state.ignores_ranges else wanted)

        def _refuse(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _send(self, content: bytes, wanted: str | None) -> None:
            start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1]) if wanted else 0
            if start >= len(content) > 0:
                self._refuse(416)
                return
            self.send_response(206 if wanted else 200)
            if wanted:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            cuts = state.cut_after.get(self.path)
            self.wfile.write(content[start:][: cuts.pop(0)] if cuts else content[start:])
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving_http(Handler) as state.url:
        yield state
