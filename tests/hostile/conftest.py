"""One server that must survive every attack, and the files of a normal user."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from tests.support.server import Server, until

DESCRIPTORS: Final = 1024
UPLOAD_MAX_BYTES: Final = 300_000
PUBLIC_URL: Final = "https://avatars.example"
PROXY: Final = "127.0.0.3"
LIMITED: Final = ("/bin/sh", "-c", f'ulimit -n {DESCRIPTORS}; exec "$@"', "sh")
SETTINGS: Final = {
    "VISAVIS_REQUESTS_PER_MINUTE": "100000",
    "VISAVIS_ROOMS_PORT": "0",
    "VISAVIS_ROOMS_UDP_PORT": "0",
    "VISAVIS_RENDER_PROCESSES": "1",
    "VISAVIS_LIVE_SLOTS": "4",
    "VISAVIS_MAX_UPLOAD_BYTES": str(UPLOAD_MAX_BYTES),  # low, so that attacks are quick
    "VISAVIS_PUBLIC_URL": PUBLIC_URL,
    "VISAVIS_TRUSTED_PROXIES": f'["{PROXY}"]',
}


def leave_open(data: Path) -> list[Path]:
    """Files that an earlier version left readable for everybody."""
    files = [data / "objects" / "rigs" / "old.visavis", data / "rooms.json", data / "tmp" / "job-1" / "image"]
    for path in files:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
        path.chmod(0o644)
    return files


@pytest.fixture(scope="session")
def server(open_folder: Callable[[], Path], face_models_folder: Path) -> Iterator[Server]:
    """A server that may open no more than `DESCRIPTORS` files, in a folder that an earlier version used."""
    data = open_folder()
    leave_open(data)
    server = Server(data, SETTINGS, prefix=LIMITED)
    server.start()
    until(lambda: "live_slots" in server.log.read_text(), what="live slots")
    yield server
    assert server.stop() == 0
