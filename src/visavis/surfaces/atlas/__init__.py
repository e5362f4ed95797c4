"""The surface `atlas`: the offline API."""

from typing import Final

NAME: Final = "atlas"
