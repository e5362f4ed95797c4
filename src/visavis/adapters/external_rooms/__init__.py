"""Room servers that strangers name: reached only at public addresses, whatever they answer.

address ─▶ check ─in the gateway─▶ the session's row ─▶ forward ─in the session's process─▶ the server
                                                           └─ signals: what it may tell the client library
"""

from visavis.adapters.external_rooms.check import check_answer, check_token
from visavis.adapters.external_rooms.dialing import ANYWHERE
from visavis.adapters.external_rooms.forward import forwarded

__all__ = ["ANYWHERE", "check_answer", "check_token", "forwarded"]
