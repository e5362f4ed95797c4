"""The voices of an installation."""

from visavis.bootstrap import model_folders
from visavis.ports import SpeechSynthesizer
from visavis.providers.tts.catalogue import VoiceCatalogue
from visavis.providers.tts.elevenlabs import ElevenLabs
from visavis.providers.tts.espeak import Espeak
from visavis.providers.tts.hibari import Hibari
from visavis.providers.tts.kokoro import Kokoro
from visavis.providers.tts.openai_endpoint import OpenAiSpeech
from visavis.settings import Settings


def synthesizer(settings: Settings, *, is_live: bool = False) -> VoiceCatalogue:
    """All voices as one synthesizer. It loads a model when it first speaks with it.

    Args:
        settings: Settings of the voices, and where their models are.
        is_live: Whether somebody waits for the speech: then costly voices must be named.
    """
    espeak = Espeak()
    synthesizers: list[SpeechSynthesizer] = []
    if Hibari.is_installed():
        synthesizers += [Hibari(), Kokoro(model_folders(settings.models), espeak)]
    if settings.speech.openai_url:
        synthesizers.append(OpenAiSpeech(settings.speech))
    if settings.speech.elevenlabs_api_key:
        synthesizers.append(ElevenLabs(settings.speech))
    return VoiceCatalogue(
        [*synthesizers, espeak],
        default_voice=settings.speech.default_voice,
        maps_unknown=settings.speech.map_unknown_voices,
        is_live=is_live,
    )
