"""Texts that jobs speak."""

from pathlib import Path

from visavis.core.jobs import SpeechInput, VideoInput
from visavis.ports import Voice
from visavis.worker.attempt import Attempt
from visavis.worker.protocol import SpokenText


async def spoken(attempt: Attempt, wanted: SpeechInput | VideoInput) -> SpokenText | Path:
    """What a rendering process is told to speak: the text, or its sound if a service has the voice.

    Raises:
        RequestError: The language or the voice is not known.
        ProviderError: The service failed.
    """
    text, voice = wanted.text or "", Voice(wanted.language or "", wanted.voice or "")
    sound = attempt.folder / "hosted.wav"
    if await attempt.context.speak_hosted(text, voice, sound):
        return sound
    return SpokenText(text=text, language=voice.language, voice=voice.name)
