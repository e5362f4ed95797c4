"""Captions of videos: from words with times to lines on the screen, or to files."""

from visavis.engine.captions.cues import Cue, TimedWord, make_cues, spread_words
from visavis.engine.captions.files import to_srt, to_vtt
from visavis.engine.captions.painter import CaptionPainter, missing_letters

__all__ = [
    "CaptionPainter",
    "Cue",
    "TimedWord",
    "make_cues",
    "missing_letters",
    "spread_words",
    "to_srt",
    "to_vtt",
]
