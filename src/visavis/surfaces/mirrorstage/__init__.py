"""The surface `mirrorstage`: live sessions that wallets pay for, without a key."""

from typing import Final

NAME: Final = "mirrorstage"
