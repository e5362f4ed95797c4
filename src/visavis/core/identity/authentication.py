"""From a bearer's word to the principal that it stands for."""

from visavis.core.database import Tx
from visavis.core.identity import keys, tokens
from visavis.core.identity.principals import Principal


async def authenticate(tx: Tx, word: str) -> Principal:
    """Whoever has an API key, or an access token that stands for one.

    Raises:
        KeyRefusedError: It is unknown, was revoked, or has run out.
    """
    find = tokens.find if word.startswith(tokens.TOKEN_BEGIN) else keys.find
    return keys.principal_of(await find(tx, word))
