"""The voices of an installation."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np

from visavis.bootstrap import model_folders
from visavis.ports import SpeechSynthesizer, Voice
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


def hosted_speaker(settings: Settings) -> Callable[[str, Voice, Path], Awaitable[bool]]:
    """Speaks texts whose voice is a service's into WAV files; says of others that it does not.

    Processes that render read files of strangers, so they get no keys of services. The worker has them.

    Args:
        settings: Settings of the voices.
    """

    async def speak(text: str, voice: Voice, target: Path) -> bool:
        from scipy.io import wavfile  # takes long, and the gateway and workers seldom need it

        voices = synthesizer(settings)
        try:
            if not voices.is_hosted(voice):
                return False
            parts = [part async for part in voices.speak(text, voice)]
        finally:
            await voices.close()
        samples = np.concatenate([part.samples for part in parts])
        await asyncio.to_thread(wavfile.write, target, parts[0].rate_hz, samples)
        return True

    return speak
