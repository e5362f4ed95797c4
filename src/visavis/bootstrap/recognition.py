"""Choosing what recognizes speech and what detects voice."""

from visavis.errors import SettingsError
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


def local_recognizer(settings: RecognitionSettings, folders: ModelFolders) -> SpeechRecognizer:
    """The recognizer of processes that get no secrets, so that they cannot ask a service.

    Args:
        settings: What recognizes speech; a service is not asked.
        folders: The models on this machine.

    Raises:
        ExtraMissingError: A package is not installed.
    """
    from visavis.providers.stt.local import WhisperRecognizer

    model = settings.model if settings.provider == "whisper" else ""
    return WhisperRecognizer(folders, voice_activity_detector(), model or "")


def speech_recognizer(settings: RecognitionSettings, folders: ModelFolders) -> SpeechRecognizer:
    """The recognizer that the settings name. Models are chosen by language, and loaded when needed.

    Args:
        settings: What recognizes speech.
        folders: The models on this machine.

    Raises:
        ExtraMissingError: A package is not installed.
        SettingsError: The settings do not belong together.
    """
    if settings.provider == "whisper" and (settings.url or settings.api_key):
        raise SettingsError(
            "VISAVIS_RECOGNITION_URL and VISAVIS_RECOGNITION_API_KEY are for services: set "
            "VISAVIS_RECOGNITION_PROVIDER to openai or deepgram."
        )
    detector = voice_activity_detector()
    if settings.provider == "openai":
        from visavis.providers.stt.openai import TranscriptionRecognizer

        return TranscriptionRecognizer(settings, detector)
    if settings.provider == "deepgram":
        from visavis.providers.stt.deepgram import DeepgramRecognizer

        return DeepgramRecognizer(settings, detector)
    from visavis.providers.stt.local import WhisperRecognizer

    return WhisperRecognizer(folders, detector, settings.model or "")
