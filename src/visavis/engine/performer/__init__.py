"""The performer: what the voice does, turned into what the face does."""

from visavis.engine.performer.emotion import Emotion
from visavis.engine.performer.performer import Manners, Performer, reach_s

__all__ = ["Emotion", "Manners", "Performer", "reach_s"]
