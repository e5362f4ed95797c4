"""Choosing what recognizes speech and what detects voice."""

from visavis.ports import SpeechRecognizer, VoiceActivityDetector
from visavis.ports.models import ModelFolders
from visavis.settings import RecognitionSettings


def voice_activity_detector() -> VoiceActivityDetector:
    """The detector of voice; it loads its model.

    Raises:
        ExtraMissingError: A package is not installed.
    """
    from visavis.providers.vad.silero import SileroDetector

    return SileroDetector()


def speech_recognizer(settings: RecognitionSettings, folders: ModelFolders) -> SpeechRecognizer:
    """The recognizer that the settings name. Models are chosen by language, and loaded when needed.

    Args:
        settings: What recognizes speech.
        folders: The models on this machine.

    Raises:
        ExtraMissingError: A package is not installed.
    """
    from visavis.providers.stt.local import WhisperRecognizer

    return WhisperRecognizer(folders, voice_activity_detector(), settings.model)
