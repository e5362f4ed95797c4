"""Pitch and tempo of the stock voices, as `python -m bench.voice_figures` measured them."""

from typing import Final

from visavis.engine.voice import VoiceMeasures

FIGURES: Final[dict[str, VoiceMeasures]] = {
    "hibari": VoiceMeasures(214.0, 2.66, 3.98),
    "kokoro-af_heart": VoiceMeasures(196.6, 2.84, 3.84),
    "kokoro-af_alloy": VoiceMeasures(141.0, 3.34, 3.08),
    "kokoro-af_aoede": VoiceMeasures(183.4, 3.05, 4.04),
    "kokoro-af_bella": VoiceMeasures(191.3, 2.17, 4.32),
    "kokoro-af_jessica": VoiceMeasures(215.7, 3.38, 3.85),
    "kokoro-af_kore": VoiceMeasures(157.2, 3.66, 3.97),
    "kokoro-af_nicole": VoiceMeasures(142.0, 1.59, 2.13),
    "kokoro-af_nova": VoiceMeasures(161.0, 3.01, 3.39),
    "kokoro-af_river": VoiceMeasures(186.0, 1.97, 3.68),
    "kokoro-af_sarah": VoiceMeasures(191.4, 3.75, 3.49),
    "kokoro-af_sky": VoiceMeasures(167.9, 3.41, 2.83),
    "kokoro-am_adam": VoiceMeasures(116.4, 3.00, 3.77),
    "kokoro-am_echo": VoiceMeasures(102.4, 4.10, 2.46),
    "kokoro-am_eric": VoiceMeasures(157.2, 3.96, 3.35),
    "kokoro-am_fenrir": VoiceMeasures(148.8, 3.37, 3.55),
    "kokoro-am_liam": VoiceMeasures(125.8, 3.94, 2.87),
    "kokoro-am_michael": VoiceMeasures(110.5, 2.92, 3.02),
    "kokoro-am_onyx": VoiceMeasures(86.7, 2.74, 3.07),
}
