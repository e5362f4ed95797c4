"""The same real servers as the API's tests."""

from collections.abc import Callable
from typing import Final

import pytest
from tests.api.conftest import Server, client, media, open_folder, postgres, start_server

UPLOAD_MAX_BYTES: Final = 300_000
PUBLIC_URL: Final = "https://avatars.example"
PROXY: Final = "127.0.0.3"

__all__ = ["client", "media", "open_folder", "postgres", "start_server"]


@pytest.fixture(scope="session")
def server(start_server: Callable[..., Server]) -> Server:
    """One server for all attacks that should do it no harm; its limit is low, so that they are quick."""
    return start_server(
        requests_per_minute="100000",
        live_slots="1",
        upload_most_bytes=str(UPLOAD_MAX_BYTES),
        public_url=PUBLIC_URL,
        trusted_proxies=f'["{PROXY}"]',
    )
