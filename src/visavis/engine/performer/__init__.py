"""The performer: what the voice does, turned into what the face does."""

from visavis.engine.performer.performer import Manners, Performer

__all__ = ["Manners", "Performer"]
