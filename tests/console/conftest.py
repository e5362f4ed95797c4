"""The same real servers as the API's tests."""

from tests.api.conftest import media, open_folder, start_server

__all__ = ["media", "open_folder", "start_server"]
