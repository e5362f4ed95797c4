"""The built-in painter: original characters from words, painted by code, without a model or a network."""

from visavis.painter.character import Character, Face, Hair, Outfit, Scene, Skin
from visavis.painter.imagining import Understood, understand
from visavis.painter.painting import TRANSPARENT, paint, paint_outlined
from visavis.painter.references import Reference, inspired_by

__all__ = [
    "TRANSPARENT",
    "Character",
    "Face",
    "Hair",
    "Outfit",
    "Reference",
    "Scene",
    "Skin",
    "Understood",
    "inspired_by",
    "paint",
    "paint_outlined",
    "understand",
]
