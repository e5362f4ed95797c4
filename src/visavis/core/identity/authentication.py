"""Authentication of bearer credentials."""

from visavis.core.database import Tx
from visavis.core.identity import keys, tokens
from visavis.core.identity.principals import Principal


async def authenticate(tx: Tx, word: str) -> Principal:
    """Find the principal of an API key, an access token that stands for a key, or a session token.

    Raises:
        KeyRefusedError: The credential is unknown, revoked or expired.
    """
    if word.startswith(tokens.SESSION_BEGIN):
        return keys.principal_of(await tokens.find_by_session(tx, word))
    find = tokens.find if word.startswith(tokens.TOKEN_BEGIN) else keys.find
    return keys.principal_of(await find(tx, word))
