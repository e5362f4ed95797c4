"""External room servers, which clients name: we connect only to public addresses, whatever they answer.

address ─▶ check ─in the gateway─▶ row of the session ─▶ forward ─in the session process─▶ the server
                                                               └─ signals: filters what the server sends
"""

from visavis.adapters.external_rooms.check import check_answer, check_token
from visavis.adapters.external_rooms.dialing import ANYWHERE
from visavis.adapters.external_rooms.forward import forwarded

__all__ = ["ANYWHERE", "check_answer", "check_token", "forwarded"]
