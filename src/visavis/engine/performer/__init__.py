"""The performer: turns the voice into motion of the face."""

from visavis.engine.performer.emotion import Emotion
from visavis.engine.performer.manners import Manners
from visavis.engine.performer.performer import Performer, reach_s

__all__ = ["Emotion", "Manners", "Performer", "reach_s"]
