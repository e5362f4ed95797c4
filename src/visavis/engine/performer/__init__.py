"""The performer: turns the voice into motion of the face."""

from visavis.engine.performer.emotion import Emotion
from visavis.engine.performer.performer import Manners, Performer, reach_s

__all__ = ["Emotion", "Manners", "Performer", "reach_s"]
