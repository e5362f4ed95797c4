"""The API of avatar images: characters from words and pictures, and saved avatars."""

from typing import Final

NAME: Final = "avatars"
