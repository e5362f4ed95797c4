"""The voices of an installation."""

from visavis.ports import SpeechSynthesizer
from visavis.providers.tts.catalogue import VoiceCatalogue
from visavis.providers.tts.espeak import Espeak
from visavis.providers.tts.hibari import Hibari


def synthesizer(*, is_live: bool = False) -> VoiceCatalogue:
    """All voices as one synthesizer.

    Args:
        is_live: Whether somebody waits for the speech: then costly voices must be named.
    """
    synthesizers: list[SpeechSynthesizer] = []
    if Hibari.is_installed():
        synthesizers.append(Hibari())
    return VoiceCatalogue([*synthesizers, Espeak()], is_live=is_live)
