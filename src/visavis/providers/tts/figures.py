"""Pitch and tempo of the stock voices, as `python -m bench.voice_figures` measured them."""

from typing import Final

from visavis.engine.voice import VoiceMeasures

FIGURES: Final[dict[str, VoiceMeasures]] = {}
