"""From speech to mouth motion, streaming, on one CPU thread."""

from visavis.engine.speech.motion import (
    CHANNELS,
    RATE_HZ,
    ROW_RATE_HZ,
    VISEMES,
    SpeechModel,
    SpeechMotion,
    SpeechState,
)
from visavis.engine.speech.script import Phoneme, Script
from visavis.engine.speech.stream import load_speech_model

__all__ = [
    "CHANNELS",
    "RATE_HZ",
    "ROW_RATE_HZ",
    "VISEMES",
    "Phoneme",
    "Script",
    "SpeechModel",
    "SpeechMotion",
    "SpeechState",
    "load_speech_model",
]
