"""Authentication of bearer credentials."""

from visavis.core.database import Tx
from visavis.core.identity import keys, tokens
from visavis.core.identity.principals import Principal


async def authenticate(tx: Tx, word: str) -> Principal:
    """Find the principal of an API key, or of an access token that stands for a key.

    Raises:
        KeyRefusedError: The credential is unknown, revoked or expired.
    """
    find = tokens.find if word.startswith(tokens.TOKEN_BEGIN) else keys.find
    return keys.principal_of(await find(tx, word))
