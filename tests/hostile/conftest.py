"""The same real servers as the API's tests."""

from tests.api.conftest import client, media, open_folder, postgres, server, start_server

__all__ = ["client", "media", "open_folder", "postgres", "server", "start_server"]
