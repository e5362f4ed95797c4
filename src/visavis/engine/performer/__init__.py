"""The performer: what the voice does, turned into what the face does."""

from visavis.engine.performer.emotion import Emotion
from visavis.engine.performer.performer import LIPS_LEAD_S, Manners, Performer

__all__ = ["LIPS_LEAD_S", "Emotion", "Manners", "Performer"]
