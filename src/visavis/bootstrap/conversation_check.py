"""Whether a conversation can be held, for the gateway, which holds none."""

from collections.abc import Callable

from visavis import bootstrap
from visavis.bootstrap.recognition import speech_recognizer
from visavis.bootstrap.speech import synthesizer
from visavis.ports import ConversationConfig, Voice
from visavis.settings import Settings


def conversation_check(settings: Settings) -> Callable[[ConversationConfig], None]:
    """What refuses conversations that cannot be held. It neither waits nor loads a model.

    It raises `RequestError` if the voice or the language is not known, and `ModelNotReadyError` if a model is
    not on this machine yet.
    """
    voices = synthesizer(settings, is_live=True)

    def check(config: ConversationConfig) -> None:
        voices.check(Voice(config.language, config.voice))
        if config.hears:
            folders = bootstrap.model_folders(settings.models)
            speech_recognizer(settings.recognition, folders).check(config.language or "en")

    return check
